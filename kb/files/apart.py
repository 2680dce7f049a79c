"""Look into files in a process that may be killed: a hostile file costs itself and no other."""

import base64
import binascii
import logging
from threading import Lock
from typing import Any, Self

from kb.files.errors import TOO_MUCH, Busy, Refused
from kb.files.types import MOST_BYTES, Looked, Passages
from kb.processes import Child

MEMORY_MB = 1_200
CPU_S = 20
WALL_S = 30.0
WAIT_S = 20.0

TOO_BIG = "It is larger than 20 MB. Make it smaller, or send it in parts."
EMPTY = "It is empty."
BUSY = "Other files are being looked at. Send it again in a minute."
UNREADABLE = "We could not read it."
log = logging.getLogger(__name__)


class Apart:
    """One process that is started when the first file comes, for any number of threads.

    Files wait for each other, for twenty seconds at most; see Busy.
    """

    def __init__(
        self,
        *,
        memory_mb: int = MEMORY_MB,
        cpu_s: int = CPU_S,
        wall_s: float = WALL_S,
        wait_s: float = WAIT_S,
    ) -> None:
        self._child = Child("kb.files.opening", memory_mb=memory_mb, cpu_s=cpu_s)
        self._wall_s = wall_s
        self._wait_s = wait_s
        self._lock = Lock()

    def look(self, content: bytes) -> Looked:
        """The file as it is to be kept; a picture drawn anew. Raises Refused and Busy."""
        answer = self._ask("look", content)
        drawn = _decoded(answer.get("drawn", ""))
        return Looked(
            media_type=str(answer["media_type"]),
            content=drawn or content,
            width=answer.get("width"),
            height=answer.get("height"),
        )

    def passages(self, content: bytes, media_type: str) -> Passages:
        """Its text with the places of it. Raises Refused and Busy."""
        found = self._ask("passages", content, media_type=media_type)["passages"]
        return [[str(place), str(text)] for place, text in found]

    def paragraphs(self, content: bytes) -> list[tuple[int, str]]:
        """Those of a Word file: the level of each heading, QUOTED or 0, and the words."""
        found = self._ask("paragraphs", content)["paragraphs"]
        return [(int(level), str(text)) for level, text in found]

    def close(self) -> None:
        """End the process; a file that comes later starts it anew."""
        with self._lock:
            self._child.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _ask(self, what: str, content: bytes, **more: str) -> dict[str, Any]:
        if not content:
            raise Refused(EMPTY)
        if len(content) > MOST_BYTES:
            raise Refused(TOO_BIG)
        if not self._lock.acquire(timeout=self._wait_s):
            raise Busy(BUSY)
        try:
            answer = self._child.ask({"what": what} | more, content, self._wall_s)
        finally:
            self._lock.release()
        if "bug" in answer:
            log.error("a file could not be read: %s", answer["bug"])
        if "refused" in answer or not answer:
            raise Refused(str(answer.get("refused", TOO_MUCH)))
        return answer


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(UNREADABLE) from error
