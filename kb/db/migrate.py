"""Bring a database to the newest schema.

Alembic is loaded where it is used: a worker lives for weeks and never migrates.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, MetaData, text
from sqlalchemy.orm import Session

from kb.db.base import Base

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).with_name("migrations")
LOCK = 7_303_014  # any number, the same in every process: PostgreSQL's advisory lock


def upgrade(engine: Engine, to: str = "head") -> None:
    """Run the migrations that this database has not seen; of two at once, one waits."""
    from alembic import command

    with engine.execution_options(kb_writes=True).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        command.upgrade(_config(connection), to)


def is_current(session: Session) -> bool:
    """Has this database seen every migration? Raises DatabaseError where it has seen none."""
    return bool(session.scalar(text("SELECT version_num FROM alembic_version")) == _newest())


def new_revision(engine: Engine, message: str) -> None:
    """Write a migration for what the models say and the database does not."""
    from alembic import command

    with engine.connect() as connection:
        number = f"{int(newest() or 0) + 1:04}"
        command.revision(_config(connection), message=message, autogenerate=True, rev_id=number)


def newest() -> str:
    """The id of the newest migration."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(FOLDER)).get_current_head() or ""


@lru_cache
def _newest() -> str:
    return newest()


def _config(connection: Connection, metadata: MetaData = Base.metadata) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes.update(connection=connection, metadata=metadata)
    return config
