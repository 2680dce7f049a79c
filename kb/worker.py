"""The worker beside the web server: does the jobs that nobody waits for.

The queue (a SQLite file, by way of Huey) holds nothing but "look again": what there is
to do stands in the database. Losing the queue costs a minute, so it never stops a request.
"""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from huey import Huey, SqliteHuey
from huey.consumer import Consumer
from huey.exceptions import HueyException

from kb import jobs, logs, processes
from kb.clock import utcnow
from kb.config import ROOT
from kb.runtime import Runtime

POLL_S = 0.25
LOOK_S = 60.0
STOP_S = 2.0
BUSY_S = 0.2  # how long a request may wait to leave a note in the queue
UPDATE, MEND = "update_index", "mend_index"
ALREADY = "A worker already runs for this data."
FAILURES = (sqlite3.Error, OSError, HueyException)

log = logs.get("worker")


def _nothing() -> None:
    """What a task does in a process that only asks for it."""


class Queue:
    """Where others tell the worker that there may be something to do."""

    def __init__(self, path: Path, tasks: Mapping[str, Callable[[], None]] | None = None) -> None:
        self._path = path
        self._tasks = tasks or {UPDATE: _nothing, MEND: _nothing}
        self._huey: Huey | None = None
        self._file: tuple[int, int] | None = None
        self._lock = threading.Lock()
        self._has_failed = False

    def ask_to_update(self) -> None:
        """The index should learn what was noted, within two seconds."""
        self._ask(UPDATE)

    def ask_to_mend(self) -> None:
        """The index was found damaged."""
        self._ask(MEND)

    def begin_anew(self) -> Huey:
        """An empty queue, for the worker's start: whatever was asked for is looked at then."""
        try:
            huey = self._open()
            huey.flush()
        except FAILURES as error:
            log.warning("queue was damaged and is made again", exc_info=error)
            self.close()
            for ending in ("", "-wal", "-shm"):
                Path(f"{self._path}{ending}").unlink(missing_ok=True)
            huey = self._open()
        return huey

    def is_sound(self) -> bool:
        """Is the file that was opened still in its place, and readable?"""
        try:
            return self._is_current() and self._open().pending_count() >= 0
        except sqlite3.OperationalError:
            return True  # locked: somebody is at it
        except FAILURES:
            return False

    def close(self) -> None:
        if self._huey is not None:
            with suppress(sqlite3.Error):
                self._huey.storage.close()
        self._huey = None

    def _ask(self, name: str) -> None:
        """Unless that is already asked for; never fail, and never wait long."""
        with self._lock:
            try:
                huey = self._open()
                if not any(task.name == name for task in huey.pending()):
                    huey.enqueue(huey.kb_tasks[name].s())
            except FAILURES as error:
                self._give_up(error)
            else:
                self._has_failed = False

    def _open(self) -> Huey:
        """The queue's file as it is now: another one may have taken its place."""
        if self._huey is None or not self._is_current():
            self.close()
            self._huey = _connect(self._path, self._tasks)
            self._file = _identity(self._path)
        return self._huey

    def _is_current(self) -> bool:
        return self._file == _identity(self._path)

    def _give_up(self, error: Exception) -> None:
        if not self._has_failed:
            log.warning("queue does not answer, the worker looks by itself", exc_info=error)
        self.close()
        self._has_failed = True


def _connect(path: Path, tasks: Mapping[str, Callable[[], None]]) -> Huey:
    huey = SqliteHuey("kb", filename=str(path), timeout=BUSY_S, fsync=False, results=False)
    huey.kb_tasks = {name: huey.task(name=name)(work) for name, work in tasks.items()}
    return huey


def _identity(path: Path) -> tuple[int, int] | None:
    with suppress(OSError):
        stat = path.stat()
        return stat.st_dev, stat.st_ino
    return None


def run(runtime: Runtime, *, parent: int | None = None) -> None:
    """Work until a signal says stop, or until the process that started this one is gone.

    Raises AlreadyRunning.
    """
    settings = runtime.settings
    with processes.only_one(settings.data_dir / "worker.lock", ALREADY):
        if parent is not None:
            processes.end_with(parent)
        tasks = {UPDATE: lambda: look_at_index(runtime), MEND: lambda: mend_index(runtime)}
        queue = Queue(settings.queue_path, tasks)
        consumer = Consumer(
            queue.begin_anew(),
            periodic=False,
            initial_delay=POLL_S / 5,
            max_delay=POLL_S,
            shutdown_timeout=STOP_S,
            graceful_signal="TERM",
        )
        threading.Thread(target=_look_now_and_then, args=(runtime, queue), daemon=True).start()
        threading.Thread(target=_refresh_now_and_then, args=(runtime,), daemon=True).start()
        try:
            consumer.run()
        finally:
            runtime.reader.close()


def look_at_index(runtime: Runtime) -> None:
    """Apply what was noted and mend what is missing, one thread at a time."""
    with _LOOKING:
        started = time.perf_counter()
        applied, rebuilt = jobs.update_index(runtime), jobs.mend_index(runtime)
    if applied or rebuilt:
        took = round(time.perf_counter() - started, 3)
        log.info("index updated", changes=applied, rebuilt=rebuilt, seconds=took)


def refresh_sources(runtime: Runtime) -> None:
    """Refresh what is due; the index learns of it as of any other change."""
    started = time.perf_counter()
    report = jobs.refresh_sources(runtime, now=utcnow())
    if report.sources:
        took = round(time.perf_counter() - started, 3)
        log.info("sources refreshed", **vars(report), seconds=took)


def mend_index(runtime: Runtime) -> None:
    """Look at the index with fresh eyes: this process may remember what its files lost."""
    settings = runtime.settings
    given = {"KB_DATA_DIR": str(settings.data_dir), "KB_DATABASE_URL": settings.database_url}
    check = [sys.executable, "-m", "flask", "--app", str(ROOT / "app.py"), "search", "check"]
    with _LOOKING:
        done = subprocess.run(  # noqa: S603
            check, env=os.environ | given, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
    log.info("index checked", code=done.returncode)


_LOOKING = threading.Lock()


def _look_now_and_then(runtime: Runtime, queue: Queue) -> None:
    """What no queue told of: changes from before the start, a damaged index, a lost queue."""
    while queue.is_sound():
        try:
            look_at_index(runtime)
        except Exception:
            log.exception("could not look at the index")
        time.sleep(LOOK_S)
    os.kill(os.getpid(), signal.SIGTERM)  # the next worker begins with a sound queue


def _refresh_now_and_then(runtime: Runtime) -> None:
    """In a thread of its own, so that a slow source keeps nobody from finding things."""
    while True:
        try:
            refresh_sources(runtime)
        except Exception:
            log.exception("could not refresh the sources")
        time.sleep(LOOK_S)
