import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys

import pytest

from kb import indexing, jobs
from kb.cli.serve import prepare
from kb.config import Settings
from kb.factory import build_runtime
from kb.processes import only_one
from tests.factories import NOW
from tests.services.site import (
    ROOT,
    STOP_S,
    Site,
    environment,
    free_port,
    get,
    is_listening,
    is_running,
    running_site,
    until,
)

SLOW_CLIENTS = 200
TIP = """---
kind: tip-card
ref: tip:test-1
title: Ask early
number: 1
deck: ten-ideas
---

Ask people what to look at before the work programme is settled.
"""


@pytest.fixture
def data_dir(seeded_runtime, tmp_path):
    """A data directory as a running site leaves it behind."""
    shutil.copytree(seeded_runtime.settings.data_dir, tmp_path / "var")
    return tmp_path / "var"


@pytest.fixture
def site(data_dir):
    with running_site(data_dir) as site:
        yield site


@pytest.fixture(scope="module")
def lasting_site(seeded_runtime, tmp_path_factory):
    """For tests after which it runs as before; the next one starts with the same."""
    data_dir = tmp_path_factory.mktemp("site") / "var"
    shutil.copytree(seeded_runtime.settings.data_dir, data_dir)
    with running_site(data_dir) as site:
        yield site


@pytest.fixture
def slow_clients():
    """Opens connections that say something and then nothing more."""
    sockets = []

    def connect(site, words):
        client = socket.create_connection(("127.0.0.1", site.port), timeout=STOP_S)
        client.sendall(words)
        sockets.append(client)
        return client

    yield connect
    for client in sockets:
        client.close()


def start(data_dir, **settings):
    """A site that is not expected to start."""
    return subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=environment(data_dir, **settings),
        capture_output=True,
        text=True,
        timeout=STOP_S,
    )


def said(client):
    """What the server answers before it closes the connection."""
    answer = b""
    while chunk := client.recv(65536):
        answer += chunk
    return answer


def test_one_line_says_where_the_site_is(lasting_site):
    assert lasting_site.lines.read_text("utf-8") == (
        f"Scrutiny Swap is on http://127.0.0.1:{lasting_site.port} (stop with Ctrl-C)\n"
    )


def test_a_fresh_data_directory_gets_all_that_a_site_needs(tmp_path):
    with running_site(tmp_path) as site:
        assert b'"database":"ok","index":"ok"' in site.get("/readyz")[2]
        assert site.get("/")[0] == 200
        assert b"<mark>" in site.get("/search?q=topics")[2]


def test_ctrl_c_ends_everything(site):
    family = site.family()

    code = site.interrupt()

    assert code == 0
    assert len(family) > 2
    until(lambda: not any(map(is_running, family)))


def test_a_request_to_terminate_ends_everything(site):
    family = site.family()

    site.process.terminate()

    assert site.process.wait(STOP_S) == 0
    until(lambda: not any(map(is_running, family)))


def test_nothing_outlives_a_site_that_is_killed(site):
    family = site.family()

    site.process.kill()

    until(lambda: not any(map(is_running, family)))


def test_a_part_that_dies_is_started_again(site):
    _, *parts = family = site.family()

    for part in parts:
        os.kill(part, signal.SIGKILL)

    until(lambda: not any(map(is_running, parts)))
    until(lambda: len(site.family()) == len(family))
    until(site.answers)


def test_a_part_that_keeps_dying_ends_the_site(data_dir):
    with only_one(data_dir / "worker.lock", "no other worker can start"):
        site = Site(data_dir)
        code = site.process.wait(STOP_S)

    assert code == 1
    assert site.log.read_text("utf-8").endswith(
        "A part of the site kept ending by itself, so the site has ended.\n"
    )


def test_two_sites_do_not_share_a_data_directory(lasting_site):
    second = start(lasting_site.data_dir, KB_PORT=str(free_port()))

    assert second.returncode == 75
    assert second.stderr == (
        f"Scrutiny Swap already runs for the data in {lasting_site.data_dir}.\n"
    )


def test_a_port_in_use_is_said_in_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        stopped = start(tmp_path, KB_PORT=str(port))

    assert stopped.returncode == 78
    assert stopped.stderr == (f"KB_PORT: something else already uses port {port} of 127.0.0.1.\n")


def test_an_address_of_another_machine_is_said_in_one_line(tmp_path):
    stopped = start(tmp_path, KB_HOST="192.0.2.1")

    assert stopped.returncode == 78
    assert stopped.stderr == "KB_HOST: this machine has no address 192.0.2.1.\n"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("KB_PORT", "http", "KB_PORT must be a number from 1 to 65535.\n"),
        (
            *("KB_HOST", "0.0.0.0"),
            "KB_HOST=0.0.0.0 needs KB_BASE_URL, the address people type.\n",
        ),
    ],
)
def test_a_wrong_setting_is_said_in_one_line(tmp_path, name, value, sentence):
    stopped = start(tmp_path, **{name: value})

    assert stopped.returncode == 78
    assert stopped.stderr == sentence


