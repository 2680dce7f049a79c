"""Pictures of entries, through our own hands: fetched, and made anew in another process."""

import base64
import binascii
import logging
from dataclasses import dataclass
from threading import Lock, Timer
from typing import Any, Protocol, Self

from kb.feeds.errors import FetchError
from kb.feeds.types import Fetched
from kb.processes import Child

MEMORY_MB = 700  # the largest that we take fills 500 MB while it is made anew
CPU_S = 10
WALL_S = 20.0
IDLE_S = 60.0

NOT_A_PICTURE = "This is not a picture that we can show."
TOO_BIG = "This picture is too big to unpack."
log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Bytes that we made ourselves, their media type and how large they are shown."""

    content: bytes
    type: str
    width: int
    height: int


class FetchPicture(Protocol):
    """Gets the bytes of a picture; kb.feeds.fetch.Fetcher does."""

    def picture(self, url: str) -> Fetched: ...


class Painter:
    """Makes one picture after another anew, for any number of threads.

    It does so in a process that is started when a picture comes, and ended when none has
    come for a minute. A picture that takes more than its share of time or memory costs
    itself and no other.
    """

    def __init__(
        self,
        *,
        memory_mb: int = MEMORY_MB,
        cpu_s: int = CPU_S,
        wall_s: float = WALL_S,
        idle_s: float = IDLE_S,
    ) -> None:
        self._child = Child("kb.feeds.redrawing", memory_mb=memory_mb, cpu_s=cpu_s)
        self._wall_s = wall_s
        self._idle_s = idle_s
        self._lock = Lock()
        self._rest = Timer(idle_s, self.close)

    def redraw(self, content: bytes) -> Picture:
        """The picture, made of nothing but its pixels, at most 800 wide. Raises FetchError."""
        with self._lock:
            self._rest.cancel()
            answer = self._child.ask({}, content, self._wall_s)
            self._rest = Timer(self._idle_s, self.close)
            self._rest.daemon = True
            self._rest.start()
        if "bug" in answer:
            log.error("a picture could not be made anew: %s", answer["bug"])
        if "picture" not in answer:
            raise FetchError(str(answer.get("sentence", TOO_BIG)))
        return _rebuilt(answer["picture"])

    def close(self) -> None:
        """End the process; a picture that comes later starts it anew."""
        with self._lock:
            self._rest.cancel()
            self._child.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def picture(fetcher: FetchPicture, painter: Painter, url: str) -> Picture:
    """The picture at that address, made anew. Raises FetchError."""
    return painter.redraw(fetcher.picture(url).content)


def _rebuilt(told: dict[str, Any]) -> Picture:
    try:
        return Picture(**told | {"content": base64.b64decode(told["content"], validate=True)})
    except binascii.Error as error:
        raise FetchError(NOT_A_PICTURE) from error
