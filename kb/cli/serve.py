"""`flask serve`: the whole site, ready to use, until Ctrl-C; `flask worker`: its worker alone."""

import errno
import http.client
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import NoReturn
from urllib.parse import urlsplit

import click
from flask import Flask
from flask.helpers import get_debug_flag
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import MPServer

from kb import jobs, logs, processes, worker
from kb.clock import utcnow
from kb.config import ROOT, Settings
from kb.db import migrate
from kb.runtime import Runtime

WRONG_SETTING = 78
TRY_LATER = 75
INTERRUPTED = 130
STOP_S = 2
MAX_CONNECTIONS = 2_000
MAX_FILES = 10_240
MAX_HEADER_BYTES = 64 * 1024
HEADER_TIMEOUT_MS = 15_000
THREADS = 8  # so that those who wait for their turn to write hold up nobody who reads
LASTING_S = 10.0  # two workers in a row that end sooner end the site
PROBE_S = 0.05

log = logs.get("serve")


class CannotServe(Exception):
    """The site cannot start; the text is one plain line."""


def init_app(app: Flask, runtime: Runtime) -> None:
    @app.cli.command("serve", with_appcontext=False)
    def serve_site() -> None:
        """Serve the site with all it needs, until Ctrl-C."""
        try:
            serve(runtime)
        except CannotServe as error:
            _stop(error, WRONG_SETTING)
        except processes.AlreadyRunning as error:
            _stop(error, TRY_LATER)
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)

    @app.cli.command("worker", with_appcontext=False)
    @click.option("--parent", type=int, hidden=True, help="End when this process does.")
    def run_worker(parent: int | None) -> None:
        """Apply changes to the search index as they come, until Ctrl-C."""
        try:
            worker.run(runtime, parent=parent)
        except processes.AlreadyRunning as error:
            _stop(error, TRY_LATER)

    if _is_flask_run():
        prepare(runtime)
        _start_worker(runtime.settings)


def serve(runtime: Runtime) -> None:
    """Bring everything up to date, then answer until a signal says stop.

    Raises CannotServe and AlreadyRunning; exits with a code when a process keeps dying.
    """
    settings = runtime.settings
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    already = f"{settings.site_name} already runs for the data in {settings.data_dir}."
    with processes.only_one(settings.data_dir / "serve.lock", already):
        address = _free_address(settings)
        prepare(runtime)
        runtime.database.close()
        _allow_many_connections()
        Site(settings, address).run()


def prepare(runtime: Runtime) -> None:
    """A database of today's shape with its seed data, and an index that knows it all."""
    migrate.upgrade(runtime.database.engine)
    jobs.load_seed_data_once(runtime, now=utcnow())
    runtime.reader.close()  # web workers read no feeds but those that editors try
    jobs.mend_index(runtime)
    jobs.update_index(runtime)


class Site:
    """The processes of a running site: this one watches, web workers answer, one worker works.

    A process that dies is started again; one that keeps dying ends the site.
    """

    def __init__(self, settings: Settings, address: str) -> None:
        self._settings = settings
        self._address = address
        self._server = _server(settings, address)
        self._worker = 0
        self._worker_ended = threading.Event()
        self._stopping = threading.Event()
        self._failed = False

    def run(self) -> None:
        self._server.on_startup(self._begin)
        self._server.on_shutdown(self._end)
        load = partial(load_app, "app:create_app", os.getpid())
        try:
            self._server.serve(target_loader=load, wrap_loader=False)
        except SystemExit:
            self._failed = self._failed or not self._server.interrupt_signal
        if self._failed:
            _stop("A part of the site kept ending by itself, so the site has ended.", 1)

    def _begin(self) -> None:
        signal.signal(signal.SIGHUP, self._server.signal_handler_interrupt)
        for target in (self._keep_worker, self._say_when_ready):
            threading.Thread(target=target, daemon=True).start()

    def _end(self) -> None:
        self._stopping.set()
        for how in (signal.SIGTERM, signal.SIGKILL):
            if self._worker and not self._worker_ended.is_set():
                os.kill(self._worker, how)
                self._worker_ended.wait(STOP_S)

    def _keep_worker(self) -> None:
        brief = 0
        while brief < 2 and not self._stopping.is_set():
            started = time.monotonic()
            self._worker_ended.clear()
            self._worker = _start_worker(self._settings)
            _, status = os.waitpid(self._worker, 0)
            self._worker_ended.set()
            if not self._stopping.is_set():
                log.error("the worker ended by itself", code=os.waitstatus_to_exitcode(status))
            brief = brief + 1 if time.monotonic() - started < LASTING_S else 0
        if not self._stopping.is_set():
            self._failed = True
            os.kill(os.getpid(), signal.SIGTERM)

    def _say_when_ready(self) -> None:
        settings = self._settings
        while not self._stopping.wait(PROBE_S):
            if _answers(self._address, settings):
                line = f"{settings.site_name} is on {settings.base_url} (stop with Ctrl-C)"
                click.echo(line)
                return