def test_the_log_says_nothing_about_people(site):
    site.get("/search?q=my+own+words", **{"User-Agent": "Netscape", "Cookie": "colour=mauve"})
    site.interrupt()

    log = site.log.read_text("utf-8")

    assert '"path": "/search"' in log
    assert not re.search("own|Netscape|mauve|127.0.0.1", log)


@pytest.mark.parametrize(
    "words",
    [
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 60000\r\n\r\nhalf of",
    ],
    ids=["half of the headers", "half of the body"],
)
def test_slow_clients_do_not_keep_others_waiting(lasting_site, slow_clients, words):
    for _ in range(SLOW_CLIENTS):
        slow_clients(lasting_site, words)

    answers = [lasting_site.get(path)[0] for path in ("/healthz", "/", "/search?q=topics") * 3]

    assert answers == [200] * 9


def test_slow_clients_do_not_delay_the_end(site, slow_clients):
    for _ in range(SLOW_CLIENTS):
        slow_clients(site, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")

    site.process.terminate()

    assert site.process.wait(STOP_S) == 0


def test_questions_in_one_go_are_answered_in_turn(lasting_site, slow_clients):
    host = f"Host: 127.0.0.1:{lasting_site.port}\r\n"
    first = f"GET /healthz HTTP/1.1\r\n{host}\r\n"
    last = f"GET /readyz HTTP/1.1\r\n{host}Connection: close\r\n\r\n"

    answer = said(slow_clients(lasting_site, (first + last).encode()))

    assert answer.count(b"HTTP/1.1 200 OK") == 2
    assert answer.index(b'{"status":"ok"}') < answer.index(b'"database":"ok"')


def test_headers_without_end_are_refused(lasting_site, slow_clients):
    big = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Big: " + b"x" * 200_000

    answer = said(slow_clients(lasting_site, big))

    assert answer.startswith(b"HTTP/1.1 431")


def test_what_is_not_http_is_refused(lasting_site, slow_clients):
    answer = said(slow_clients(lasting_site, b"\x16\x03\x01 hello\r\n\r\n"))

    assert answer == b"" or answer.startswith(b"HTTP/1.1 400")


def test_flask_run_serves_a_fresh_data_directory(tmp_path):
    port = free_port()
    command = [sys.executable, "-m", "flask", "--app", "app", "run", "--port", str(port)]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(tmp_path, KB_PORT=str(port)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        until(lambda: is_listening(port))
        status, _, body = get(port, "/search?q=topics")
        process.terminate()

    assert status == 200
    assert b"<mark>" in body


@pytest.fixture
def folder(tmp_path):
    """Seed data of one tip card and nothing else."""
    folder = tmp_path / "seed_data"
    (folder / "tip-cards").mkdir(parents=True)
    shutil.copytree(jobs.SEED_DATA / "vocabularies", folder / "vocabularies")
    (folder / "tip-cards" / "one.md").write_text(TIP)
    header = (jobs.SEED_DATA / "councils.csv").read_text("utf-8").splitlines()[0]
    (folder / "councils.csv").write_text(f"{header}\n")
    return folder


def load(runtime, folder):
    return jobs.load_seed_data_once(runtime, now=NOW, folder=folder)


def test_what_was_loaded_is_not_read_again(runtime, folder):
    first, second = load(runtime, folder), load(runtime, folder)

    assert first.new == 1
    assert second is None


def test_a_file_that_changed_is_loaded(runtime, folder):
    load(runtime, folder)
    (folder / "tip-cards" / "one.md").write_text(TIP.replace("early", "first"))

    assert load(runtime, folder).renewed == 1


def test_a_new_database_is_filled_whatever_the_stamp_says(runtime, folder, empty_database):
    load(runtime, folder)
    with runtime.database.transaction() as session:
        session.query(indexing.Edition).update({"number": 1})

    assert load(runtime, folder) is not None


@pytest.mark.parametrize("stamp", ["", "[]", "{}", '{"digest": "another", "edition": 1}'])
def test_a_stamp_that_cannot_be_trusted_costs_a_look(runtime, folder, stamp):
    load(runtime, folder)
    (runtime.settings.data_dir / "seeded.json").write_text(stamp)

    assert load(runtime, folder) is not None


def test_the_stamp_holds_no_secret_of_the_address(runtime, folder):
    load(runtime, folder)

    stamp = json.loads((runtime.settings.data_dir / "seeded.json").read_text())

    assert set(stamp) == {"digest", "edition"}
    assert len(stamp["digest"]) == 64


def test_a_fresh_site_is_made_ready_and_stays_so(tmp_path):
    runtime = build_runtime(Settings(data_dir=tmp_path / "var", secret_key="x" * 40))

    prepare(runtime)
    held = runtime.search.count()
    prepare(runtime)

    assert held > 200
    assert runtime.search.count() == held
    assert jobs.readiness(runtime).index == "ok"
    runtime.database.close()
