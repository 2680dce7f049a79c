"""SQLAlchemy that compiles a statement once for all the databases of a run.

It remembers what it has compiled for each engine, and nearly every test has an engine of its
own: to compile the same statements for each was a third of what tests cost. Here the engines
of one kind share their dialect and what was compiled for it.
"""

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite


class Shared:
    """A dialect of which there is one."""

    def __new__(cls, **_options):
        if "only" not in vars(cls):
            cls.only, cls.compiled = super().__new__(cls), {}
        return cls.only

    def __init__(self, **options):
        if not vars(self):
            super().__init__(**options)

    @classmethod
    def engine_created(cls, engine):
        engine.update_execution_options(compiled_cache=cls.compiled)


class Sqlite(Shared, SQLiteDialect_pysqlite):
    supports_statement_cache = True


class Postgres(Shared, PGDialect_psycopg):
    supports_statement_cache = True


def use():
    """From now on, in this process."""
    registry.register("sqlite", __name__, "Sqlite")
    registry.register("postgresql.psycopg", __name__, "Postgres")
