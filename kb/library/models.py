"""A resource is one published piece of knowledge; three kinds share a table."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kb.accounts.models import User
from kb.councils.models import Council
from kb.db.base import Base
from kb.files.models import StoredFile
from kb.library.content import Attachment, Confidence, Kind, Source, Step
from kb.library.types import JsonList


class Standing(StrEnum):
    """What people decided about a resource; see kb.library.state for what a reader is told."""

    LIVE = "live"
    HISTORICAL = "historical"
    WITHDRAWN = "withdrawn"


class Term(Base):
    """One word of a facet's vocabulary. `slug` never changes; a merged term names its heir."""

    __tablename__ = "term"
    __table_args__ = (UniqueConstraint("facet", "slug"),)

    facet: Mapped[str]
    slug: Mapped[str]
    label: Mapped[str]
    synonyms: Mapped[str] = mapped_column(Text)
    position: Mapped[int]
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"))


class ResourceTerm(Base):
    __tablename__ = "resource_term"
    __table_args__ = (UniqueConstraint("resource_id", "term_id"),)

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"))
    term_id: Mapped[int] = mapped_column(ForeignKey("term.id"), index=True)
    position: Mapped[int]

    term: Mapped[Term] = relationship(lazy="joined")


class ResourceCouncil(Base):
    __tablename__ = "resource_council"
    __table_args__ = (UniqueConstraint("resource_id", "council_id"),)

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"))
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"), index=True)
    position: Mapped[int]

    council: Mapped[Council] = relationship(lazy="joined")


class ResourceFile(Base):
    """A file that a public page offers, and that everybody may therefore have."""

    __tablename__ = "resource_file"
    __table_args__ = (UniqueConstraint("resource_id", "file_id"),)

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), index=True)

    file: Mapped[StoredFile] = relationship(lazy="joined")


