"""People with an account, where they are signed in, and the links that were sent to them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kb.councils.models import Council
from kb.db.base import Base


class State(StrEnum):
    """`WAITING` has confirmed an address that no council owns: an admin looks at it."""

    UNCONFIRMED = "unconfirmed"
    WAITING = "waiting"
    ACTIVE = "active"
    CLOSED = "closed"


class CouncilRole(StrEnum):
    """A contributor writes for their council; a council editor also owns its pages."""

    CONTRIBUTOR = "contributor"
    EDITOR = "council editor"


class User(Base):
    """One person. `email` is in lower case; `password_hash` is "" for who never set one.

    `totp_secret` is "" until a second step was set up; `totp_step` is the last one used,
    so that no code works twice. `subject` is who they are to the identity provider.
    """

    __tablename__ = "user"

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    password_hash: Mapped[str] = mapped_column(default="")
    council_id: Mapped[int | None] = mapped_column(ForeignKey("council.id"), index=True)
    council_role: Mapped[CouncilRole | None]
    is_reviewer: Mapped[bool] = mapped_column(default=False)
    is_admin: Mapped[bool] = mapped_column(default=False)
    state: Mapped[State] = mapped_column(default=State.UNCONFIRMED)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    totp_secret: Mapped[str] = mapped_column(default="")
    totp_step: Mapped[int] = mapped_column(default=0)
    subject: Mapped[str | None] = mapped_column(unique=True)

    council: Mapped[Council | None] = relationship(lazy="joined")

    @property
    def is_active(self) -> bool:
        return self.state is State.ACTIVE

    @property
    def can_contribute(self) -> bool:
        """May they write for a council?"""
        return self.is_active and self.council_id is not None and self.council_role is not None

    @property
    def owns_pages(self) -> bool:
        """May they look after every page of their council, and not only their own?"""
        return self.can_contribute and self.council_role is CouncilRole.EDITOR

    @property
    def can_review(self) -> bool:
        return self.is_active and (self.is_reviewer or self.is_admin)

    @property
    def can_administer(self) -> bool:
        return self.is_active and self.is_admin


class SignIn(Base):
    """One browser in which a person is signed in; the browser alone holds the token."""

    __tablename__ = "sign_in"

    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(default="")

    user: Mapped[User] = relationship(lazy="joined")


class Purpose(StrEnum):
    CONFIRM = "confirm"
    SIGN_IN = "sign in"
    RESET = "reset"


class OneTimeLink(Base):
    """A link that was sent by mail and works once; only its hash is kept.

    `email` is where it went. `next_path` is where the person was going. `said` is what
    they had typed before, such as a name.
    """

    __tablename__ = "one_time_link"

    token_hash: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[Purpose]
    email: Mapped[str] = mapped_column(index=True)
    next_path: Mapped[str] = mapped_column(default="")
    said: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Attempt(Base):
    """Somebody tried something that may be tried so often only; `key` holds no address."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_key_at", "key", "at"),)

    key: Mapped[str]
    at: Mapped[datetime]
