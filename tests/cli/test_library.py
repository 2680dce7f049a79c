import json
import os
import signal
import subprocess
import sys
import time

import pytest

from kb.config import ROOT
from kb.councils import register
from kb.indexing import wanted
from kb.jobs import SEED_DATA
from kb.library import exchange, vocabulary
from kb.library import service as library
from kb.library.publish import hash_of
from kb.search.engine import Query
from tests.factories import make_case_study, make_council

FLASK = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
FLASK += "; from flask.cli import main; main()"
MANY = 4_000
PATIENCE_S = 240


@pytest.fixture
def runner(app):
    return app.test_cli_runner()


@pytest.fixture
def lines(tmp_path):
    """Write lines to a file and return its name."""

    def write(*values):
        path = tmp_path / "lines.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for value in values:
                file.write(value if isinstance(value, str) else json.dumps(value))
                file.write("\n")
        return str(path)

    return write


def test_an_import_can_be_found_at_once(runner, runtime, lines):
    path = lines(practice("Topic form"), practice("Petition wall"))

    result = runner.invoke(args=["library", "import", path])

    assert result.exit_code == 0
    assert result.stdout == "2 imported (2 new, 0 changed, 0 the same).\n"
    assert result.stderr == ""
    assert runtime.search.search(Query(text="petition")).total == 1


def test_a_rerun_changes_nothing(runner, lines):
    path = lines(practice("Topic form"))
    runner.invoke(args=["library", "import", path])

    result = runner.invoke(args=["library", "import", path])

    assert result.stdout == "1 imported (0 new, 0 changed, 1 the same).\n"


def test_bad_lines_are_named_in_order_and_nothing_else_is_lost(runner, session, lines):
    make_council(session, code="KIR")
    session.commit()
    path = lines(
        practice("Topic form", councils=["KIR"]),
        practice("Petition wall", councils=["XYZ"]),
        "{",
        practice("Question time", colour="red"),
        "",
        practice("Podcast"),
    )

    result = runner.invoke(args=["library", "import", path])

    assert result.exit_code == 1
    assert result.stdout == (
        "2 imported (2 new, 0 changed, 0 the same), 3 lines could not be read.\n"
    )
    assert result.stderr.splitlines() == [
        "line 2: “XYZ” is not the code of a council in the register.",
        "line 3: This is not JSON: EOF while parsing an object at line 2 column 0.",
        "line 4: “colour” is not a field that we know.",
    ]


def test_a_ref_that_stands_twice_is_mentioned_and_is_no_failure(runner, runtime, lines):
    path = lines(practice("Old", ref="a:1"), practice("New", ref="a:1"))

    first = runner.invoke(args=["library", "import", path])
    again = runner.invoke(args=["library", "import", path])

    assert first.exit_code == 0
    assert first.stderr == "line 1: a:1 stands again in line 2, which counts.\n"
    assert first.stdout == "1 imported (1 new, 0 changed, 0 the same).\n"
    assert again.stdout == "1 imported (0 new, 0 changed, 1 the same).\n"