class Resource(Base):
    """What every kind has. Empty text and None mean "not stated".

    `version` is the number of the newest revision. `seed_hash` is the hash of the
    seed file last loaded into it, "" for what did not come from one: while it
    equals `content_hash`, nobody has changed the resource on the site. `owner` is who
    is asked about it and reminded when `review_by` has come; nobody, for what we seeded.
    """

    __tablename__ = "resource"

    ref: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[Kind] = mapped_column(index=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(index=True)
    summary: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    lang: Mapped[str]
    organisation: Mapped[str]
    years: Mapped[str]
    start_year: Mapped[int | None]
    end_year: Mapped[int | None]
    cost_note: Mapped[str]
    setup_hours: Mapped[int | None]
    weekly_minutes: Mapped[int | None]
    effort_note: Mapped[str]
    replaces: Mapped[str] = mapped_column(Text, default="")
    went_wrong: Mapped[str] = mapped_column(Text, default="")
    next_step: Mapped[str] = mapped_column(Text, default="")
    attachments: Mapped[list[Attachment]] = mapped_column(JsonList(Attachment), default=list)
    steps: Mapped[list[Step]] = mapped_column(JsonList(Step))
    steps_by: Mapped[str]
    confidence: Mapped[Confidence | None]
    checked: Mapped[date | None] = mapped_column(index=True)
    check_note: Mapped[str]
    credit: Mapped[str]
    sources: Mapped[list[Source]] = mapped_column(JsonList(Source))
    related: Mapped[list[str]] = mapped_column(JSON)

    standing: Mapped[Standing] = mapped_column(default=Standing.LIVE)
    standing_note: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column()
    first_published_at: Mapped[datetime]
    published_at: Mapped[datetime] = mapped_column(index=True)
    content_hash: Mapped[str]
    seed_hash: Mapped[str] = mapped_column(default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    review_by: Mapped[date | None] = mapped_column(index=True)
    reminded_at: Mapped[datetime | None]

    owner: Mapped[User | None] = relationship()
    council_links: Mapped[list[ResourceCouncil]] = relationship(
        order_by=ResourceCouncil.position, cascade="all, delete-orphan", lazy="selectin"
    )
    term_links: Mapped[list[ResourceTerm]] = relationship(
        order_by=ResourceTerm.position, cascade="all, delete-orphan", lazy="selectin"
    )
    file_links: Mapped[list[ResourceFile]] = relationship(cascade="all, delete-orphan")

    __mapper_args__ = {
        "polymorphic_on": "kind",
        "version_id_col": version,
        "version_id_generator": False,
    }

    @property
    def councils(self) -> list[Council]:
        return [link.council for link in self.council_links]

    def terms(self, facet: str) -> list[Term]:
        return [link.term for link in self.term_links if link.term.facet == facet]

    @property
    def is_public(self) -> bool:
        return self.standing is not Standing.WITHDRAWN


class CaseStudy(Resource):
    reasons: Mapped[str] = mapped_column(Text, nullable=True)
    actions: Mapped[str] = mapped_column(Text, nullable=True)
    results: Mapped[str] = mapped_column(Text, nullable=True)
    differently: Mapped[str] = mapped_column(Text, nullable=True)
    our_reading: Mapped[str] = mapped_column(Text, nullable=True)

    __mapper_args__ = {"polymorphic_identity": Kind.CASE_STUDY, "polymorphic_load": "inline"}


class TipCard(Resource):
    number: Mapped[int | None]
    applies_to: Mapped[str] = mapped_column(nullable=True)
    try_this: Mapped[str] = mapped_column(Text, nullable=True)
    watch_out: Mapped[str] = mapped_column(Text, nullable=True)

    __mapper_args__ = {"polymorphic_identity": Kind.TIP_CARD, "polymorphic_load": "inline"}


class TrainingMaterial(Resource):
    duration: Mapped[str] = mapped_column(nullable=True)
    minutes_min: Mapped[int | None]
    minutes_max: Mapped[int | None]
    group_size: Mapped[str] = mapped_column(nullable=True)
    group_min: Mapped[int | None]
    group_max: Mapped[int | None]
    audience: Mapped[str] = mapped_column(nullable=True)
    format: Mapped[str] = mapped_column(nullable=True)
    materials: Mapped[list[str]] = mapped_column(JSON, nullable=True)

    __mapper_args__ = {"polymorphic_identity": Kind.TRAINING, "polymorphic_load": "inline"}


MODELS: dict[Kind, type[Resource]] = {
    Kind.CASE_STUDY: CaseStudy,
    Kind.TIP_CARD: TipCard,
    Kind.TRAINING: TrainingMaterial,
}


class Visibility(StrEnum):
    """Who may read what went wrong; `UNATTRIBUTED` names the type of council alone."""

    PUBLIC = "public"
    PEERS = "peers only"
    UNATTRIBUTED = "unattributed"


class Lesson(Base):
    """What went wrong, told to peers only or without saying which council it was.

    It is no part of the content, so no page, export or index of the resource holds it, and
    older versions hide what they said of it. What everybody may read is `went_wrong` of the
    content.
    """

    __tablename__ = "lesson"

    resource_id: Mapped[int] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), unique=True
    )
    text: Mapped[str] = mapped_column(Text)
    visibility: Mapped[Visibility]
    council_type: Mapped[str] = mapped_column(default="")
    told_at: Mapped[datetime]

    resource: Mapped[Resource] = relationship()


class Revision(Base):
    """What a resource said in one version, for ever.

    `content` is what everybody may read of it. What is not to be read any more stands in
    `hidden` instead, by the name of its field; no page shows it and no restoring brings it back.
    """

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("resource_id", "number"),)

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"))
    number: Mapped[int]
    published_at: Mapped[datetime]
    author: Mapped[str]
    note: Mapped[str]
    content: Mapped[dict[str, object]] = mapped_column(JSON)
    hidden: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
