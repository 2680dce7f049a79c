"""Copies of practice: each council's own plan, and what became of it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from kb.accounts.models import User
from kb.councils.models import Council
from kb.db.base import Base
from kb.library.models import Resource


class Status(StrEnum):
    """Where a copy stands. `STOPPED` is a respected outcome and gives its reason."""

    PLANNED = "planned"
    TRYING = "trying"
    DOING = "doing"
    STOPPED = "stopped"


_BEGUN = {Status.TRYING, Status.DOING}


class Choice(StrEnum):
    KEEP = "keep"
    CHANGE = "change"
    DROP = "drop"


class Hider(StrEnum):
    """Who does not let others read what stands in a copy."""

    REVIEWER = "reviewer"
    COUNCIL = "council"


class Copy(Base):
    """One council copies one practice, as it was in `source_version`.

    `parent_id` is the copy that it was copied from, None where that is the source itself.
    `changes` are {"step", "choice", "text", "why"}, one for each step of the source.
    `told_version` is the newest version of the source that the copier was told of.
    `told_withdrawn` says that they were told that the source was taken down.
    `report_due_at` is when whoever shared the source hears of what was reported; None where
    they have heard it all. `result_id` is the case study that came of it. `has_begun` says that
    it was ever more than a plan: only such a copy counts as one that happened.
    """

    __tablename__ = "copy"
    __table_args__ = (UniqueConstraint("resource_id", "council_id"),)

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), index=True)
    source_version: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("copy.id"), index=True)
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    status: Mapped[Status] = mapped_column(default=Status.PLANNED)
    status_note: Mapped[str] = mapped_column(Text, default="")
    has_begun: Mapped[bool] = mapped_column(default=False)
    changes: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    first_step: Mapped[str] = mapped_column(Text, default="")
    first_step_by: Mapped[date | None]
    review_on: Mapped[date | None]
    hours_spent: Mapped[int | None]
    what_happened: Mapped[str] = mapped_column(Text, default="")
    started_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    told_version: Mapped[int]
    told_withdrawn: Mapped[bool] = mapped_column(default=False)
    report_due_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    hidden_by: Mapped[Hider | None]
    hidden_why: Mapped[str] = mapped_column(Text, default="")
    result_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"), index=True)
    version: Mapped[int] = mapped_column()

    council: Mapped[Council] = relationship(lazy="joined")
    owner: Mapped[User] = relationship()
    resource: Mapped[Resource] = relationship(foreign_keys=resource_id)
    result: Mapped[Resource | None] = relationship(foreign_keys=result_id)
    parent: Mapped["Copy | None"] = relationship(remote_side="Copy.id")

    __mapper_args__ = {"version_id_col": version}

    @validates("status", "hours_spent", "result")
    def _note_begin(self, name: str, value: object) -> object:
        """Who tries it, spent time on it or made a page of it has begun, whatever comes later."""
        if value in _BEGUN if name == "status" else value:
            self.has_begun = True
        return value

    @property
    def is_hidden(self) -> bool:
        """May only its own council, and reviewers, read what stands in it?"""
        return self.hidden_at is not None


class CopyReport(Base):
    """What a copier said of their copy at one time; `week` is 4, 12 or, unasked, 0."""

    __tablename__ = "copy_report"

    copy_id: Mapped[int] = mapped_column(ForeignKey("copy.id", ondelete="CASCADE"), index=True)
    week: Mapped[int] = mapped_column(default=0)
    said_at: Mapped[datetime]
    status: Mapped[Status]
    status_note: Mapped[str] = mapped_column(Text, default="")
    hours_spent: Mapped[int | None]
    what_happened: Mapped[str] = mapped_column(Text, default="")


class FollowUp(Base):
    """We asked, 4 or 12 weeks on, how a copy goes; the mail's link holds the token."""

    __tablename__ = "follow_up"
    __table_args__ = (UniqueConstraint("copy_id", "week"),)

    copy_id: Mapped[int] = mapped_column(ForeignKey("copy.id", ondelete="CASCADE"))
    week: Mapped[int]
    token_hash: Mapped[str] = mapped_column(unique=True)
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    copy: Mapped[Copy] = relationship()