def test_an_import_needs_a_file_that_can_be_read_twice(runner, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    result = runner.invoke(args=["library", "import", str(pipe)])

    assert result.exit_code == 1
    assert "must be a file" in result.stderr


def test_all_seed_data_goes_out_and_comes_back_the_same(seeded_app, app, runtime, tmp_path):
    with runtime.database.transaction() as session:
        register.store(session, register.read(SEED_DATA / "councils.csv"))
        vocabulary.store(session, vocabulary.read(SEED_DATA / "vocabularies"))
    first, second = str(tmp_path / "first.jsonl"), str(tmp_path / "second.jsonl")

    exported = seeded_app.test_cli_runner().invoke(args=["library", "export", first])
    imported = app.test_cli_runner().invoke(args=["library", "import", first])
    app.test_cli_runner().invoke(args=["library", "export", second])

    with runtime.database.reading() as session:
        held = wanted(session)
        hashes = [(each.content_hash, hash_of(content)) for each, content in pairs(session)]
    assert held >= 200
    assert exported.output == f"{held} exported.\n"
    assert imported.stdout == f"{held} imported ({held} new, 0 changed, 0 the same).\n"
    assert all(kept == counted for kept, counted in hashes)
    assert read(first) == read(second)


def test_an_export_goes_to_standard_output(runner, session):
    make_case_study(session, ref="a:1", title="Ŵyn")
    session.commit()

    result = runner.invoke(args=["library", "export", "-"])

    assert json.loads(result.stdout) == practice("Ŵyn", ref="a:1")
    assert result.stderr == "1 exported.\n"


def test_an_export_to_a_place_that_does_not_exist_says_so(runner, tmp_path):
    result = runner.invoke(args=["library", "export", str(tmp_path / "none" / "file.jsonl")])

    assert result.exit_code == 1
    assert result.stderr == f"Error: Cannot write to {tmp_path / 'none'}.\n"


def test_an_export_leaves_one_file(runner, session, tmp_path):
    make_case_study(session)
    session.commit()
    folder = tmp_path / "out"
    folder.mkdir()

    runner.invoke(args=["library", "export", str(folder / "file.jsonl")])

    assert os.listdir(folder) == ["file.jsonl"]


def test_an_earlier_version_is_restored(runner, runtime, lines):
    for body in ("First.", "Second."):
        runner.invoke(args=["library", "import", lines(practice("Ask", ref="a:1", body=body))])

    result = runner.invoke(args=["library", "restore", "a:1", "1"])

    assert result.output == "a:1 says again what version 1 said; this is version 3.\n"
    with runtime.database.reading() as session:
        assert library.by_ref(session, "a:1").body == "First."


def test_restoring_what_is_there_already_says_so(runner, lines):
    runner.invoke(args=["library", "import", lines(practice("Ask", ref="a:1"))])

    result = runner.invoke(args=["library", "restore", "a:1", "1"])

    assert result.output == "a:1 already says what version 1 said.\n"


def test_history_lists_the_versions_newest_first(runner, lines):
    for body in ("First.", "Second."):
        runner.invoke(args=["library", "import", lines(practice("Ask", ref="a:1", body=body))])

    result = runner.invoke(args=["library", "history", "a:1"])

    newest, oldest = result.output.splitlines()
    assert (newest[:2], oldest[:2]) == ("2 ", "1 ")
    assert newest.endswith("Import")


def test_what_is_withdrawn_is_no_longer_public(runner, session):
    make_case_study(session, ref="a:1")
    session.commit()

    result = runner.invoke(args=["library", "withdraw", "a:1", "--reason", "The council asked."])

    assert result.output == "a:1 is withdrawn.\n"
    session.expire_all()
    resource = library.by_ref(session, "a:1")
    assert (resource.is_public, resource.standing_note) == (False, "The council asked.")


@pytest.mark.parametrize(
    "args",
    [("history", "a:1"), ("restore", "a:1", "1"), ("withdraw", "a:1", "--reason", "No.")],
)
def test_an_unknown_ref_is_one_plain_line(runner, args):
    result = runner.invoke(args=["library", *args])

    assert result.exit_code == 1
    assert result.stderr == "Error: There is nothing with the ref a:1.\n"


def test_an_import_that_is_stopped_leaves_whole_batches_and_goes_on_later(
    app, runtime, lines, tmp_path
):
    path = lines(*(practice(f"Practice {n}", ref=f"a:{n}") for n in range(MANY)))
    process = subprocess.Popen(
        [sys.executable, "-c", FLASK, "--app", "app", "library", "import", path],
        cwd=ROOT,
        env=os.environ | {"KB_DATA_DIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )

    wait_until_some_are_there(process, runtime)
    process.send_signal(signal.SIGINT)
    said, problems = process.communicate(timeout=PATIENCE_S)

    held = number_of_resources(runtime)
    assert process.returncode == 130, problems
    assert 0 < held < MANY
    assert held % exchange.BATCH == 0
    assert said == f"{held:,} imported ({held:,} new, 0 changed, 0 the same).\n"
    assert problems == "Stopped. Run it again to go on from here.\n"
    result = app.test_cli_runner().invoke(args=["library", "import", path])
    assert result.stdout == (
        f"{MANY:,} imported ({MANY - held:,} new, 0 changed, {held:,} the same).\n"
    )


def practice(title, **values):
    return {"kind": "case-study", "title": title, "body": ""} | values


def pairs(session):
    return [
        (library.by_ref(session, content.ref), content)
        for content in exchange.public_contents(session)
    ]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def number_of_resources(runtime):
    with runtime.database.reading() as session:
        return wanted(session)


def wait_until_some_are_there(process, runtime):
    deadline = time.monotonic() + PATIENCE_S
    while not number_of_resources(runtime) and time.monotonic() < deadline:
        try:
            process.wait(timeout=0.02)
        except subprocess.TimeoutExpired:
            continue
        pytest.fail(f"It ended too early: {process.communicate()}")
