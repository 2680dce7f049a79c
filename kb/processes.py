"""One process of a kind for the same data, and none that outlives the one that started it."""

import fcntl
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

POLL_S = 0.5
STOP_S = 2.0
WAIT_S = 3.0  # for one that is just ending


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
