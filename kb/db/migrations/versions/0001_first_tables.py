"""Councils, vocabularies, resources and their revisions; what search must look at again."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "council",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("gss_code", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("short_name", sa.String(), nullable=False),
        sa.Column("welsh_name", sa.String(), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "CTY",
                "NMD",
                "UA",
                "MD",
                "LBO",
                "WPA",
                "SCO",
                "NID",
                "CC",
                name="counciltype",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "nation",
            sa.Enum(
                "England",
                "Wales",
                "Scotland",
                "Northern Ireland",
                name="nation",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("combined_authority", sa.String(), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("website", sa.String(), nullable=False),
        sa.Column("committee_site", sa.String(), nullable=False),
        sa.Column("committee_software", sa.String(), nullable=False),
        sa.Column("former_gss_codes", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("seed_hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_council")),
        sa.UniqueConstraint("code", name=op.f("uq_council_code")),
        sa.UniqueConstraint("slug", name=op.f("uq_council_slug")),
    )
    with op.batch_alter_table("council", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_council_gss_code"), ["gss_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_council_short_name"), ["short_name"], unique=False)

    op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
    )
    op.create_table(
        "resource",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "case-study", "tip-card", "training", name="kind", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("years", sa.String(), nullable=False),
        sa.Column("start_year", sa.Integer(), nullable=True),
        sa.Column("end_year", sa.Integer(), nullable=True),
        sa.Column("cost_note", sa.String(), nullable=False),
        sa.Column("setup_hours", sa.Integer(), nullable=True),
        sa.Column("weekly_minutes", sa.Integer(), nullable=True),
        sa.Column("effort_note", sa.String(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("steps_by", sa.String(), nullable=False),
        sa.Column(
            "confidence",
            sa.Enum("high", "medium", "low", name="confidence", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("checked", sa.Date(), nullable=True),
        sa.Column("check_note", sa.String(), nullable=False),
        sa.Column("credit", sa.String(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("related", sa.JSON(), nullable=False),
        sa.Column(
            "standing",
            sa.Enum(
                "live", "historical", "withdrawn", name="standing", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("standing_note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("first_published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("seed_hash", sa.String(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("actions", sa.Text(), nullable=True),
        sa.Column("results", sa.Text(), nullable=True),
        sa.Column("differently", sa.Text(), nullable=True),
        sa.Column("our_reading", sa.Text(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("applies_to", sa.String(), nullable=True),
        sa.Column("try_this", sa.Text(), nullable=True),
        sa.Column("watch_out", sa.Text(), nullable=True),
        sa.Column("duration", sa.String(), nullable=True),
        sa.Column("minutes_min", sa.Integer(), nullable=True),
        sa.Column("minutes_max", sa.Integer(), nullable=True),
        sa.Column("group_size", sa.String(), nullable=True),
        sa.Column("group_min", sa.Integer(), nullable=True),
        sa.Column("group_max", sa.Integer(), nullable=True),
        sa.Column("audience", sa.String(), nullable=True),
        sa.Column("format", sa.String(), nullable=True),
        sa.Column("materials", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource")),
        sa.UniqueConstraint("ref", name=op.f("uq_resource_ref")),
        sa.UniqueConstraint("slug", name=op.f("uq_resource_slug")),
    )
    with op.batch_alter_table("resource", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resource_checked"), ["checked"], unique=False)
        batch_op.create_index(batch_op.f("ix_resource_kind"), ["kind"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_resource_published_at"), ["published_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_resource_title"), ["title"], unique=False)

    op.create_table(
        "search_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_change")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("facet", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("synonyms", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("replaced_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"], ["term.id"], name=op.f("fk_term_replaced_by_id_term")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term")),
        sa.UniqueConstraint("facet", "slug", name=op.f("uq_term_facet")),
    )
    op.create_table(
        "council_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["council_id"],
            ["council.id"],
            name=op.f("fk_council_alias_council_id_council"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_council_alias")),
        sa.UniqueConstraint("slug", name=op.f("uq_council_alias_slug")),
    )
    with op.batch_alter_table("council_alias", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_council_alias_council_id"), ["council_id"], unique=False
        )

    op.create_table(
        "council_succession",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("predecessor_id", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["predecessor_id"],
            ["council.id"],
            name=op.f("fk_council_succession_predecessor_id_council"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"],
            ["council.id"],
            name=op.f("fk_council_succession_successor_id_council"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_council_succession")),
        sa.UniqueConstraint(
            "predecessor_id", "successor_id", name=op.f("uq_council_succession_predecessor_id")
        ),
    )
    with op.batch_alter_table("council_succession", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_council_succession_successor_id"), ["successor_id"], unique=False
        )

    op.create_table(
        "resource_council",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_resource_council_council_id_council")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resource.id"],
            name=op.f("fk_resource_council_resource_id_resource"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_council")),
        sa.UniqueConstraint(
            "resource_id", "council_id", name=op.f("uq_resource_council_resource_id")
        ),
    )
    with op.batch_alter_table("resource_council", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_resource_council_council_id"), ["council_id"], unique=False
        )

    op.create_table(
        "resource_term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("term_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resource.id"],
            name=op.f("fk_resource_term_resource_id_resource"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["term_id"], ["term.id"], name=op.f("fk_resource_term_term_id_term")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_term")),
        sa.UniqueConstraint("resource_id", "term_id", name=op.f("uq_resource_term_resource_id")),
    )
    with op.batch_alter_table("resource_term", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resource_term_term_id"), ["term_id"], unique=False)

    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resource.id"],
            name=op.f("fk_revision_resource_id_resource"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("resource_id", "number", name=op.f("uq_revision_resource_id")),
    )
    op.execute("INSERT INTO edition (number) VALUES (1)")


def downgrade() -> None:
    op.drop_table("revision")
    with op.batch_alter_table("resource_term", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resource_term_term_id"))

    op.drop_table("resource_term")
    with op.batch_alter_table("resource_council", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resource_council_council_id"))

    op.drop_table("resource_council")
    with op.batch_alter_table("council_succession", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_council_succession_successor_id"))

    op.drop_table("council_succession")
    with op.batch_alter_table("council_alias", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_council_alias_council_id"))

    op.drop_table("council_alias")
    op.drop_table("term")
    op.drop_table("search_change")
    with op.batch_alter_table("resource", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resource_title"))
        batch_op.drop_index(batch_op.f("ix_resource_published_at"))
        batch_op.drop_index(batch_op.f("ix_resource_kind"))
        batch_op.drop_index(batch_op.f("ix_resource_checked"))

    op.drop_table("resource")
    op.drop_table("edition")
    with op.batch_alter_table("council", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_council_short_name"))
        batch_op.drop_index(batch_op.f("ix_council_gss_code"))

    op.drop_table("council")
