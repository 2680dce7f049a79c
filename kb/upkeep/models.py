"""What readers say about pages that may be wrong by now."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kb.db.base import Base
from kb.library.models import Resource


class ReaderNote(Base):
    """A reader, whom we do not know, says that something may no longer be right."""

    __tablename__ = "reader_note"

    resource_id: Mapped[int] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), index=True
    )
    resource_version: Mapped[int]
    text: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    resource: Mapped[Resource] = relationship()
