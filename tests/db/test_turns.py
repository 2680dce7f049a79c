import sqlite3
import threading
from contextlib import closing

import pytest

from kb.db.turns import Turns

PATIENT_S = 30.0
EACH, MANY = 20, 6


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "kb.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE tally (number)")
        connection.execute("INSERT INTO tally VALUES (0)")
        connection.commit()
    return path


@pytest.fixture
def connect(path):
    opened = []

    def connect():
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA busy_timeout = 4321")
        opened.append(connection)
        return connection

    yield connect
    for connection in opened:
        connection.close()


def add_one(connection, turns):
    assert turns.begin(connection)
    (number,) = connection.execute("SELECT number FROM tally").fetchone()
    connection.execute("UPDATE tally SET number = ?", (number + 1,))
    connection.execute("COMMIT")


def timeout_of(connection):
    return connection.execute("PRAGMA busy_timeout").fetchone()[0]


def test_of_many_who_write_at_once_none_overwrites_another(connect):
    """Two queues are two processes; they share no more than the file."""
    queues = [Turns(patience_s=PATIENT_S), Turns(patience_s=PATIENT_S)]

    def work(turns, connection):
        for _ in range(EACH):
            add_one(connection, turns)

    threads = [threading.Thread(target=work, args=(queues[n % 2], connect())) for n in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENT_S)

    assert connect().execute("SELECT number FROM tally").fetchone() == (EACH * MANY,)


def test_who_waits_begins_once_the_other_has_ended(connect):
    turns, first, second = Turns(patience_s=PATIENT_S), connect(), connect()
    turns.begin(first)
    begun = []
    waiting = threading.Thread(target=lambda: begun.append(turns.begin(second)))
    waiting.start()

    before = list(begun)
    first.execute("COMMIT")
    waiting.join(PATIENT_S)

    assert (before, begun) == ([], [True])
    assert second.in_transaction


def test_nobody_waits_for_ever(connect):
    turns, first, second = Turns(patience_s=0.01), connect(), connect()
    turns.begin(first)

    assert not turns.begin(second)
    assert not second.in_transaction


def test_who_does_not_come_to_the_head_of_the_queue_in_time_is_told(connect):
    turns, first, second, third = Turns(patience_s=0.2), connect(), connect(), connect()
    turns.begin(first)
    begun = []
    threads = [
        threading.Thread(target=lambda one=one: begun.append(turns.begin(one)))
        for one in (second, third)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENT_S)

    assert begun == [False, False]


def test_the_connection_waits_elsewhere_as_it_did_before(connect):
    turns, first, second = Turns(patience_s=0.01), connect(), connect()

    turns.begin(first)
    turns.begin(second)

    assert timeout_of(first) == timeout_of(second) == 4321


def test_what_else_sqlite_has_against_it_is_not_waited_out(connect):
    connection = connect()
    connection.execute("BEGIN")

    assert not Turns(patience_s=10_000).begin(connection)
    assert timeout_of(connection) == 4321