def load_app(target: str, parent: int) -> Callable[..., object]:
    """The application, in the web worker that is to run it."""
    os.setsid()  # a terminal's Ctrl-C reaches the parent alone, which ends this process
    processes.end_with(parent)
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    module, _, factory = target.partition(":")
    app: Callable[..., object] = getattr(import_module(module), factory)()
    return app


def _server(settings: Settings, address: str) -> MPServer:
    return MPServer(
        "app:create_app",
        address=address,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=min(2, os.cpu_count() or 1),
        blocking_threads=THREADS,
        backlog=MAX_CONNECTIONS,
        backpressure=MAX_CONNECTIONS,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADER_TIMEOUT_MS, max_buffer_size=MAX_HEADER_BYTES
        ),
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig={"handlers": {}, "formatters": {}, "loggers": {"_granian": {}}},
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_S,
    )


def _start_worker(settings: Settings) -> int:
    """Return the worker's process id.

    It stands away from the terminal, whose Ctrl-C is for this process to act on. Not a
    Popen: that waits for a pipe to close, which web workers forked meanwhile hold open.
    """
    flask = [sys.executable, "-m", "flask", "--app", str(ROOT / "app.py")]
    return os.posix_spawn(
        sys.executable,
        [*flask, "worker", "--parent", str(os.getpid())],
        os.environ | {"KB_DATA_DIR": str(settings.data_dir)},
        file_actions=[(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)],
        setpgroup=0,
    )


def _free_address(settings: Settings) -> str:
    """The address of KB_HOST in numbers, with KB_PORT free on it."""
    try:
        family, kind, _, _, place = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        raise CannotServe(_why_not(error, settings)) from error
    return str(place[0])


def _why_not(error: OSError, settings: Settings) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"KB_PORT: something else already uses port {settings.port} of {settings.host}."
    if error.errno == errno.EACCES:
        return f"KB_PORT: only the system's administrator may use port {settings.port}."
    return f"KB_HOST: this machine has no address {settings.host}."


def _allow_many_connections() -> None:
    """Each connection is an open file, and systems start with few."""
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_FILES if most == resource.RLIM_INFINITY else min(MAX_FILES, most)
    if allowed < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _answers(address: str, settings: Settings) -> bool:
    connection = http.client.HTTPConnection(_reachable(address), settings.port, timeout=2)
    try:
        connection.request("GET", "/readyz", headers={"Host": urlsplit(settings.base_url).netloc})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _reachable(address: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)  # noqa: S104


def _is_flask_run() -> bool:
    """Is this `flask run`, and not the half of it that only watches for changed files?"""
    context = click.get_current_context(silent=True)
    is_run = context is not None and context.info_name == "run"
    return is_run and (not get_debug_flag() or os.environ.get("WERKZEUG_RUN_MAIN") == "true")


def _stop(sentence: object, code: int) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(code)
