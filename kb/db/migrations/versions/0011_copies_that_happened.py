"""Copies that were ever more than a plan."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# As far as it was said: a plan that was stopped without a word of having begun has not.
BEGUN = """
    UPDATE copy SET has_begun = true
    WHERE status IN ('trying', 'doing') OR hours_spent > 0 OR result_id IS NOT NULL
    OR EXISTS (
        SELECT 1 FROM copy_report
        WHERE copy_report.copy_id = copy.id AND copy_report.status IN ('trying', 'doing')
    )
"""


def upgrade() -> None:
    has_begun: sa.Column[bool] = sa.Column(
        "has_begun", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("copy", has_begun)
    op.execute(BEGUN)


def downgrade() -> None:
    op.drop_column("copy", "has_begun")
