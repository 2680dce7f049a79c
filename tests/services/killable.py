"""The site in a process that a test kills at any moment, and starts again on the same data.

It is one web process of Werkzeug's server, without the worker. Each is forked off a process
that has imported and compiled everything and opened nothing: a start costs a fifth of a second
instead of two, and knows no more than what stands in the data directory.
"""

import multiprocessing
import os
import signal
from contextlib import contextmanager, suppress
from urllib.parse import urljoin

import requests
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from kb.config import Settings
from kb.factory import build_runtime
from tests.apps import create_app
from tests.services.site import free_port
from tests.story import form_of

START_S = 240
ANSWER_S = 120
CHANGES = ("INSERT", "UPDATE", "DELETE")

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.services.killable", "tests.services.compiled"])


class Killed(Exception):
    """The site died before it answered."""


class KillableSite:
    def __init__(self, data_dir):
        self._environ = {"KB_DATA_DIR": str(data_dir), "KB_PORT": str(free_port())}
        self.url = f"http://127.0.0.1:{self._environ['KB_PORT']}"
        self._process = None

    def start(self, *, dies_at=0):
        """Serve; from the `dies_at`th moment on no more. See `_die_at`."""
        ready, tell = _forks.Pipe(duplex=False)
        self._process = _forks.Process(target=_serve, args=(self._environ, dies_at, tell))
        with _unmeasured():
            self._process.start()
        tell.close()
        assert ready.poll(START_S), "the site did not start"
        ready.recv()

    def kill(self):
        """With all that it has started, and without a word.

        One that ended itself is gone before the server of forks has said so, hence no look at
        whether it lives.
        """
        if self._process is not None and self._process.exitcode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        if self._process is not None:
            self._process.join()

    def restart(self, *, dies_at=0):
        self.kill()
        self.start(dies_at=dies_at)


class Person:
    """Somebody with a browser that keeps its cookies, whatever becomes of the site."""

    def __init__(self, site):
        self._site = site
        self._browser = requests.Session()
        self._browser.trust_env = False

    def get(self, path, expect=200):
        answer = self._ask("GET", path)
        assert answer.status_code == expect, answer.text[:2000]
        return answer.text

    def fields(self, path, action):
        """What a browser would send from this form of the page when nothing is typed."""
        return form_of(self.get(path), action)

    def send(self, action, fields, files=None):
        """The address that it leads on to; only what was acknowledged gets here."""
        answer = self._ask("POST", action, data=fields, files=files)
        assert 200 <= answer.status_code < 400, answer.text[:2000]
        return answer.headers.get("Location", "")

    def _ask(self, method, path, **options):
        try:
            return self._browser.request(
                method,
                urljoin(self._site.url, path),
                allow_redirects=False,
                timeout=ANSWER_S,
                **options,
            )
        except requests.ConnectionError as error:
            raise Killed from error


@contextmanager
def _unmeasured():
    """Measure no coverage there: whoever is killed cannot tell what was measured."""
    told = {name: os.environ.pop(name) for name in [*os.environ] if name.startswith("COVERAGE_")}
    try:
        yield
    finally:
        os.environ.update(told)


def _serve(environ, dies_at, ready):
    os.setsid()
    os.environ.update(environ)
    if dies_at:
        _die_at(dies_at)
    settings = Settings.from_environ()
    app = create_app(build_runtime(settings))
    server = make_server("127.0.0.1", settings.port, app, request_handler=_Silent)
    ready.send("ready")
    server.serve_forever()


def _die_at(number):
    """End without warning at the so-manyth moment that matters.

    Moments are: before each statement that changes something, and before and after each
    commit of what was changed.
    """
    passed = Passed(number)
    event.listen(Engine, "before_cursor_execute", passed.change)
    event.listen(Session, "before_commit", passed.commit)
    event.listen(Session, "after_commit", passed.committed)


class Passed:
    """Counts the moments, and ends everything at the one that was asked for."""

    def __init__(self, last):
        self._left = last
        self._has_changed = False

    def change(self, _connection, _cursor, statement, *_):
        if statement.lstrip().startswith(CHANGES):
            self._has_changed = True
            self._moment()

    def commit(self, _):
        if self._has_changed:
            self._moment()

    def committed(self, session):
        self.commit(session)
        self._has_changed = False

    def _moment(self):
        self._left -= 1
        if self._left == 0:
            os.killpg(0, signal.SIGKILL)


class _Silent(WSGIRequestHandler):
    def log_request(self, *_):
        """Say nothing."""
