"""Letters that wait to be sent, and what became of those that were."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from kb.db.base import Base


class State(StrEnum):
    """`SENDING` is set before anything leaves the house: a crash then leaves it in doubt."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"


class Letter(Base):
    """One letter to one address.

    `key` says what the letter is about, such as "copy 12, week 4": no second letter is
    written with the same key. `message_id` goes out with it, so that nobody gets it twice.
    """

    __tablename__ = "letter"
    __table_args__ = (Index("ix_letter_state_due_at", "state", "due_at"),)

    key: Mapped[str] = mapped_column(unique=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    to: Mapped[str] = mapped_column("to_address", index=True)
    subject: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[State] = mapped_column(default=State.WAITING)
    written_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")
    sent_at: Mapped[datetime | None]
