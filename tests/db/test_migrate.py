from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from kb.db import migrate
from kb.db.base import Base
from kb.db.database import Database


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


def test_two_processes_that_migrate_at_once_both_end_well(tmp_path):
    one, two = (Database(f"sqlite:///{tmp_path / 'new.sqlite'}") for _ in range(2))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(migrate.upgrade, [one.engine, two.engine]))

    with two.engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == migrate.newest()
    one.close()
    two.close()
