"""What had to be mended in what a source said last."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("source", sa.Column("problems", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("source", "problems")
