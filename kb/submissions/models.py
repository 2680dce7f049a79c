"""Drafts, and every decision about them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kb.accounts.models import User
from kb.councils.models import Council
from kb.db.base import Base
from kb.files.models import StoredFile
from kb.library.content import Kind
from kb.library.models import Resource


class State(StrEnum):
    """`CHANGES` waits for its owner, `WAITING` for a reviewer."""

    DRAFT = "draft"
    WAITING = "waiting"
    CHANGES = "changes asked"
    PUBLISHED = "published"
    DECLINED = "declined"
    DROPPED = "dropped"


class Draft(Base):
    """What somebody is writing: a new page, or a change of one that exists.

    `answers` is what was typed, by the name of the question, whole and unchecked: bad input
    loses nothing. `base_version` is the version of the resource that a change began from.
    `flags` are what the checks found when it was sent. `version` makes two reviewers who
    decide at the same moment a conflict instead of two publications.
    """

    __tablename__ = "draft"

    kind: Mapped[Kind]
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    council_id: Mapped[int | None] = mapped_column(ForeignKey("council.id"), index=True)
    answers: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"), index=True)
    base_version: Mapped[int] = mapped_column(default=0)
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("lead.id"))
    copy_id: Mapped[int | None] = mapped_column(ForeignKey("copy.id"))
    state: Mapped[State] = mapped_column(default=State.DRAFT, index=True)
    started_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    flags: Mapped[list[str]] = mapped_column(JSON, default=list)
    version: Mapped[int] = mapped_column()

    owner: Mapped[User] = relationship(foreign_keys=owner_id)
    reviewer: Mapped[User | None] = relationship(foreign_keys=reviewer_id)
    council: Mapped[Council | None] = relationship()
    resource: Mapped[Resource | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_open(self) -> bool:
        """May its owner still write in it?"""
        return self.state in {State.DRAFT, State.CHANGES}


class Upload(Base):
    """A file that was sent with a draft: who may see the draft may see the file."""

    __tablename__ = "upload"
    __table_args__ = (UniqueConstraint("draft_id", "file_id"),)

    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), index=True)
    name: Mapped[str]
    alt: Mapped[str] = mapped_column(Text, default="")
    is_decorative: Mapped[bool] = mapped_column(default=False)
    sent_at: Mapped[datetime]

    file: Mapped[StoredFile] = relationship(lazy="joined")


class Verdict(StrEnum):
    SENT = "sent"
    TAKEN = "taken"
    TAKEN_BACK = "taken back"
    PUBLISHED = "published"
    CHANGES = "changes asked"
    DECLINED = "declined"
    RESTORED = "restored"
    TAKEN_DOWN = "taken down"
    RENEWED = "still true"
    WORDS_HIDDEN = "words of older versions hidden"
    COPY_HIDDEN = "words of a copy hidden"
    COPY_SHOWN = "words of a copy shown again"


class Decision(Base):
    """Who decided what about a draft or a published resource, when and why; for ever.

    `requests` are what a reviewer asked to change, question by question.
    """

    __tablename__ = "decision"

    draft_id: Mapped[int | None] = mapped_column(
        ForeignKey("draft.id", ondelete="CASCADE"), index=True
    )
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]
    verdict: Mapped[Verdict]
    message: Mapped[str] = mapped_column(Text, default="")
    requests: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    resource_version: Mapped[int | None]

    by: Mapped[User] = relationship()
