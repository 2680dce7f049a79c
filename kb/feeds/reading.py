"""Reads feeds in processes that may be killed: a poisoned feed costs that feed and no other."""

import gc
import json
import logging
import os
import resource
import select
import signal
import struct
import subprocess
import sys
import time
import traceback
from contextlib import suppress
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from queue import LifoQueue
from typing import IO, Any, BinaryIO, Self

from kb.feeds.clean import clean
from kb.feeds.decode import decode
from kb.feeds.errors import ParseError
from kb.feeds.parse import parse
from kb.feeds.types import CleanEntry, CleanFeed, Enclosure, Fetched

MEMORY_MB = 600
CPU_S = 20
WALL_S = 45.0
LONGEST_ANSWER = 100_000_000  # bytes
FEEDS_PER_PROCESS = 2_000
TIRED_MB = 120  # a process that has grown beyond is replaced after its answer

_LENGTH = struct.Struct("!Q")
_TOO_MUCH = "This feed takes too much time or memory to read, so it was given up."
_NO_MORE = b""
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
        self._children = [_Child(memory_mb, cpu_s) for _ in range(processes)]
        self._idle: LifoQueue[_Child] = LifoQueue()
        for child in self._children:
            self._idle.put(child)

    def read(self, fetched: Fetched, *, now: datetime) -> CleanFeed:
        """Raises ParseError, in a plain sentence."""
        asked = {"url": fetched.url, "type": fetched.content_type, "now": now.isoformat()}
        child = self._idle.get()
        try:
            answer = child.ask(json.dumps(asked).encode(), fetched.content, self._wall_s)
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


class _Child:
    """One process, started when it is first asked."""

    def __init__(self, memory_mb: int, cpu_s: int) -> None:
        self._limits = (str(memory_mb), str(cpu_s))
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, head: bytes, content: bytes, wall_s: float) -> dict[str, Any]:
        """What the process answers; an empty answer where it failed to."""
        process = self._process or self._start()
        deadline = time.monotonic() + wall_s
        try:
            for part in (head, content):
                _send(_number(process.stdin), _LENGTH.pack(len(part)) + part, deadline)
            answer = json.loads(_received(_number(process.stdout), deadline))
        except (OSError, EOFError, ValueError):
            answer = {}
        if not isinstance(answer, dict):
            answer = {}
        if not answer or answer.get("tired"):
            self.end()
        return answer

    def end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        secret = {"KB_SECRET_KEY", "KB_DATABASE_URL"}  # a poisoned process shall not find them
        environ = {name: value for name, value in os.environ.items() if name not in secret}
        self._process = subprocess.Popen(  # noqa: S603 - this program itself
            [sys.executable, "-m", "kb.feeds.reading", *self._limits],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            start_new_session=True,
        )
        os.set_blocking(_number(self._process.stdin), False)
        return self._process


def _number(pipe: IO[bytes] | None) -> int:
    if pipe is None:
        raise BrokenPipeError
    return pipe.fileno()


def _send(pipe: int, data: bytes, deadline: float) -> None:
    view = memoryview(data)
    while view:
        _wait(pipe, select.POLLOUT, deadline)
        with suppress(BlockingIOError):
            view = view[os.write(pipe, view) :]


def _received(pipe: int, deadline: float) -> bytes:
    (length,) = _LENGTH.unpack(_bytes(pipe, _LENGTH.size, deadline))
    if length > LONGEST_ANSWER:
        raise ValueError(length)
    return _bytes(pipe, length, deadline)


def _bytes(pipe: int, count: int, deadline: float) -> bytes:
    pieces = bytearray()
    while len(pieces) < count:
        _wait(pipe, select.POLLIN, deadline)
        piece = os.read(pipe, min(count - len(pieces), 1 << 20))
        if piece == _NO_MORE:
            raise EOFError
        pieces += piece
    return bytes(pieces)


def _wait(pipe: int, event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(pipe, event)
    if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise TimeoutError


def _rebuilt(feed: dict[str, Any]) -> CleanFeed:
    """The feed that plain data tells of."""
    given = {field.name: feed[field.name] for field in fields(CleanFeed)}
    entries = tuple(_rebuilt_entry(entry) for entry in feed["entries"])
    return CleanFeed(**given | {"entries": entries, "problems": tuple(feed["problems"])})


def _rebuilt_entry(entry: dict[str, Any]) -> CleanEntry:
    when = entry["published_at"]
    first, second, third = entry["keys"]
    lists = {name: tuple(entry[name]) for name in ("categories", "pictures")}
    return CleanEntry(
        **entry
        | lists
        | {
            "keys": (first, second, third),
            "published_at": datetime.fromisoformat(when) if when else None,
            "enclosures": tuple(Enclosure(**one) for one in entry["enclosures"]),
        }
    )


def _told(thing: object) -> Any:
    """Plain data for what JSON does not know."""
    return thing.isoformat() if isinstance(thing, datetime) else vars(thing)


def serve(memory_mb: int, cpu_s: int) -> None:
    """Answer, one feed after another, until nobody asks any more."""
    asked, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that prints may spoil an answer
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    gc.set_threshold(
        50_000
    )  # a feed makes few cycles, and looking for them is a fifth of the time
    for number in range(FEEDS_PER_PROCESS):
        head, content = _part(asked), _part(asked)
        if head is None or content is None:
            return
        _allow(cpu_s)
        answer = _answer(json.loads(head), content)
        answer["tired"] = number + 1 == FEEDS_PER_PROCESS or _grown()
        data = json.dumps(answer, default=_told, ensure_ascii=False).encode("utf-8", "replace")
        answers.write(_LENGTH.pack(len(data)) + data)
        answers.flush()


def _part(asked: BinaryIO) -> bytes | None:
    length = asked.read(_LENGTH.size)
    return asked.read(_LENGTH.unpack(length)[0]) if len(length) == _LENGTH.size else None


def _allow(cpu_s: int) -> None:
    """So much time from now on, and then the system ends this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + 1 + cpu_s
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def _grown() -> bool:
    """Does this process hold much memory? (Its maximum would be that of its parent, too.)"""
    with suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * resource.getpagesize() > TIRED_MB << 20
    return False


def _answer(asked: dict[str, str], content: bytes) -> dict[str, Any]:
    try:
        now, url = datetime.fromisoformat(asked["now"]), asked["url"]
        return {"feed": clean(parse(decode(content, asked["type"]), url=url, now=now), url=url)}
    except ParseError as error:
        return {"sentence": str(error)}
    except (MemoryError, RecursionError):
        return {"sentence": _TOO_MUCH}
    except Exception:
        return {"sentence": "This feed could not be read.", "bug": traceback.format_exc()}


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]))
