"""Whose turn it is to write: SQLite has one writer, and lets the others find out by themselves.

Its own way of waiting is to sleep longer and longer, up to a tenth of a second, while those
who have come later go first: with a hundred votes a second the slowest one in a hundred
waited for half a second. Here the threads of a process queue, and the first of them looks
again every millisecond; only processes still race, and there are few of them.
"""

import random
import sqlite3
import threading
import time

LOOK_AGAIN_S = 0.001


class Turns:
    """The queue of one process for one database."""

    def __init__(self, *, patience_s: float) -> None:
        self._patience_s = patience_s
        self._queue = threading.Lock()

    def begin(self, connection: sqlite3.Connection) -> bool:
        """Begin to write as soon as it is our turn; False if that was not to be had in time.

        Then, or if SQLite has something else against it, it is to be asked once more in the
        usual way, which says what is wrong.
        """
        deadline = time.monotonic() + self._patience_s
        if not self._queue.acquire(timeout=self._patience_s):
            return False
        try:
            return _begin(connection, deadline)
        finally:
            self._queue.release()


def _begin(connection: sqlite3.Connection, deadline: float) -> bool:
    """Look again and again, instead of letting SQLite sleep as it does elsewhere."""
    usual = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    connection.execute("PRAGMA busy_timeout = 0").close()
    try:
        while not _has_begun(connection):
            if time.monotonic() >= deadline:
                return False
            time.sleep(LOOK_AGAIN_S * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
    except sqlite3.OperationalError:
        return False
    finally:
        connection.execute(f"PRAGMA busy_timeout = {usual}").close()
    return True


def _has_begun(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("BEGIN IMMEDIATE").close()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True
