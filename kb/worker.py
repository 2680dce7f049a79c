"""The worker beside the web server: does the jobs that nobody waits for.

The queue (Huey's: a SQLite file, PostgreSQL or Redis) holds nothing but "look again": what
there is to do stands in the database. Losing the queue costs a minute, so it never stops
a request, nor the worker.
"""

from __future__ import annotations

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
from typing import TYPE_CHECKING

from kb import jobs, logs, processes
from kb.clock import utcnow
from kb.config import ROOT, Settings
from kb.runtime import Runtime

if TYPE_CHECKING:
    from huey import Huey
    from huey.consumer import Consumer

POLL_S = 0.25
LOOK_S = 60.0
STOP_S = 2.0
BUSY_S = 0.2  # how long a request may wait to leave a note in the queue
ANSWER_S = 2  # the same where a server keeps it; PostgreSQL's driver knows no less
DELIVER_S = 1.0
LETTERS = "SELECT count(*) FROM letter WHERE state IN ('waiting', 'sending')"
UPDATE, MEND = "update_index", "mend_index"
ALREADY = "A worker already runs for this data."

log = logs.get("worker")


def _nothing() -> None:
    """What a task does in a process that only asks for it."""


class Queue:
    """Where others tell the worker that there may be something to do.

    Each kind of storage fails in its own ways, and no failure here may become anybody
    else's: that is why whatever goes wrong is caught.
    """

    def __init__(
        self, settings: Settings, tasks: Mapping[str, Callable[[], None]] | None = None
    ) -> None:
        self._path = None if settings.queue_url else settings.queue_path
        self._url = settings.queue_url
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
        """The queue for the worker's start; what was asked for before stands.

        A damaged file is made again, a server that does not answer is waited for.
        """
        while (huey := self._anew()) is None:
            time.sleep(POLL_S)
        return huey

    def is_sound(self) -> bool:
        """Is the file that was opened still in its place, and readable?

        A server's queue always is: it is reached again by itself.
        """
        with self._lock:
            if self._path is None or self._huey is None:
                return True
            try:
                return self._is_current() and self._huey.pending_count() >= 0
            except sqlite3.OperationalError:
                return True  # locked: somebody is at it
            except Exception:
                return False

    def close(self) -> None:
        if self._huey is not None:
            with suppress(Exception):
                self._huey.storage.close()
        self._huey = None

    def _anew(self) -> Huey | None:
        with self._lock:
            try:
                huey = self._open()
                huey.pending_count()
            except Exception as error:
                self._give_up(error)
                self._remove_file()
                return None
        self._has_failed = False
        return huey

    def _ask(self, name: str) -> None:
        """Unless that is already asked for; never fail, and never wait long."""
        with self._lock:
            try:
                huey = self._open()
                if not any(task.name == name for task in huey.pending()):
                    huey.enqueue(huey.kb_tasks[name].s())
            except Exception as error:
                self._give_up(error)
            else:
                self._has_failed = False

    def _open(self) -> Huey:
        """The queue as it is now: another file may have taken its place."""
        if self._huey is None or not self._is_current():
            self.close()
            self._huey = _connect(self._path or self._url, self._tasks)
            self._file = _identity(self._path)
        return self._huey

    def _is_current(self) -> bool:
        return self._file == _identity(self._path)

    def _give_up(self, error: Exception) -> None:
        if not self._has_failed:
            log.warning("queue does not answer, the worker looks by itself", exc_info=error)
        self.close()
        self._has_failed = True

    def _remove_file(self) -> None:
        if self._path is not None:
            for ending in ("", "-wal", "-shm"):
                Path(f"{self._path}{ending}").unlink(missing_ok=True)


def _connect(place: Path | str, tasks: Mapping[str, Callable[[], None]]) -> Huey:
    huey = _huey(place)
    huey.kb_tasks = {name: huey.task(name=name)(work) for name, work in tasks.items()}
    return huey


def _huey(place: Path | str) -> Huey:
    """The same queue whatever keeps it: a file, or the server of an address."""
    import huey  # not above: it loads every driver, and most processes never ask for anything

    if isinstance(place, Path):
        return huey.SqliteHuey(
            "kb", filename=str(place), timeout=BUSY_S, fsync=False, results=False
        )
    if place.startswith("redis"):
        return huey.RedisHuey("kb", connection_pool=_redis_pool(place), results=False)
    address = f"postgresql://{place.partition('://')[2]}"
    return huey.PostgresHuey("kb", dsn=address, connect_timeout=ANSWER_S, results=False)


def _redis_pool(url: str) -> object:
    """By itself, its driver would try for many seconds to reach a server that is down."""
    from redis import ConnectionPool
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    once_more = Retry(NoBackoff(), retries=1)  # a connection of before the server's restart
    return ConnectionPool.from_url(
        url, retry=once_more, socket_connect_timeout=BUSY_S, socket_timeout=ANSWER_S
    )


def _identity(path: Path | None) -> tuple[int, int] | None:
    if path is not None:
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
        queue = Queue(settings, tasks)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # the consumer does it its own way
        threading.Thread(target=_look_now_and_then, args=(runtime, queue), daemon=True).start()
        for work in (_refresh_now_and_then, _deliver_now_and_then, _do_regular_jobs):
            threading.Thread(target=work, args=(runtime,), daemon=True).start()
        try:
            _consumer(queue.begin_anew()).run()
        finally:
            for check in list(_CHECKS):
                check.kill()
            runtime.reader.close()


def _consumer(huey: Huey) -> Consumer:
    """What waits for tasks; a server tells of them, so only its absence needs patience."""
    from huey.consumer import Consumer  # as late as Huey itself

    return Consumer(
        huey,
        periodic=False,
        initial_delay=POLL_S / 5,
        max_delay=LOOK_S / 6 if huey.storage.blocking else POLL_S,
        scheduler_interval=LOOK_S,  # nothing is ever put off
        shutdown_timeout=STOP_S,
        graceful_signal="TERM",
    )


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
        code = _end_with_us(
            subprocess.Popen(  # noqa: S603
                check,
                env=os.environ | given,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        )
    log.info("index checked", code=code)


_LOOKING = threading.Lock()
_CHECKS: set[subprocess.Popen[bytes]] = set()


def _end_with_us(check: subprocess.Popen[bytes]) -> int:
    """Wait for it; whoever stops the worker meanwhile stops it too."""
    _CHECKS.add(check)
    try:
        return check.wait()
    finally:
        _CHECKS.discard(check)


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


def _deliver_now_and_then(runtime: Runtime) -> None:
    """Somebody may be waiting in front of their screen for a letter."""
    while True:
        try:
            if runtime.database.peek(LETTERS):
                jobs.deliver_letters(runtime, now=utcnow())
        except Exception:
            log.exception("could not deliver letters")
        time.sleep(DELIVER_S)


def _do_regular_jobs(runtime: Runtime) -> None:
    while True:
        do_regular_jobs(runtime)
        time.sleep(LOOK_S)


def do_regular_jobs(runtime: Runtime) -> None:
    """Each by itself: one that fails keeps none of the others from being done."""
    for job in jobs.REGULAR:
        try:
            done = job(runtime, now=utcnow())
        except Exception:
            log.exception("regular job failed", job=job.__name__)
            continue
        if done:
            log.info("regular job done", job=job.__name__, things=done)
