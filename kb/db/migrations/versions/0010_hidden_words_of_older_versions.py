"""Words that are hidden in older versions, beginning with what was public and no longer is."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

FIELD = "went_wrong"
REVISIONS = sa.table(
    "revision",
    sa.column("id", sa.Integer()),
    sa.column("resource_id", sa.Integer()),
    sa.column("number", sa.Integer()),
    sa.column("content", sa.JSON()),
    sa.column("hidden", sa.JSON()),
)
RESOURCES = sa.table("resource", sa.column("id", sa.Integer()), sa.column("version", sa.Integer()))
LESSONS = sa.table("lesson", sa.column("resource_id", sa.Integer()))


def upgrade() -> None:
    op.add_column("revision", sa.Column("hidden", sa.JSON(), nullable=False, server_default="{}"))
    older = (
        sa.select(REVISIONS.c.id, REVISIONS.c.content)
        .join(RESOURCES, RESOURCES.c.id == REVISIONS.c.resource_id)
        .where(REVISIONS.c.number < RESOURCES.c.version)
        .where(REVISIONS.c.resource_id.in_(sa.select(LESSONS.c.resource_id)))
    )
    for number, content in op.get_bind().execute(older).all():
        if content.get(FIELD):
            _say(number, {k: v for k, v in content.items() if k != FIELD}, {FIELD: content[FIELD]})


def downgrade() -> None:
    hidden = sa.select(REVISIONS.c.id, REVISIONS.c.content, REVISIONS.c.hidden)
    for number, content, words in op.get_bind().execute(hidden).all():
        if words:
            _say(number, {**content, **words}, {})
    op.drop_column("revision", "hidden")


def _say(number: int, content: dict[str, object], hidden: dict[str, object]) -> None:
    change = REVISIONS.update().where(REVISIONS.c.id == number)
    op.execute(change.values(content=content, hidden=hidden))
