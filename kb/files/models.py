"""What we know of a file that is kept in the storage."""

from datetime import datetime

from sqlalchemy import JSON, Text
from sqlalchemy.orm import Mapped, mapped_column

from kb.db.base import Base


class StoredFile(Base):
    """One file by the SHA-256 of what is kept, which for pictures is what we drew anew.

    `passages` is its text as a list of [place, text], such as ["page 3", "..."]; None until
    it was read, and empty when it holds none. `problem` says why it could not be read.
    """

    __tablename__ = "stored_file"

    digest: Mapped[str] = mapped_column(unique=True)
    media_type: Mapped[str]
    size: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    passages: Mapped[list[list[str]] | None] = mapped_column(
        JSON(none_as_null=True), deferred=True
    )
    problem: Mapped[str] = mapped_column(Text, default="")
    kept_at: Mapped[datetime]
