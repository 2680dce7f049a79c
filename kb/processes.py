"""One process of a kind for the same data, none without its parent, and some to be killed."""

import fcntl
import gc
import json
import os
import resource
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, BinaryIO

POLL_S = 0.5
STOP_S = 2.0
WAIT_S = 3.0  # for one that is just ending
LONGEST_ANSWER = 100_000_000  # bytes
# A poisoned process shall not find them.
SECRETS = {
    *("KB_SECRET_KEY", "KB_DATABASE_URL", "KB_QUEUE_URL"),
    *("KB_MAIL_URL", "KB_OIDC_CLIENT_SECRET"),
}

_LENGTH = struct.Struct("!Q")
_NO_MORE = b""


class AlreadyRunning(Exception):
    """Another process does this for the same data; the text is one plain line."""


@contextmanager
def only_one(path: Path, sentence: str, *, wait_s: float = WAIT_S) -> Iterator[None]:
    """Hold the lock file; the system lets go of it however this process ends.

    Raises AlreadyRunning with that sentence.
    """
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(file, sentence, time.monotonic() + wait_s)
        yield
    finally:
        os.close(file)


def _lock(file: int, sentence: str, deadline: float) -> None:
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= deadline:
                raise AlreadyRunning(sentence) from error
        time.sleep(0.1)


def end_with(parent: int) -> None:
    """End this process soon after that one is gone, even if it was killed."""
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_S)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_S)
    os._exit(1)


class Child:
    """A process that runs `module`, started when it is first asked, and ended when it fails.

    The module answers by `serve`, with so much memory at most, and so many seconds of
    computing for each thing that it is asked.
    """

    def __init__(self, module: str, *, memory_mb: int, cpu_s: int) -> None:
        self._command = [sys.executable, "-m", module, str(memory_mb), str(cpu_s)]
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, asked: object, content: bytes, wall_s: float) -> dict[str, Any]:
        """What the process answers; an empty answer where it failed to."""
        process = self._process or self._start()
        deadline = time.monotonic() + wall_s
        try:
            for part in (json.dumps(asked).encode(), content):
                _send(_number(process.stdin), _LENGTH.pack(len(part)), deadline)
                _send(_number(process.stdin), part, deadline)
            answer = json.loads(_received(_number(process.stdout), deadline))
        except (OSError, EOFError, ValueError):
            answer = {}
        if not isinstance(answer, dict):
            answer = {}
        if not answer or answer.get("tired"):
            self.end()
        return answer

    def end(self) -> None:
        """Kill it; whatever is asked later starts it anew."""
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
        environ = {name: value for name, value in os.environ.items() if name not in SECRETS}
        self._process = subprocess.Popen(  # noqa: S603 - this program itself
            self._command,
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


def serve(
    answer: Callable[[dict[str, Any], bytes], dict[str, Any]],
    *,
    most: int,
    tired_mb: int,
    told: Callable[[object], Any] = str,
) -> None:
    """Answer one after another what a Child is asked, until nobody asks any more.

    After `most` answers, or once it has grown beyond `tired_mb`, the process asks to be
    replaced. `told` makes plain data of what JSON does not know.
    """
    memory_mb, cpu_s = int(sys.argv[1]), int(sys.argv[2])
    asked, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that prints may spoil an answer
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    gc.set_threshold(50_000)  # most work makes few cycles, and looking for them takes long
    for number in range(most):
        head, content = _part(asked), _part(asked)
        if head is None or content is None:
            return
        _allow(cpu_s)
        said = answer(json.loads(head), content)
        said["tired"] = number + 1 == most or _grown(tired_mb)
        data = json.dumps(said, default=told, ensure_ascii=False).encode("utf-8", "replace")
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


def _grown(tired_mb: int) -> bool:
    """Does this process hold much memory? (Its maximum would be that of its parent, too.)"""
    with suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * resource.getpagesize() > tired_mb << 20
    return False
