import subprocess
import sys

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from kb.db.database import Database
from tests.services.site import ROOT

EACH = 40
WRITER = f"""
import sys
from sqlalchemy import text
from kb.db.database import Database

database = Database(sys.argv[1])
for _ in range({EACH}):
    with database.transaction() as session:
        count = session.scalar(text("SELECT number FROM edition" + sys.argv[2]))
        session.execute(text("UPDATE edition SET number = :n"), {{"n": count + 1}})
"""


@pytest.fixture
def database(database_url):
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def postgres_url(postgres_server, postgres_template):
    with postgres_server.database(postgres_template) as url:
        yield url


def write_from_two_processes(url, lock=""):
    """Both read a number and write the next one, over and over."""
    start = [sys.executable, "-c", WRITER, url, lock]
    writers = [
        subprocess.Popen(start, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    return [writer.communicate(timeout=240)[1] for writer in writers]


def write_and_fail(database):
    with database.transaction() as session:
        session.execute(text("UPDATE edition SET number = number + 1"))
        raise ZeroDivisionError


def test_two_processes_that_write_wait_for_each_other(database, database_url):
    before = database.peek("SELECT number FROM edition")

    errors = write_from_two_processes(database_url)

    assert errors == ["", ""]
    assert database.peek("SELECT number FROM edition") == before + 2 * EACH


def test_two_processes_that_write_to_postgresql_wait_where_they_lock(postgres_url):
    database = Database(postgres_url)
    before = database.peek("SELECT number FROM edition")

    errors = write_from_two_processes(postgres_url, " FOR UPDATE")

    assert errors == ["", ""]
    assert database.peek("SELECT number FROM edition") == before + 2 * EACH
    database.close()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 10_000),
    ],
)
def test_sqlite_is_set_up_for_peoples_work(database, pragma, value):
    with database.reading() as session:
        assert session.scalar(text(f"PRAGMA {pragma}")) == value


def test_a_transaction_takes_its_turn_at_its_start(database):
    with database.transaction() as first, database.reading() as second:
        first.scalar(text("SELECT number FROM edition"))  # it may write later

        second.execute(text("PRAGMA busy_timeout=1"))
        with pytest.raises(OperationalError, match="locked"):
            second.execute(text("UPDATE edition SET number = 1"))
        second.execute(text("PRAGMA busy_timeout=10000"))


def test_readers_do_not_wait_for_a_writer(database):
    before = database.peek("SELECT number FROM edition")

    with database.transaction() as writer:
        writer.execute(text("UPDATE edition SET number = number + 1"))
        with database.reading() as reader:
            seen = reader.scalar(text("SELECT number FROM edition"))

    assert seen == before
    assert database.peek("SELECT number FROM edition") == before + 1


def test_a_transaction_that_fails_changes_nothing(database):
    before = database.peek("SELECT number FROM edition")

    with pytest.raises(ZeroDivisionError):
        write_and_fail(database)

    assert database.peek("SELECT number FROM edition") == before


def test_what_points_nowhere_is_refused(database):
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(text("INSERT INTO council_alias (slug, council_id) VALUES ('x', 12345)"))


def test_a_peek_at_nothing_is_zero(database):
    assert database.peek("SELECT number FROM edition WHERE number < 0") == 0


def test_others_are_told_after_a_transaction_unless_it_is_quiet(database):
    told = []
    database.after_commit = lambda: told.append("there may be something to do")

    with database.transaction():
        pass
    with database.transaction(quietly=True):
        pass

    assert len(told) == 1
