"""Pledges of people without a phone, and hands that are counted for an idea."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("idea", sa.Column("hands", sa.Integer(), nullable=False, server_default="0"))
    _let_be_empty(is_empty=True)


def downgrade() -> None:
    op.execute("DELETE FROM pledge WHERE participant_id IS NULL")
    _let_be_empty(is_empty=False)
    op.drop_column("idea", "hands")


def _let_be_empty(*, is_empty: bool) -> None:
    """May a pledge be nobody's? SQLite makes the table anew, which must not cost its reminders."""
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("pledge", "participant_id", nullable=is_empty)
        return
    op.execute("CREATE TABLE reminder_aside AS SELECT * FROM reminder")
    op.execute("DELETE FROM reminder")
    with op.batch_alter_table("pledge", schema=None) as batch_op:
        batch_op.alter_column("participant_id", existing_type=sa.Integer(), nullable=is_empty)
    op.execute("INSERT INTO reminder SELECT * FROM reminder_aside")
    op.drop_table("reminder_aside")
