"""Copies of practice, questions and saved plans."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("barrier", sa.String(), nullable=False),
        sa.Column("picks", sa.JSON(), nullable=False),
        sa.Column("look_again", sa.Date(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_saved_plan_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_plan")),
    )
    with op.batch_alter_table("saved_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_plan_user_id"), ["user_id"], unique=False)

    op.create_table(
        "copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("source_version", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "trying",
                "doing",
                "stopped",
                name="status",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("status_note", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("first_step", sa.Text(), nullable=False),
        sa.Column("first_step_by", sa.Date(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("hours_spent", sa.Integer(), nullable=True),
        sa.Column("what_happened", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_version", sa.Integer(), nullable=False),
        sa.Column("result_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_copy_council_id_council")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_copy_owner_id_user")),
        sa.ForeignKeyConstraint(["parent_id"], ["copy.id"], name=op.f("fk_copy_parent_id_copy")),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_copy_resource_id_resource")
        ),
        sa.ForeignKeyConstraint(
            ["result_id"], ["resource.id"], name=op.f("fk_copy_result_id_resource")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copy")),
        sa.UniqueConstraint("resource_id", "council_id", name=op.f("uq_copy_resource_id")),
    )
    with op.batch_alter_table("copy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_copy_council_id"), ["council_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_copy_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_copy_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_copy_resource_id"), ["resource_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_copy_result_id"), ["result_id"], unique=False)

    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asker_agrees", sa.Boolean(), nullable=True),
        sa.Column("answerer_agrees", sa.Boolean(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asker_id"], ["user.id"], name=op.f("fk_question_asker_id_user")),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resource.id"],
            name=op.f("fk_question_resource_id_resource"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["to_id"], ["user.id"], name=op.f("fk_question_to_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_asker_id"), ["asker_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_question_resource_id"), ["resource_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_question_to_id"), ["to_id"], unique=False)

    op.create_table(
        "copy_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("copy_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "trying",
                "doing",
                "stopped",
                name="status",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("status_note", sa.Text(), nullable=False),
        sa.Column("hours_spent", sa.Integer(), nullable=True),
        sa.Column("what_happened", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["copy_id"], ["copy.id"], name=op.f("fk_copy_report_copy_id_copy"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copy_report")),
    )
    with op.batch_alter_table("copy_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_copy_report_copy_id"), ["copy_id"], unique=False)

    op.create_table(
        "follow_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("copy_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["copy_id"], ["copy.id"], name=op.f("fk_follow_up_copy_id_copy"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
        sa.UniqueConstraint("copy_id", "week", name=op.f("uq_follow_up_copy_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_follow_up_token_hash")),
    )


def downgrade() -> None:
    op.drop_table("follow_up")
    with op.batch_alter_table("copy_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_copy_report_copy_id"))

    op.drop_table("copy_report")
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_to_id"))
        batch_op.drop_index(batch_op.f("ix_question_resource_id"))
        batch_op.drop_index(batch_op.f("ix_question_asker_id"))

    op.drop_table("question")
    with op.batch_alter_table("copy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_copy_result_id"))
        batch_op.drop_index(batch_op.f("ix_copy_resource_id"))
        batch_op.drop_index(batch_op.f("ix_copy_parent_id"))
        batch_op.drop_index(batch_op.f("ix_copy_owner_id"))
        batch_op.drop_index(batch_op.f("ix_copy_council_id"))

    op.drop_table("copy")
    with op.batch_alter_table("saved_plan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_saved_plan_user_id"))

    op.drop_table("saved_plan")
