"""Where the bytes of files are kept: under the SHA-256 of what they are."""

import fcntl
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Protocol

from kb.errors import NotFound

SHELVES = 256  # a tidying looks at one of them at a time
UNSETTLED = timedelta(days=1)  # so long may it take until a file has its row
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LOCK = ".lock"


class Storage(Protocol):
    """Keeps bytes by their digest. What `put` has returned survives a power cut."""

    def put(self, content: bytes) -> str:
        """Keep this, and give its digest; harmless for what is kept already."""

    def open(self, digest: str) -> BinaryIO:
        """Read what is kept; raises NotFound."""

    def shelf(self, number: int, *, now: datetime) -> Iterator[str]:
        """The digests on one of `SHELVES` shelves that nobody has put lately."""

    def discard(self, digest: str, *, now: datetime) -> bool:
        """Throw it away, unless it was put lately; was it?"""


class Folder:
    """Files in two levels of folders, each written whole or not at all."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def put(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        target = self._place(digest)
        _make(target.parent)
        with self._locked(fcntl.LOCK_SH):
            if not _touched(target, len(content)):
                _write(target, content)
        return digest

    def open(self, digest: str) -> BinaryIO:
        if not _DIGEST.fullmatch(digest):
            raise NotFound("There is no file at this address.")
        try:
            return self._place(digest).open("rb")
        except OSError as error:
            raise NotFound("There is no file at this address.") from error

    def shelf(self, number: int, *, now: datetime) -> Iterator[str]:
        """Drafts of files that a crash left behind are thrown away on the way."""
        for path in sorted((self._path / f"{number:02x}").glob("*/*")):
            if not _is_settled(path, now):
                continue
            if _DIGEST.fullmatch(path.name):
                yield path.name
            else:
                path.unlink(missing_ok=True)

    def discard(self, digest: str, *, now: datetime) -> bool:
        path = self._place(digest)
        with self._locked(fcntl.LOCK_EX):
            if not _is_settled(path, now):
                return False
            path.unlink(missing_ok=True)
        return True

    def _place(self, digest: str) -> Path:
        return self._path / digest[:2] / digest[2:4] / digest

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        """So that nothing is thrown away while somebody puts it again."""
        self._path.mkdir(parents=True, exist_ok=True)
        lock = os.open(self._path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, how)
            yield
        finally:
            os.close(lock)


def _make(folder: Path) -> None:
    """The folder and those above it, known to the disk."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in reversed(missing):
        _sync(each.parent)


def _touched(path: Path, size: int) -> bool:
    """Is it there, whole? Then it was put just now."""
    with suppress(FileNotFoundError):
        if path.stat().st_size == size:
            os.utime(path)
            return True
    return False


def _write(target: Path, content: bytes) -> None:
    draft, name = tempfile.mkstemp(dir=target.parent, prefix="draft-")
    try:
        with os.fdopen(draft, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync(target.parent)


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _is_settled(path: Path, now: datetime) -> bool:
    try:
        return path.stat().st_mtime < (now - UNSETTLED).timestamp()
    except FileNotFoundError:
        return False
