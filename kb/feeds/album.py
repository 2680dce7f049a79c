"""Pictures that were fetched, on disk: a few fetched at a time, and never beyond so many bytes."""

import os
import tempfile
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import BoundedSemaphore, Lock, Thread

from kb import logs
from kb.errors import KbError
from kb.feeds.errors import FetchError
from kb.feeds.pictures import FetchPicture, Painter, Picture, picture

MOST_BYTES = 200 * 1024 * 1024
BLOCK = 4096  # what even the smallest file takes
AT_ONCE = 8
WAITING = 2  # a web process has four threads: half of them go on answering
WAIT_S = 5.0
GIVEN_UP_FOR = timedelta(hours=1)
NONE = "none"

log = logs.get("pictures")


class Busy(KbError):
    """The picture is not there yet; whoever asks again soon may find it."""


@dataclass(frozen=True, kw_only=True)
class Head:
    """What is known of a picture; `type` is "none" where there was none to be had at `at`."""

    type: str
    width: int
    height: int
    at: datetime

    def is_given_up(self, now: datetime) -> bool:
        return self.type == NONE and now - self.at < GIVEN_UP_FOR


class Album:
    """Keeps pictures in a folder that several processes may share.

    Each is one file that begins with a line about it, so that a file is whole or not there.
    """

    def __init__(
        self,
        folder: Path,
        fetcher: FetchPicture,
        painter: Painter,
        *,
        most_bytes: int = MOST_BYTES,
        at_once: int = AT_ONCE,
        waiting: int = WAITING,
        wait_s: float = WAIT_S,
    ) -> None:
        self._folder = folder
        self._fetcher = fetcher
        self._painter = painter
        self._most_bytes = most_bytes
        self._at_once = at_once
        self._wait_s = wait_s
        self._may_wait = BoundedSemaphore(waiting)
        self._going: dict[str, Future[Picture | None]] = {}
        self._lock = Lock()
        self._room = 0

    @property
    def going(self) -> list["Future[Picture | None]"]:
        """What is being fetched at this moment."""
        with self._lock:
            return [*self._going.values()]

    def head(self, url: str) -> Head | None:
        """What is known of that picture, None where nobody has asked for it lately."""
        try:
            with self._path(url).open("rb") as file:
                return _read_head(file.readline())
        except (OSError, ValueError):
            return None

    def picture(self, url: str, *, now: datetime) -> Picture:
        """The picture at that address, fetched if need be.

        Raises FetchError where there is none, which is remembered for a while, and Busy
        where it takes too long or too many are being fetched; it may be there a little later.
        """
        try:
            first, _, content = self._path(url).read_bytes().partition(b"\n")
            head = _read_head(first)
        except (OSError, ValueError):
            return self._wait(url, now)
        if head.is_given_up(now):
            raise FetchError("This picture could not be had lately.")
        if head.type == NONE:
            return self._wait(url, now)
        return Picture(content=content, type=head.type, width=head.width, height=head.height)

    def _wait(self, url: str, now: datetime) -> Picture:
        going = self._begin(url, now)
        if not self._may_wait.acquire(blocking=False):
            raise Busy("This picture is being fetched.")
        try:
            made = going.result(self._wait_s)
        except TimeoutError as error:
            raise Busy("This picture takes long to fetch.") from error
        finally:
            self._may_wait.release()
        if made is None:
            raise FetchError("This picture cannot be had.")
        return made

    def _begin(self, url: str, now: datetime) -> "Future[Picture | None]":
        """Fetch it in a thread of its own, which ends with the process; one for each picture."""
        with self._lock:
            if url in self._going:
                return self._going[url]
            if len(self._going) >= self._at_once:
                raise Busy("Too many pictures are being fetched.")
            going: Future[Picture | None] = Future()
            Thread(target=self._fetch, args=(url, now, going), daemon=True).start()
            self._going[url] = going
            return going

    def _fetch(self, url: str, now: datetime, going: "Future[Picture | None]") -> None:
        made = None
        try:
            made = picture(self._fetcher, self._painter, url)
        except FetchError:
            pass
        except Exception:
            log.exception("picture could not be made")
        try:
            self._keep(url, made, now)
        except OSError:
            log.exception("picture could not be kept")
        with self._lock:
            del self._going[url]
        going.set_result(made)

    def _keep(self, url: str, made: Picture | None, now: datetime) -> None:
        """Write it beside its place and move it there, so that nobody reads half of it."""
        said = (made.type, made.width, made.height) if made else (NONE, 0, 0)
        head = " ".join(map(str, (*said, now.isoformat())))
        data = head.encode("ascii") + b"\n" + (made.content if made else b"")
        path = self._path(url)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(draft, "wb") as file:
            file.write(data)
        Path(name).replace(path)
        self._make_room(len(data) + BLOCK)

    def _make_room(self, added: int) -> None:
        """Throw away the oldest once there may be too many; other processes add some, too."""
        with self._lock:
            self._room -= added
            if self._room > 0:
                return
            kept = sorted(self._files())
            total = sum(size for _, size, _ in kept)
            for _, size, path in kept:
                if total <= self._most_bytes:
                    break
                with suppress(OSError):
                    path.unlink()
                total -= size
            self._room = max((self._most_bytes - total) // 4, self._most_bytes // 40)

    def _files(self) -> list[tuple[int, int, Path]]:
        """When each was written, how much it takes, and where it is."""
        found = []
        for path in self._folder.glob("*/*"):
            with suppress(OSError):
                told = path.stat()
                found.append((told.st_mtime_ns, told.st_size + BLOCK, path))
        return found

    def _path(self, url: str) -> Path:
        name = sha256(url.encode("utf-8", "replace")).hexdigest()[:40]
        return self._folder / name[:2] / name


def _read_head(line: bytes) -> Head:
    kind, width, height, at = line.decode("ascii").split()
    return Head(type=kind, width=int(width), height=int(height), at=datetime.fromisoformat(at))
