"""Plans that people saved after they signed in."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kb.db.base import Base


class SavedPlan(Base):
    """At most two picks and when to look again.

    Each pick has the "ref" of its resource and, in the person's own words, a "first_step";
    that is "" where they take the one that the practice names.
    """

    __tablename__ = "saved_plan"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(default="")
    barrier: Mapped[str] = mapped_column(default="")
    picks: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    look_again: Mapped[date]
    saved_at: Mapped[datetime]
