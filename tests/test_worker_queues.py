import dataclasses
import os
import subprocess
import sys

import pytest

from kb.config import ROOT
from kb.factory import build_runtime
from kb.search.engine import Query
from kb.worker import Queue, look_at_index
from tests.factories import make_case_study
from tests.services import redis
from tests.services.site import STOP_S, environment, free_port, until

VISIBLE_S = 45  # less than the minute after which a worker looks by itself


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory):
    with redis.server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(params=["postgresql", "redis"])
def queue_url(request):
    """What keeps the queue, as KB_QUEUE_URL says it; tests/test_worker.py is about the file."""
    if request.param == "postgresql":
        with request.getfixturevalue("postgres_server").database() as url:
            yield url
    else:
        yield request.getfixturevalue("redis_url")


@pytest.fixture
def queue_of():
    """Makes another end of a site's queue."""
    queues = []

    def queue_of(site):
        queues.append(Queue(site.settings))
        return queues[-1]

    yield queue_of
    for queue in queues:
        queue.close()


@pytest.fixture
def at(runtime, queue_of):
    """Makes a site with its queue at an address."""

    def at(url):
        site = build_runtime(dataclasses.replace(runtime.settings, queue_url=url))
        site.database.after_commit = queue_of(site).ask_to_update
        sites.append(site)
        return site

    sites = []
    yield at
    for site in sites:
        site.database.close()


@pytest.fixture
def site(at, queue_url):
    return at(queue_url)


@pytest.fixture
def waiting(site, queue_of):
    """How often the worker is asked to look."""
    queue = queue_of(site)
    return lambda: queue._open().pending_count()


@pytest.fixture
def start():
    """Starts a site's worker in a process of its own."""
    started = []

    def start(site):
        settings = site.settings
        given = {"KB_DATABASE_URL": settings.database_url, "KB_QUEUE_URL": settings.queue_url}
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "app", "worker"],
            cwd=ROOT,
            env=environment(settings.data_dir, **given),
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=STOP_S)


def publish(site, title):
    with site.database.transaction() as session:
        make_case_study(session, title=title)


def titles(site, text):
    return [hit.title for hit in site.search.search(Query(text=text)).hits]


def test_many_changes_ask_a_server_for_one_look(site, waiting):
    for number in range(5):
        publish(site, f"Practice {number}")

    assert waiting() == 1


def test_a_worker_hears_from_a_server_and_loses_nothing_when_it_is_killed(site, waiting, start):
    publish(site, "The first")
    worker = start(site)
    until(lambda: titles(site, "first") != [] and waiting() == 0)

    publish(site, "Speed cameras by the school")
    until(lambda: titles(site, "cameras") != [], within_s=VISIBLE_S)
    publish(site, "Cameras in the council chamber")
    worker.kill()
    publish(site, "Cameras at the tip")
    start(site)

    until(lambda: len(titles(site, "cameras")) == 3)


@pytest.mark.parametrize("scheme", ["postgresql", "redis"])
def test_a_server_that_is_away_stops_nobody(at, scheme, capsys):
    site = at(f"{scheme}://127.0.0.1:{free_port()}/0")

    publish(site, "Speed cameras by the school")
    publish(site, "Another")
    look_at_index(site)

    assert titles(site, "cameras") == ["Speed cameras by the school"]
    assert capsys.readouterr().err.count("queue does not answer") == 1


def test_a_worker_works_while_its_server_is_away_and_hears_when_it_is_back(at, start, tmp_path):
    port = free_port()
    site = at(f"redis://127.0.0.1:{port}/0")
    publish(site, "The first")
    start(site)
    until(lambda: titles(site, "first") != [])

    with redis.server(tmp_path, port):
        publish(site, "Speed cameras by the school")
        until(lambda: titles(site, "cameras") != [], within_s=VISIBLE_S)


def test_a_driver_that_is_missing_is_named_in_one_line(tmp_path):
    hide = "import sys; sys.modules['redis'] = None"

    done = subprocess.run(
        [sys.executable, "-c", f"{hide}; import kb.factory; kb.factory.create_app()"],
        cwd=ROOT,
        env=environment(tmp_path, KB_QUEUE_URL="redis://127.0.0.1:1/0"),
        capture_output=True,
        text=True,
    )

    assert done.returncode == os.EX_CONFIG
    assert done.stderr == "KB_QUEUE_URL needs the Python package redis: install it.\n"
