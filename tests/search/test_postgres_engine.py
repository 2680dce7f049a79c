"""What only an index in PostgreSQL can meet: missing tables, other writers, other readers."""

import pytest
from sqlalchemy import create_engine, text

from kb.search import postgres_engine
from kb.search.engine import IndexBusy, IndexDamaged
from kb.search.postgres_engine import PostgresEngine
from tests.search.documents import ask, found, make


@pytest.fixture
def empty_database(postgres_server):
    with postgres_server.database() as url:
        database = create_engine(url)
        yield database
        database.dispose()


def test_missing_tables_are_damage_to_all_but_replace(empty_database):
    engine = PostgresEngine(empty_database)

    for use in (
        engine.count,
        lambda: ask(engine, "bin"),
        lambda: engine.suggest("bin"),
        lambda: engine.put([make("a")]),
        lambda: engine.remove(["a"]),
    ):
        with pytest.raises(IndexDamaged):
            use()
    assert engine.replace([make("a", "Bin")]) == 1
    assert found(engine, "bin") == ["a"]


def test_no_extension_is_needed(empty_database):
    PostgresEngine(empty_database).replace(())

    with empty_database.connect() as connection:
        names = list(connection.scalars(text("SELECT extname FROM pg_extension")))
    assert names == ["plpgsql"]


def test_readers_see_the_old_index_until_the_new_one_is_whole(postgres, postgres_database):
    reader = PostgresEngine(postgres_database)
    postgres.put([make("a", "Bin")])
    seen = []

    def documents():
        for key in "bc":
            seen.append(found(reader, "bin"))
            yield make(key, "Bin")
        seen.append(found(reader, "bin"))

    postgres.replace(documents())

    assert seen == [["a"], ["a"], ["a"]]
    assert found(reader, "bin") == ["b", "c"]


def test_a_second_writer_is_told_to_come_back(postgres, postgres_database, monkeypatch):
    monkeypatch.setattr(postgres_engine, "LOCK_TIMEOUT", "10ms")

    with postgres._writing(), pytest.raises(IndexBusy):
        PostgresEngine(postgres_database).put([make("a")])


def test_other_errors_stay_what_they_are(postgres):
    with pytest.raises(ArithmeticError), postgres._reading():
        raise ArithmeticError
