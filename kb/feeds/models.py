"""Sources that we follow, what they said, and what people made of it."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kb.councils.models import Council
from kb.db.base import Base
from kb.feeds.types import Enclosure, Illustration, Platform
from kb.library.models import Resource


class State(StrEnum):
    """How a source is.

    `OFF` waits for somebody to probe it; `RETIRED` is over until an editor follows it again.
    """

    OFF = "off"
    OK = "ok"
    QUIET = "quiet"
    FAILING = "failing"
    MOVED = "moved"
    PAUSED = "paused"
    RETIRED = "retired"


class Source(Base):
    """One feed that we follow.

    `reason` says in words why it is in its state, `problems` what had to be mended in what it
    said last, which may well be readable all the same. `identity` is which of an entry's three
    keys tells entries apart (0 guid, 1 link, 2 text). `leased_until` is set by the one
    worker that fetches it, so that no other does. `moved_to`, `moves` and `moved_since`
    count how often a permanent redirect was seen before its address is taken over.
    """

    __tablename__ = "source"
    __table_args__ = (Index("ix_source_state_due_at", "state", "due_at"),)

    name: Mapped[str]
    organisation: Mapped[str] = mapped_column(default="")
    council_id: Mapped[int | None] = mapped_column(ForeignKey("council.id"), index=True)
    nation: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(default="")
    platform: Mapped[Platform] = mapped_column(default=Platform.WEBSITE)
    language: Mapped[str] = mapped_column(default="en")
    site_url: Mapped[str] = mapped_column(default="")
    feed_url: Mapped[str] = mapped_column(unique=True)
    is_sample: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(Text, default="")
    added_at: Mapped[datetime]

    state: Mapped[State] = mapped_column(default=State.OK)
    reason: Mapped[str] = mapped_column(Text, default="")
    problems: Mapped[str] = mapped_column(Text, default="")
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("source.id"))

    etag: Mapped[str] = mapped_column(default="")
    last_modified: Mapped[str] = mapped_column(default="")
    body_hash: Mapped[str] = mapped_column(default="")
    identity: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    interval_s: Mapped[int] = mapped_column(default=3600)
    leased_until: Mapped[datetime | None]
    lease: Mapped[str] = mapped_column(default="")
    checked_at: Mapped[datetime | None]
    heard_at: Mapped[datetime | None]
    newest_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(Text, default="")
    moved_to: Mapped[str] = mapped_column(default="")
    moves: Mapped[int] = mapped_column(default=0)
    moved_since: Mapped[datetime | None]

    council: Mapped[Council | None] = relationship(lazy="joined")


class SourceAlias(Base):
    """An address that a source had before."""

    __tablename__ = "source_alias"

    url: Mapped[str] = mapped_column(unique=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), index=True)


class Story(Base):
    """What several entries tell alike; a river shows it once, by the entry that leads."""

    __tablename__ = "story"

    key: Mapped[str] = mapped_column(index=True)


class Entry(Base):
    """One thing that a source said. Never deleted because its feed no longer lists it.

    `sort_at` orders the river: the published time for a source's first fetch, the time
    that we saw it for later ones. `is_split` keeps an editor's "not the same story". Those of
    its `pictures` that were kept before their descriptions were are addresses alone.
    """

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("source_id", "key"),
        Index("ix_entry_link_key_source_id", "link_key", "source_id"),
        Index("ix_entry_source_id_text_key", "source_id", "text_key"),
        Index("ix_entry_sort_at_id", "sort_at", "id"),
    )

    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    story_id: Mapped[int | None] = mapped_column(ForeignKey("story.id"), index=True)
    leads: Mapped[bool] = mapped_column(default=True, index=True)
    is_split: Mapped[bool] = mapped_column(default=False)
    is_hidden: Mapped[bool] = mapped_column(default=False)

    key: Mapped[str]
    link_key: Mapped[str]
    text_key: Mapped[str]
    hash: Mapped[str]
    title: Mapped[str]
    link: Mapped[str]
    html: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    author: Mapped[str]
    language: Mapped[str]
    published_at: Mapped[datetime | None]
    seen_at: Mapped[datetime]
    sort_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
    categories: Mapped[list[str]] = mapped_column(JSON)
    enclosures: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    pictures: Mapped[list[str | dict[str, str]]] = mapped_column(JSON)
    purposes: Mapped[list[str]] = mapped_column(JSON)
    themes: Mapped[list[str]] = mapped_column(JSON)

    source: Mapped[Source] = relationship(lazy="joined")

    @property
    def illustrations(self) -> list[Illustration]:
        """The pictures of its text, else those that came as files.

        What a feed says of a file counts for the same picture in the text.
        """
        files = [Enclosure(**file) for file in self.enclosures]
        titles = {file.url: file.title for file in files if file.is_picture}
        own = [_illustration(picture) for picture in self.pictures]
        own = own or [Illustration(url=url) for url in titles]
        return [replace(each, alt=each.alt or titles.get(each.url, "")) for each in own]


def _illustration(kept: str | dict[str, str]) -> Illustration:
    return Illustration(url=kept) if isinstance(kept, str) else Illustration(**kept)


class EntryVersion(Base):
    """What an entry said before it changed."""

    __tablename__ = "entry_version"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    seen_at: Mapped[datetime]
    title: Mapped[str]
    html: Mapped[str] = mapped_column(Text)


class Lead(Base):
    """“Somebody should write this up”: an entry that may become a case study."""

    __tablename__ = "lead"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), unique=True)
    council_id: Mapped[int | None] = mapped_column(ForeignKey("council.id"), index=True)
    why: Mapped[str] = mapped_column(Text)
    marked_at: Mapped[datetime]
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"))
    closed_at: Mapped[datetime | None]

    entry: Mapped[Entry] = relationship(lazy="joined")
    council: Mapped[Council | None] = relationship(lazy="joined")
    resource: Mapped[Resource | None] = relationship()
