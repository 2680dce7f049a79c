"""Fixtures that every test may use. The parts are real: SQLite, PostgreSQL, the index."""

import re
import shutil
from pathlib import Path

import pytest

from kb import jobs
from kb.config import Settings
from kb.db import migrate
from kb.db.database import Database
from kb.factory import build_runtime
from tests.apps import create_app
from tests.factories import NOW
from tests.pages import Browser
from tests.services import compiled_once, postgres
from tests.services.postgres_copies import Copies

SECRET = "only for tests, and long enough"
ON_BOTH_DATABASES = {
    *("councils", "library", "finding", "feeds"),
    *("accounts", "mail", "files", "submissions", "upkeep", "copying", "questions", "planning"),
    "training",
    *("test_migrate.py", "test_indexing.py", "test_documents.py", "test_jobs.py"),
}

WENT_WELL = re.compile(r'"status": [23]\d\d, .*"event": "request"')

compiled_once.use()


def pytest_generate_tests(metafunc):
    """What keeps its promises on SQLite must keep them on PostgreSQL."""
    places = {*Path(metafunc.definition.path).relative_to(Path(__file__).parent).parts}
    if "database_url" in metafunc.fixturenames and places & ON_BOTH_DATABASES:
        metafunc.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """What a failed test shows does not drown in the requests that went well."""
    report = yield
    report.sections = [(name, _without_requests(text)) for name, text in report.sections]
    return report


def _without_requests(text):
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if not WENT_WELL.search(line))


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """A migrated SQLite file that tests copy, because copying is faster than migrating."""
    path = tmp_path_factory.mktemp("database") / "kb.sqlite"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server():
    """A real PostgreSQL, started for this run and stopped at its end."""
    with postgres.server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server, worker_id):
    """The name of a migrated database that tests copy."""
    name = f"template_{worker_id}"
    _migrate(postgres_server.create_database(name))
    yield name
    postgres_server.drop_database(name)


@pytest.fixture(scope="session")
def postgres_copies(postgres_server, postgres_template):
    """Copies of that database, each used by one test after another."""
    copies = Copies(postgres_server, postgres_template)
    yield copies
    copies.drop()


@pytest.fixture
def database_url(request, tmp_path):
    """A migrated database of the test's own; SQLite unless the test runs on both."""
    if getattr(request, "param", "sqlite") == "sqlite":
        empty = request.getfixturevalue("empty_database")
        shutil.copy(empty, tmp_path / "kb.sqlite")
        yield f"sqlite:///{tmp_path / 'kb.sqlite'}"
        return
    with request.getfixturevalue("postgres_copies").one() as url:
        yield url


@pytest.fixture
def runtime(tmp_path, database_url):
    settings = Settings(data_dir=tmp_path, database_url=database_url, secret_key=SECRET)
    runtime = build_runtime(settings)
    runtime.search.replace(())
    yield runtime
    _end(runtime)


@pytest.fixture
def session(runtime):
    with runtime.database.open_session() as session:
        yield session


@pytest.fixture
def app(runtime):
    return create_app(runtime)


@pytest.fixture
def browser(app):
    return Browser(app)


@pytest.fixture(scope="session")
def seeded_runtime(tmp_path_factory, empty_database):
    """A site with all seed data, indexed. Nobody may change it: every test shares it."""
    folder = tmp_path_factory.mktemp("seeded")
    shutil.copy(empty_database, folder / "kb.sqlite")
    runtime = build_runtime(Settings(data_dir=folder, secret_key=SECRET))
    jobs.load_seed_data(runtime, now=NOW)
    jobs.rebuild_index(runtime)
    runtime.reader.close()
    yield runtime
    _end(runtime)


@pytest.fixture(scope="session")
def seeded_app(seeded_runtime):
    return create_app(seeded_runtime)


@pytest.fixture
def seeded_browser(seeded_app):
    return Browser(seeded_app)


def _end(runtime):
    runtime.reader.close()
    runtime.painter.close()
    runtime.apart.close()
    runtime.fetcher.close()
    runtime.database.close()


def _migrate(url):
    database = Database(url)
    migrate.upgrade(database.engine)
    database.close()
