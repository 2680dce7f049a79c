"""Packs, live sessions, who takes part and what they answered."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kb.accounts.models import User
from kb.db.base import Base
from kb.library.types import JsonList
from kb.training.types import Block, Option, RoundKind


class Pack(Base):
    """What a session is made from. Seeded ones belong to nobody and cannot be changed.

    A guest's pack is whoever's holds its private link; we keep the hash of its token.
    """

    __tablename__ = "pack"

    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    lede: Mapped[str] = mapped_column(Text, default="")
    people: Mapped[str] = mapped_column(default="")
    audience: Mapped[str] = mapped_column(default="")
    needs: Mapped[str] = mapped_column(default="")
    blocks: Mapped[list[Block]] = mapped_column(JsonList(Block), default=list)
    credit: Mapped[str] = mapped_column(Text, default="")
    is_seeded: Mapped[bool] = mapped_column(default=False)
    seed_hash: Mapped[str] = mapped_column(default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    token_hash: Mapped[str] = mapped_column(default="", index=True)
    made_at: Mapped[datetime]
    saved_at: Mapped[datetime]


class SessionState(StrEnum):
    PREPARED = "prepared"
    OPEN = "open"
    CLOSED = "closed"


class TrainingSession(Base):
    """One session in one room.

    `token_hash` is of the trainer's private link, `code` is what the room types. `blocks`
    are its own, so that changing them changes no pack; `at_block` is the one that runs since
    `block_at`. `change` grows with everything that a screen could show. `is_public` lets its
    numbers, never its words, into the national picture.
    """

    __tablename__ = "training_session"

    code: Mapped[str] = mapped_column(unique=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    host: Mapped[str] = mapped_column(default="")
    pack_id: Mapped[int | None] = mapped_column(ForeignKey("pack.id", ondelete="SET NULL"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    before_id: Mapped[int | None] = mapped_column(ForeignKey("training_session.id"))
    blocks: Mapped[list[Block]] = mapped_column(JsonList(Block), default=list)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[SessionState] = mapped_column(default=SessionState.PREPARED)
    at_block: Mapped[int] = mapped_column(default=0)
    block_at: Mapped[datetime | None]
    ran: Mapped[list[dict[str, object]]] = mapped_column(JSON, default=list)
    parked: Mapped[list[str]] = mapped_column(JSON, default=list)
    is_gap_hidden: Mapped[bool] = mapped_column(default=False)
    is_public: Mapped[bool] = mapped_column(default=True)
    change: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    owner: Mapped[User | None] = relationship()


class RoundState(StrEnum):
    WAITING = "waiting"
    OPEN = "open"
    CLOSED = "closed"


class Round(Base):
    """One question to the room. A gap is two rounds: `part` 1 wants to, 2 already does.

    `hands` are counts that the trainer typed in, by the key of the option; they are added
    to what devices answered, and `people` is how many were in the room then.
    `is_shown` lets the room see results.
    """

    __tablename__ = "round"
    __table_args__ = (UniqueConstraint("session_id", "block_key", "part"),)

    session_id: Mapped[int] = mapped_column(
        ForeignKey("training_session.id", ondelete="CASCADE"), index=True
    )
    block_key: Mapped[str]
    part: Mapped[int] = mapped_column(default=1)
    kind: Mapped[RoundKind]
    question: Mapped[str]
    options: Mapped[list[Option]] = mapped_column(JsonList(Option), default=list)
    state: Mapped[RoundState] = mapped_column(default=RoundState.WAITING)
    is_shown: Mapped[bool] = mapped_column(default=False)
    hands: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    people: Mapped[int | None]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class Participant(Base):
    """One device in the room, without a name; it alone holds the token."""

    __tablename__ = "participant"

    session_id: Mapped[int] = mapped_column(
        ForeignKey("training_session.id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[str] = mapped_column(unique=True)
    joined_at: Mapped[datetime]


class Answer(Base):
    """What one participant answered in one round: keys of options, or a number on the scale."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("round_id", "participant_id"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"))
    chosen: Mapped[list[str]] = mapped_column(JSON)
    answered_at: Mapped[datetime]


class IdeaState(StrEnum):
    """Nothing is shown before the trainer lets it; `MERGED` counts for the one it went into."""

    WAITING = "waiting"
    SHOWN = "shown"
    HIDDEN = "hidden"
    MERGED = "merged"


class Idea(Base):
    """What somebody typed. `key` comes from their device, so that sending twice says it once.

    Nobody's device is what the trainer typed in from paper. `hands` are those that were
    counted for it in the room; they are added to its votes.
    """

    __tablename__ = "idea"
    __table_args__ = (UniqueConstraint("participant_id", "key"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    participant_id: Mapped[int | None] = mapped_column(
        ForeignKey("participant.id", ondelete="CASCADE")
    )
    key: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[IdeaState] = mapped_column(default=IdeaState.WAITING)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("idea.id", ondelete="SET NULL"))
    hands: Mapped[int] = mapped_column(default=0, server_default="0")
    said_at: Mapped[datetime]


class IdeaVote(Base):
    """One participant is for one idea, once."""

    __tablename__ = "idea_vote"
    __table_args__ = (UniqueConstraint("idea_id", "participant_id"),)

    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"))


class Pledge(Base):
    """ "When ..., I will ...", with the cards that were picked; shown without a name.

    Nobody's device is what the trainer typed in from paper.
    """

    __tablename__ = "pledge"
    __table_args__ = (UniqueConstraint("round_id", "participant_id"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    participant_id: Mapped[int | None] = mapped_column(
        ForeignKey("participant.id", ondelete="CASCADE")
    )
    when: Mapped[str] = mapped_column("when_text", default="")
    will: Mapped[str] = mapped_column("will_text", default="")
    cards: Mapped[list[int]] = mapped_column(JSON, default=list)
    by: Mapped[date | None] = mapped_column("by_date")
    state: Mapped[IdeaState] = mapped_column(default=IdeaState.WAITING)
    pledged_at: Mapped[datetime]


class Reminder(Base):
    """An address that somebody left for one letter, six weeks on; then it is forgotten."""

    __tablename__ = "reminder"
    __table_args__ = (Index("ix_reminder_due_at_asked_at", "due_at", "asked_at"),)

    pledge_id: Mapped[int] = mapped_column(
        ForeignKey("pledge.id", ondelete="CASCADE"), unique=True
    )
    email: Mapped[str]
    token_hash: Mapped[str] = mapped_column(default="", index=True)
    due_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    did: Mapped[bool | None]
    answered_at: Mapped[datetime | None]

    pledge: Mapped[Pledge] = relationship()


class WriteUp(Base):
    """What closing a session made: drafts that its trainer edits and sends, or keeps private."""

    __tablename__ = "write_up"

    session_id: Mapped[int] = mapped_column(
        ForeignKey("training_session.id", ondelete="CASCADE"), index=True
    )
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("draft.id", ondelete="SET NULL"))
    kind: Mapped[str]
    title: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
