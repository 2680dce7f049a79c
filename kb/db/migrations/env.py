"""What Alembic runs: the caller's connection and metadata, nothing of its own."""

from typing import Literal

from alembic import context
from sqlalchemy.types import TypeDecorator


def plain_type(kind: str, item: object, _: object) -> str | Literal[False]:
    """Name the database's own type, so that a migration never imports the code of today."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


config = context.config
ENGINE_TABLES = ("search_document", "search_word")


def is_ours(name: str | None, kind: str, _: object) -> bool:
    """A search engine's tables are its own to make and to drop."""
    return not (kind == "table" and name is not None and name.startswith(ENGINE_TABLES))


context.configure(
    connection=config.attributes["connection"],
    target_metadata=config.attributes["metadata"],
    render_as_batch=True,
    render_item=plain_type,
    include_name=is_ours,
    compare_type=True,
    transaction_per_migration=False,
)

with context.begin_transaction():
    context.run_migrations()
