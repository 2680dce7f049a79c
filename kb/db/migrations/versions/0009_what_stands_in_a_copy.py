"""Copies whose words are hidden, and what their councils and the first one are still to hear."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

HIDERS = sa.Enum("reviewer", "council", name="hider", native_enum=False, length=40)

# What was taken down before is no news.
TOLD = """
    UPDATE copy SET told_withdrawn = true
    WHERE resource_id IN (SELECT id FROM resource WHERE standing = 'withdrawn')
"""


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("copy", sa.Column("report_due_at", moment, nullable=True))
    op.add_column(
        "copy",
        sa.Column("told_withdrawn", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.execute(TOLD)
    op.add_column("copy", sa.Column("hidden_at", moment, nullable=True))
    op.add_column("copy", sa.Column("hidden_by", HIDERS, nullable=True))
    op.add_column("copy", sa.Column("hidden_why", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    for name in ("hidden_why", "hidden_by", "hidden_at", "told_withdrawn", "report_due_at"):
        op.drop_column("copy", name)
