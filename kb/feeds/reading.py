"""Reads feeds in processes that may be killed: a poisoned feed costs that feed and no other."""

import logging
import re
import traceback
from dataclasses import fields, replace
from datetime import datetime
from queue import LifoQueue
from typing import Any, Self

from kb.feeds.clean import clean
from kb.feeds.decode import decode
from kb.feeds.errors import ParseError
from kb.feeds.parse import parse
from kb.feeds.types import CleanEntry, CleanFeed, Enclosure, Fetched, Illustration
from kb.processes import Child, serve

MEMORY_MB = 600
CPU_S = 20
WALL_S = 45.0
FEEDS_PER_PROCESS = 2_000
TIRED_MB = 120  # a process that has grown beyond is replaced after its answer

HEAD = 4_000  # bytes in which a document says what it is
_OWN_ENTITIES = re.compile(rb"<!DOCTYPE[^>\[]*\[[^\]]*<!ENTITY", re.IGNORECASE)
_NOT_FILLED_IN = "The feed has abbreviations of its own (entities); they were not filled in."
_TOO_MUCH = "This feed takes too much time or memory to read, so it was given up."
log = logging.getLogger(__name__)


class Reader:
    """Decodes, parses and cleans in a few long-lived processes, for any number of threads.

    A process that dies, or takes more than its share of time or memory, is replaced.
    """

    def __init__(
        self,
        processes: int = 1,
        *,
        memory_mb: int = MEMORY_MB,
        cpu_s: int = CPU_S,
        wall_s: float = WALL_S,
    ) -> None:
        self._wall_s = wall_s
        self._children = [
            Child("kb.feeds.reading", memory_mb=memory_mb, cpu_s=cpu_s) for _ in range(processes)
        ]
        self._idle: LifoQueue[Child] = LifoQueue()
        for child in self._children:
            self._idle.put(child)

    def read(self, fetched: Fetched, *, now: datetime) -> CleanFeed:
        """Raises ParseError, in a plain sentence."""
        asked = {"url": fetched.url, "type": fetched.content_type, "now": now.isoformat()}
        child = self._idle.get()
        try:
            answer = child.ask(asked, fetched.content, self._wall_s)
        finally:
            self._idle.put(child)
        if "bug" in answer:
            log.error("reading %s failed: %s", fetched.url, answer["bug"])
        if "feed" not in answer:
            raise ParseError(str(answer.get("sentence", _TOO_MUCH)))
        return _rebuilt(answer["feed"])

    def close(self) -> None:
        """End the processes; a read that comes later starts them anew."""
        for child in self._children:
            child.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _rebuilt(feed: dict[str, Any]) -> CleanFeed:
    """The feed that plain data tells of."""
    given = {field.name: feed[field.name] for field in fields(CleanFeed)}
    entries = tuple(_rebuilt_entry(entry) for entry in feed["entries"])
    return CleanFeed(**given | {"entries": entries, "problems": tuple(feed["problems"])})


def _rebuilt_entry(entry: dict[str, Any]) -> CleanEntry:
    when = entry["published_at"]
    first, second, third = entry["keys"]
    return CleanEntry(
        **entry
        | {
            "keys": (first, second, third),
            "categories": tuple(entry["categories"]),
            "published_at": datetime.fromisoformat(when) if when else None,
            "enclosures": tuple(Enclosure(**one) for one in entry["enclosures"]),
            "pictures": tuple(Illustration(**one) for one in entry["pictures"]),
        }
    )


def _told(thing: object) -> Any:
    """Plain data for what JSON does not know."""
    return thing.isoformat() if isinstance(thing, datetime) else vars(thing)


def _answer(asked: dict[str, str], content: bytes) -> dict[str, Any]:
    try:
        now, url = datetime.fromisoformat(asked["now"]), asked["url"]
        feed = clean(parse(decode(content, asked["type"]), url=url, now=now), url=url)
        if _OWN_ENTITIES.search(content, 0, HEAD):
            feed = replace(feed, problems=(*feed.problems, _NOT_FILLED_IN))
        return {"feed": feed}
    except ParseError as error:
        return {"sentence": str(error)}
    except (MemoryError, RecursionError):
        return {"sentence": _TOO_MUCH}
    except Exception:
        return {"sentence": "This feed could not be read.", "bug": traceback.format_exc()}


if __name__ == "__main__":
    serve(_answer, most=FEEDS_PER_PROCESS, tired_mb=TIRED_MB, told=_told)
