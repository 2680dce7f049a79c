"""What a source changed of an entry after we had seen it: the earlier words beside the later."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.feeds.clean import text_of
from kb.feeds.models import Entry, EntryVersion
from kb.library.history import Fate, Run, diff

MOST = 6  # of one entry; a page of more would be slow to make and read by nobody


@dataclass(frozen=True, kw_only=True)
class Change:
    """What became of each word of the title and of the text; `seen_at` is when we saw it."""

    seen_at: datetime
    title: tuple[Run, ...]
    text: tuple[Run, ...]

    @property
    def is_of_title(self) -> bool:
        return _has_changed(self.title)

    @property
    def is_of_text(self) -> bool:
        return _has_changed(self.text)


@dataclass(frozen=True, kw_only=True)
class _Words:
    seen_at: datetime
    title: str
    text: str


def of_entry(session: Session, entry: Entry) -> list[Change]:
    """The changes of which we keep what was there before, the newest first; at most MOST."""
    query = (
        select(EntryVersion)
        .where(EntryVersion.entry_id == entry.id)
        .order_by(EntryVersion.id.desc())
        .limit(MOST)
    )
    older = [
        _Words(seen_at=each.seen_at, title=each.title, text=text_of(each.html))
        for each in session.scalars(query)
    ]
    present = _Words(seen_at=entry.changed_at or entry.seen_at, title=entry.title, text=entry.text)
    return [_change(before, after) for after, before in pairwise([present, *older])]


def _change(before: _Words, after: _Words) -> Change:
    return Change(
        seen_at=after.seen_at,
        title=diff(before.title, after.title),
        text=diff(before.text, after.text),
    )


def _has_changed(runs: tuple[Run, ...]) -> bool:
    return any(run.fate is not Fate.SAME for run in runs)
