"""Engines to test: each empty, on its own ground."""

import pytest
from sqlalchemy import create_engine

from kb.search.postgres_engine import PostgresEngine
from kb.search.whoosh_engine import WhooshEngine
from tests.search.documents import SYNONYMS


@pytest.fixture
def whoosh(tmp_path):
    engine = WhooshEngine(tmp_path / "index", SYNONYMS)
    engine.replace(())
    return engine


@pytest.fixture(scope="session")
def postgres_database(postgres_server):
    with postgres_server.database() as url:
        database = create_engine(url)
        yield database
        database.dispose()


@pytest.fixture
def postgres(postgres_database):
    engine = PostgresEngine(postgres_database, SYNONYMS)
    engine.replace(())
    return engine


@pytest.fixture(params=["whoosh", "postgres"])
def engine(request):
    return request.getfixturevalue(request.param)
