"""Sources of the seed files, all switched off, and sample feeds that need no internet."""

import csv
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.councils.models import Council
from kb.db.database import flush
from kb.errors import Invalid
from kb.feeds import sources
from kb.feeds.known import by_address
from kb.feeds.models import Source, State
from kb.feeds.types import CleanFeed, Fetched, Platform

SAMPLE = "This is a sample that comes with the site. An editor can retire it at any time."
SAMPLES_AT = "/feeds/samples"  # on this site; such an address is never fetched

Row = Mapping[str, str]
Store = Callable[..., object]


class Read(Protocol):
    """As kb.feeds.reading.Reader.read does."""

    def __call__(self, fetched: Fetched, *, now: datetime) -> CleanFeed: ...


@dataclass(frozen=True, kw_only=True)
class SourceReport:
    """`known` were there before, whatever people made of them since."""

    new: int
    known: int


def load_sources(session: Session, folder: Path, *, now: datetime) -> SourceReport:
    """Add the sources of `folder`/sources.csv that are new, switched off.

    What is known stays as people left it, also where it moved to another address. Raises
    Invalid naming the line of a row that makes no sense.
    """
    codes = {council.code: council for council in session.scalars(select(Council))}
    new = known = 0
    for line, row in enumerate(_rows(folder / "sources.csv"), start=2):
        try:
            source = _source(row, codes, now)
        except (KeyError, ValueError) as error:
            raise Invalid({f"line {line}": f"Line {line} of sources.csv: {error}."}) from error
        if by_address(session, source.feed_url) or _is_known_site(session, row):
            known += 1
            continue
        session.add(source)
        flush(session)
        new += 1
    return SourceReport(new=new, known=known)


def load_samples(
    session: Session, folder: Path, *, read: Read, store: Store, now: datetime
) -> int:
    """Keep what `folder`/samples/*.xml say, and return how many of them were new or changed.

    They are paused from the start: nobody fetches them. A retired one stays as it is.
    """
    loaded = 0
    for path in sorted((folder / "samples").glob("*.xml")):
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        url = f"{SAMPLES_AT}/{path.name}"
        source = by_address(session, url)
        if source is not None and (source.body_hash == digest or source.state is State.RETIRED):
            continue
        feed = read(Fetched(url=url, content=content, content_type="application/xml"), now=now)
        if source is None:
            source = _sample(feed, url, now)
            session.add(source)
            flush(session)
        store(session, source, feed, now=now)
        source.body_hash, source.checked_at, source.heard_at = digest, now, now
        source.state, source.reason = State.PAUSED, SAMPLE
        flush(session)
        loaded += 1
    return loaded


def _rows(path: Path) -> list[Row]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _source(row: Row, codes: Mapping[str, Council], now: datetime) -> Source:
    """A row without a feed's address keeps that of its site; the probe looks for the feed."""
    address = row["feed_url"] or row["site_url"]
    if not address.startswith(("http://", "https://")):
        raise ValueError("there is no address")
    kind, language = row["kind"], row["language"]
    if kind not in sources.KINDS or language not in sources.LANGUAGES:
        raise ValueError(f"“{kind}” or “{language}” is not a word that we know")
    return Source(
        name=row["name"],
        organisation=row["organisation"],
        council=codes[row["council"]] if row["council"] else None,
        nation=row["nation"],
        kind=kind,
        platform=Platform(row["platform"]),
        language=language,
        site_url=row["site_url"],
        feed_url=address,
        note=" ".join(text for text in (row["note"], row["evidence"]) if text),
        state=State.OFF,
        reason=sources.NOT_PROBED,
        added_at=now,
        due_at=now,
    )


def _is_known_site(session: Session, row: Row) -> bool:
    """Was the feed of a row that names none found since?"""
    if row["feed_url"]:
        return False
    known = select(Source.id).where(Source.site_url == row["site_url"], Source.name == row["name"])
    return session.scalar(known.limit(1)) is not None


def _sample(feed: CleanFeed, url: str, now: datetime) -> Source:
    return Source(
        name=feed.title,
        kind="blog",
        platform=Platform.WEBSITE,
        language="cy" if feed.language.lower().startswith("cy") else "en",
        feed_url=url,
        is_sample=True,
        state=State.PAUSED,
        reason=SAMPLE,
        added_at=now,
        due_at=now,
    )
