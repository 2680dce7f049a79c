"""Sessions and transactions."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.pool import ConnectionPoolEntry

from kb.db.turns import Turns
from kb.errors import Conflict

__all__ = ["Database", "Session", "flush"]

BUSY_TIMEOUT_MS = 10_000
PATIENCE_S = BUSY_TIMEOUT_MS / 1000
CACHE_KIB = 16_384
CONNECTIONS = 8  # kept open: one for each thread of a web process
TURNS, TURN_S = 100, 0.05


class Database:
    """Where everything is kept.

    On SQLite every writing transaction begins with BEGIN IMMEDIATE, so that it
    waits for its turn at its start and never fails in its middle; a reading one
    does not wait at all (write-ahead log).
    """

    def __init__(self, url: str) -> None:
        self.engine = create_engine(
            url, pool_size=CONNECTIONS, pool_pre_ping=not url.startswith("sqlite")
        )
        if self.is_sqlite:
            _make_parent(url)
            event.listen(self.engine, "connect", _set_up)
            event.listen(self.engine, "begin", partial(_begin, turns=Turns(patience_s=PATIENCE_S)))
        self._open = sessionmaker(self.engine, expire_on_commit=False)
        self._open_to_write = sessionmaker(
            self.engine.execution_options(kb_writes=True), expire_on_commit=False
        )
        self.after_commit: Callable[[], None] = lambda: None

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def open_session(self, *, writes: bool = True) -> Session:
        """A session whose owner commits and closes it."""
        return self._open_to_write() if writes else self._open()

    @contextmanager
    def transaction(self, *, quietly: bool = False) -> Iterator[Session]:
        """One unit of work: commit at the end, roll back on any exception.

        Unless done quietly, the worker is told that there may be something to do.
        """
        with self._open_to_write.begin() as session:
            yield session
        if not quietly:
            self.after_commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that changes nothing and waits for nobody."""
        with self._open() as session:
            yield session

    def peek(self, sql: str) -> int:
        """The number that this answers, 0 if none: as cheap as a question can be."""
        connection = self.engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(sql)
            row = cursor.fetchone()
            cursor.close()
        finally:
            connection.close()
        return int(row[0]) if row else 0

    def close(self) -> None:
        self.engine.dispose()


def flush(session: Session) -> None:
    """Write now, so that a lost race is an error of the caller's, not of the commit's."""
    try:
        session.flush()
    except (StaleDataError, IntegrityError) as error:
        raise Conflict("Somebody else changed this at the same moment.") from error


def _make_parent(url: str) -> None:
    database = make_url(url).database
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)


def _set_up(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - narrows the type
    connection.isolation_level = None  # SQLAlchemy's "begin" event below says BEGIN, not sqlite3
    _turn_to_wal(connection)
    for pragma in (
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        f"cache_size=-{CACHE_KIB}",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _turn_to_wal(connection: sqlite3.Connection) -> None:
    """Of several that turn a new file to it together, all but one are told: it is locked."""
    for attempt in range(TURNS):
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError:
            if attempt == TURNS - 1:
                raise
            time.sleep(TURN_S)
        else:
            return


def _begin(connection: Connection, *, turns: Turns) -> None:
    if not connection.get_execution_options().get("kb_writes", False):
        connection.exec_driver_sql("BEGIN")
    elif not turns.begin(cast(sqlite3.Connection, connection.connection.dbapi_connection)):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
