import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import select

from kb.feeds.models import Entry
from kb.search.engine import Query
from tests.factories import NOW, make_case_study, make_source
from tests.services.feedserver import Reply, serve
from tests.services.feedtexts import as_rss, posts
from tests.services.site import ROOT, STOP_S, descendants, environment, is_running, until

FOR_EVER_S = 25
LONG_AGO = NOW - timedelta(days=365)


@pytest.fixture
def web():
    with serve({}) as server:
        yield server


@pytest.fixture
def start(runtime, web):
    """Starts a worker in a process of its own that may ask the test's own web."""
    started = []

    def start():
        settings = runtime.settings
        given = {"KB_DATABASE_URL": settings.database_url, "KB_FETCH_ALLOW": web.address}
        with log_of(runtime).open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "app", "worker"],
                cwd=ROOT,
                env=environment(settings.data_dir, **given),
                stderr=log,
            )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            stop(process)


def stop(process):
    process.terminate()
    process.wait(STOP_S)


def log_of(runtime):
    return runtime.settings.data_dir / "worker.log"


def follow(runtime, web, path):
    with runtime.database.transaction() as session:
        make_source(session, feed_url=web.url(path), due_at=LONG_AGO)


def titles(runtime):
    with runtime.database.reading() as session:
        return sorted(session.scalars(select(Entry.title)))


def found(runtime, text):
    """What the index holds by now; the worker made it, or is at it."""
    return [hit.title for hit in runtime.search.search(Query(text=text)).hits]


def test_a_worker_refreshes_what_is_due(runtime, web, start):
    web.routes["/feed"] = as_rss(posts(2))
    follow(runtime, web, "/feed")

    worker = start()
    until(lambda: '"sources refreshed"' in log_of(runtime).read_text("utf-8"))
    stop(worker)

    assert titles(runtime) == ["Post 0", "Post 1"]
    assert worker.returncode == 0


def test_a_source_that_hangs_keeps_nobody_from_finding_things(runtime, web, start):
    web.routes["/feed"] = Reply(delay_s=FOR_EVER_S)
    follow(runtime, web, "/feed")
    start()
    until(lambda: web.hits("/feed") == 1)

    with runtime.database.transaction() as session:
        make_case_study(session, title="Speed cameras by the school")
    until(lambda: found(runtime, "cameras") == ["Speed cameras by the school"])


def test_a_worker_leaves_no_process_behind(runtime, web, start):
    web.routes["/feed"] = as_rss(posts(2))
    follow(runtime, web, "/feed")
    worker = start()
    until(lambda: titles(runtime) != [])
    family = descendants(worker.pid)

    stop(worker)

    until(lambda: not any(map(is_running, family)), within_s=STOP_S)
