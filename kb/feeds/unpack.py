"""Unpacks what servers pack, and never more of it than we asked for."""

import zlib
from collections.abc import Iterator

import brotli

from kb.feeds.errors import FetchError

CODINGS = "gzip, deflate, br"
STEP = 256 * 1024
RATIO = 200
RATIO_FROM = 1024 * 1024
_GZIP = b"\x1f\x8b"


class Unpacker:
    """Takes an answer's bytes as they come and holds at most `limit` of what is in them.

    Raises FetchError where there is more, where it grows suspiciously, where it is
    not packed as it says, and (by `finish`) where its end is missing.
    """

    def __init__(self, coding: str, limit: int) -> None:
        self._coding = _known(coding)
        self._limit = limit
        self._stream: _Deflated | _Brotli | None = None
        self._parts: list[bytes] = []
        self._taken = self._given = 0

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        if not data:
            return
        if not self._taken:
            self._stream = _stream(self._coding, data)
        self._taken += len(data)
        if self._stream is None:
            self._keep(data)
            return
        try:
            for part in self._stream.parts(data):
                self._keep(part)
        except (zlib.error, brotli.error) as error:
            raise FetchError("The answer is not packed the way that it says.") from error

    def finish(self) -> bytes:
        """Everything that was in it."""
        if self._stream is not None and not self._stream.is_whole:
            raise FetchError("The answer is incomplete: it breaks off before its end.")
        content = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        if self._stream is None and content.startswith(_GZIP + b"\x08"):
            return _unlabelled(content, self._limit)
        return content

    def _keep(self, part: bytes) -> None:
        self._given += len(part)
        if self._given > self._limit:
            size = self._limit // (1024 * 1024) or 1
            raise FetchError(f"The answer is too big: we take at most {size} MB.")
        if self._stream is not None and self._given > max(RATIO_FROM, RATIO * self._taken):
            raise FetchError("The answer is too big: it is packed to burst when unpacked.")
        self._parts.append(part)


class _Deflated:
    """A gzip or deflate stream; gzip may be several, one after the other."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._inflate = zlib.decompressobj(window)

    @property
    def is_whole(self) -> bool:
        return self._inflate.eof

    def parts(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._inflate.eof:
                if self._window != _GZIP_WINDOW or not _GZIP.startswith(data[:2]):
                    return
                self._inflate = zlib.decompressobj(self._window)
            part = self._inflate.decompress(data, STEP)
            yield part
            data = self._inflate.unconsumed_tail or self._inflate.unused_data
        while part := b"" if self._inflate.eof else self._inflate.decompress(b"", STEP):
            yield part


class _Brotli:
    def __init__(self) -> None:
        self._inflate = brotli.Decompressor()

    @property
    def is_whole(self) -> bool:
        return bool(self._inflate.is_finished())

    def parts(self, data: bytes) -> Iterator[bytes]:
        part = self._inflate.process(data, output_buffer_limit=STEP)
        while part or not self._inflate.can_accept_more_data():
            yield part
            part = self._inflate.process(b"", output_buffer_limit=STEP)


_GZIP_WINDOW, _ZLIB_WINDOW, _RAW_WINDOW = 31, 15, -15


def _known(coding: str) -> str:
    coding = coding.strip().lower()
    if "," in coding:
        raise FetchError("The answer is packed more than once, which no honest site does.")
    if coding not in {"", "identity", "gzip", "x-gzip", "deflate", "br"}:
        raise FetchError("The answer is packed in a way that we did not ask for.")
    return coding


def _stream(coding: str, head: bytes) -> _Deflated | _Brotli | None:
    """How to unpack it; None where it is plain, even if it says that it is gzip."""
    if coding in {"gzip", "x-gzip"}:
        return _Deflated(_GZIP_WINDOW) if _GZIP.startswith(head[:2]) else None
    if coding == "deflate":
        return _Deflated(_ZLIB_WINDOW if head[0] & 15 == 8 else _RAW_WINDOW)
    return _Brotli() if coding == "br" else None


def _unlabelled(content: bytes, limit: int) -> bytes:
    """A .gz file that a server gives as it lies there."""
    unpacker = Unpacker("gzip", limit)
    unpacker.feed(content)
    return unpacker.finish()
