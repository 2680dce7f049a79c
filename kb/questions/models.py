"""Questions that were asked through the site."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kb.accounts.models import User
from kb.db.base import Base
from kb.library.models import Resource


class Question(Base):
    """One question to one person; addresses are never shown to either side.

    It is public once both agreed. `turn` counts whom it was passed on to: 0 is the owner
    of the practice, then come the copiers, one after the other.
    """

    __tablename__ = "question"

    resource_id: Mapped[int] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), index=True
    )
    asker_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    to_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    turn: Mapped[int] = mapped_column(default=0)
    text: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    sent_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    asker_agrees: Mapped[bool | None]
    answerer_agrees: Mapped[bool | None]
    published_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]

    resource: Mapped[Resource] = relationship()
    asker: Mapped[User] = relationship(foreign_keys=asker_id)
    to: Mapped[User | None] = relationship(foreign_keys=to_id)
