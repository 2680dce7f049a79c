import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text

from kb.db import migrate
from kb.db.base import Base
from kb.db.database import Database
from kb.library.models import Resource, Revision

TEXTS = (
    *("ref", "slug", "summary", "body", "organisation", "years", "cost_note", "effort_note"),
    *("steps_by", "check_note", "credit", "standing_note", "content_hash", "seed_hash"),
)
OLD = {
    "resource": dict.fromkeys(TEXTS, "")
    | {"id": 1, "kind": "case-study", "title": "Damp", "lang": "en", "standing": "live"}
    | dict.fromkeys(("steps", "sources", "related"), "[]")
    | {"version": 1, "first_published_at": "2026-11-23", "published_at": "2026-11-23"},
    "term": {"id": 1, "facet": "theme", "slug": "housing", "label": "Housing", "synonyms": ""}
    | {"position": 1},
    "resource_term": {"resource_id": 1, "term_id": 1, "position": 0},
}
DAY = "2026-11-23"
COPY = (
    dict.fromkeys(("status_note", "first_step", "what_happened", "hidden_why"), "")
    | dict.fromkeys(("resource_id", "source_version", "owner_id", "told_version", "version"), 1)
    | {"changes": "[]", "started_at": DAY, "saved_at": DAY, "told_withdrawn": 0}
)
PLEDGED = {
    "training_session": {"id": 1, "code": "K7M2QX", "token_hash": "x", "title": "T", "host": ""}
    | {"blocks": "[]", "starts_at": DAY, "ends_at": DAY, "state": "open", "at_block": 0}
    | {"ran": "[]", "parked": "[]", "is_gap_hidden": 0, "is_public": 1, "change": 0}
    | {"made_at": DAY},
    "participant": {"id": 1, "session_id": 1, "token_hash": "y", "joined_at": DAY},
    "round": {"id": 1, "session_id": 1, "block_key": "p", "part": 1, "kind": "pledge"}
    | {"question": "", "options": "[]", "state": "open", "is_shown": 0, "hands": "{}"},
    "idea": {"round_id": 1, "participant_id": 1, "key": "k", "text": "Ask", "state": "shown"}
    | {"said_at": DAY},
    "pledge": {"id": 7, "round_id": 1, "participant_id": 1, "when_text": "", "will_text": "Post"}
    | {"cards": "[]", "state": "shown", "pledged_at": DAY},
    "reminder": {"id": 3, "pledge_id": 7, "email": "a@b.gov.uk", "token_hash": "", "due_at": DAY},
}


@pytest.fixture
def database(database_url):
    database = Database(database_url)
    yield database
    database.close()


def test_the_migrations_make_the_tables_that_the_models_describe(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, Base.metadata) == []


def test_migrating_again_changes_nothing(database):
    migrate.upgrade(database.engine)

    with database.engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == migrate.newest()


def test_a_site_that_is_in_use_loses_nothing_when_it_is_migrated(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'old.sqlite'}")
    migrate.upgrade(database.engine, "0002")
    with database.transaction(quietly=True) as session:
        for table, values in OLD.items():
            names = ", ".join(values)
            marks = ", ".join(f":{name}" for name in values)
            session.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)

    migrate.upgrade(database.engine)

    with database.reading() as session:
        study = session.scalars(select(Resource)).one()
        assert (study.title, study.went_wrong, study.attachments) == ("Damp", "", [])
        assert [term.slug for term in study.terms("theme")] == ["housing"]
    database.close()


def test_pledges_become_nobodys_without_losing_whom_to_remind(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'old.sqlite'}")
    migrate.upgrade(database.engine, "0006")
    with database.transaction(quietly=True) as session:
        for table, values in PLEDGED.items():
            names = ", ".join(values)
            marks = ", ".join(f":{name}" for name in values)
            session.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)
    kept = [f"SELECT {', '.join(PLEDGED[name])} FROM {name}" for name in ("pledge", "reminder")]
    with database.reading() as session:
        before = [session.execute(text(query)).all() for query in kept]

    migrate.upgrade(database.engine)

    with database.transaction(quietly=True) as session:
        assert [session.execute(text(query)).all() for query in kept] == before
        assert session.scalar(text("SELECT hands FROM idea")) == 0
        session.execute(text("UPDATE pledge SET participant_id = NULL"))
        session.execute(text("DELETE FROM round"))
        assert session.scalar(text("SELECT count(*) FROM reminder")) == 0
    database.close()


def test_what_is_for_peers_alone_leaves_older_versions_when_a_site_is_migrated(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'old.sqlite'}")
    migrate.upgrade(database.engine, "0009")
    told = {"resource_id": 1, "text": "Rain.", "visibility": "peers only", "council_type": ""}
    version = {"resource_id": 1, "published_at": DAY, "author": "", "note": ""}
    rows = [("resource", OLD["resource"] | {"version": 2}), ("lesson", told | {"told_at": DAY})]
    rows += [
        ("revision", version | {"number": number, "content": content})
        for number, content in ((1, '{"title": "Damp", "went_wrong": "Rain."}'), (2, '{"a": 1}'))
    ]
    with database.transaction(quietly=True) as session:
        for table, values in rows:
            names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
            session.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)

    migrate.upgrade(database.engine)

    with database.reading() as session:
        found = session.scalars(select(Revision).order_by(Revision.number))
        assert [(each.content, each.hidden) for each in found] == [
            ({"title": "Damp"}, {"went_wrong": "Rain."}),
            ({"a": 1}, {}),
        ]
    database.close()


def test_only_what_is_known_to_have_begun_counts_as_copied_when_a_site_is_migrated(tmp_path):
    path = tmp_path / "old.sqlite"
    database = Database(f"sqlite:///{path}")
    migrate.upgrade(database.engine, "0010")
    statuses = ("planned", "trying", "doing", "stopped", "stopped")
    with closing(sqlite3.connect(path)) as by_hand, by_hand:  # rows whose council is elsewhere
        for number, status in enumerate(statuses, start=1):
            _insert(by_hand, "copy", COPY | {"id": number, "council_id": number, "status": status})
        said = {"copy_id": 5, "week": 4, "said_at": DAY, "status": "doing"}
        _insert(by_hand, "copy_report", said | {"status_note": "", "what_happened": ""})

    migrate.upgrade(database.engine)

    with database.reading() as session:
        begun = session.scalars(text("SELECT has_begun FROM copy ORDER BY id"))
        assert list(begun) == [0, 1, 1, 0, 1]
    database.close()


def _insert(connection, table, values):
    names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)


def test_two_processes_that_migrate_at_once_both_end_well(tmp_path):
    one, two = (Database(f"sqlite:///{tmp_path / 'new.sqlite'}") for _ in range(2))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(migrate.upgrade, [one.engine, two.engine]))

    with two.engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == migrate.newest()
    one.close()
    two.close()
