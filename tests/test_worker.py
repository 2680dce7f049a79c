import shutil
import signal
import sqlite3
import subprocess
import sys

import pytest

from kb import jobs
from kb.factory import build_runtime
from kb.finding import service as finding
from kb.search.engine import Query
from kb.worker import Queue, look_at_index
from tests.factories import make_case_study
from tests.services.site import ROOT, STOP_S, environment, until

VISIBLE_S = 45  # less than the minute after which a worker looks by itself
WAITING = "SELECT count(*) FROM task"


@pytest.fixture
def worker(runtime):
    """A worker in a process of its own, which has looked at everything once."""
    with start_worker(runtime) as process:
        until(lambda: asked_for(runtime) == 0)
        yield process
        stop(process)


def start_worker(runtime, *options):
    settings = runtime.settings
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", "worker", *options],
        cwd=ROOT,
        env=environment(settings.data_dir, KB_DATABASE_URL=settings.database_url),
        stderr=subprocess.PIPE,
        text=True,
    )


def stop(process):
    """Read on until it ends: it could not say its last words into a closed pipe."""
    process.terminate()
    process.communicate(timeout=STOP_S)


def asked_for(runtime):
    """How often the worker is asked to look; None while there is no queue."""
    if not runtime.settings.queue_path.exists():
        return None
    queue = sqlite3.connect(runtime.settings.queue_path)
    try:
        return queue.execute(WAITING).fetchone()[0]
    except sqlite3.OperationalError:
        return None
    finally:
        queue.close()


def publish(runtime, title):
    with runtime.database.transaction() as session:
        make_case_study(session, title=title)


def titles(runtime, text):
    return [hit.title for hit in runtime.search.search(Query(text=text)).hits]


def lose_everything(folder):
    shutil.rmtree(folder)


def cut_every_file_short(folder):
    for path in segments(folder):
        path.write_bytes(path.read_bytes()[:100])


def garble_every_file(folder):
    for path in segments(folder):
        path.write_bytes(b"\xff" * path.stat().st_size)


def segments(folder):
    return [path for path in folder.rglob("*.seg") if path.is_file()]


def test_what_is_published_here_is_found_there(runtime, worker):
    elsewhere = build_runtime(runtime.settings)
    publish(runtime, "Speed cameras by the school")

    until(lambda: titles(elsewhere, "cameras") != [], within_s=VISIBLE_S)

    assert titles(elsewhere, "cameras") == ["Speed cameras by the school"]


@pytest.mark.parametrize("damage", [lose_everything, cut_every_file_short, garble_every_file])
def test_a_damaged_index_is_mended_by_itself(runtime, worker, damage):
    publish(runtime, "Speed cameras by the school")
    until(lambda: titles(runtime, "cameras") != [], within_s=VISIBLE_S)
    damage(runtime.settings.index_dir)
    restarted = build_runtime(runtime.settings)

    found = finding.find(restarted, Query(text="cameras"))

    assert [hit.title for hit in found.page.hits] == ["Speed cameras by the school"]
    assert not found.is_from_index
    until(lambda: jobs.readiness(restarted).index == "ok")
    assert titles(restarted, "cameras") == ["Speed cameras by the school"]


def test_a_worker_applies_what_happened_before_its_start(runtime):
    publish(runtime, "Speed cameras by the school")
    runtime.settings.queue_path.unlink(missing_ok=True)

    with start_worker(runtime) as process:
        until(lambda: titles(runtime, "cameras") != [])
        stop(process)

    assert process.returncode == 0


def test_many_changes_ask_for_one_look(runtime):
    for number in range(5):
        publish(runtime, f"Practice {number}")

    assert asked_for(runtime) == 1


def test_a_damaged_queue_stops_nobody(runtime):
    runtime.settings.queue_path.write_bytes(b"no database" * 1000)

    publish(runtime, "Speed cameras by the school")
    look_at_index(runtime)

    assert titles(runtime, "cameras") == ["Speed cameras by the school"]


def test_a_damaged_queue_is_told_of_once(runtime, capsys):
    runtime.settings.queue_path.write_bytes(b"no database" * 1000)

    publish(runtime, "One")
    publish(runtime, "Another")

    assert capsys.readouterr().err.count("queue does not answer") == 1


def test_a_locked_queue_stops_nobody(runtime):
    publish(runtime, "One")
    lock = sqlite3.connect(runtime.settings.queue_path, isolation_level=None)
    lock.execute("DELETE FROM task")
    lock.execute("BEGIN EXCLUSIVE")

    publish(runtime, "Another")
    lock.execute("ROLLBACK")
    publish(runtime, "A third")

    assert asked_for(runtime) == 1
    lock.close()


def test_a_queue_that_is_gone_is_made_again(runtime):
    publish(runtime, "One")
    runtime.settings.queue_path.unlink()

    publish(runtime, "Another")

    assert asked_for(runtime) == 1


def test_a_worker_begins_with_a_sound_and_empty_queue(runtime):
    runtime.settings.queue_path.write_bytes(b"no database" * 1000)

    Queue(runtime.settings).begin_anew()

    assert asked_for(runtime) == 0


def test_a_queue_in_another_place_is_noticed(runtime):
    queue = Queue(runtime.settings)
    queue.begin_anew()

    assert queue.is_sound()
    runtime.settings.queue_path.write_bytes(b"no database" * 1000)
    assert not queue.is_sound()
    runtime.settings.queue_path.unlink()
    assert not queue.is_sound()


def test_one_worker_is_enough(runtime, worker):
    with start_worker(runtime) as second:
        _, said = second.communicate(timeout=STOP_S)

    assert second.returncode == 75
    assert said == "A worker already runs for this data.\n"


def test_a_worker_ends_with_the_process_that_started_it(runtime):
    with subprocess.Popen(["true"]) as parent:
        parent.wait()

    with start_worker(runtime, "--parent", str(parent.pid)) as orphan:
        assert orphan.wait(STOP_S) in {0, -signal.SIGTERM}


def test_a_quiet_transaction_wakes_nobody(runtime):
    with runtime.database.transaction(quietly=True) as session:
        make_case_study(session)

    assert asked_for(runtime) is None
