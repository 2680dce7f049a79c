"""What only an index in a folder can do wrong: damage, several processes, threads, growth."""

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kb.search import whoosh_engine
from kb.search.engine import IndexBusy, IndexDamaged, Query
from kb.search.whoosh_engine import WhooshEngine
from tests.search.documents import ask, found, keys, make

ROOT = Path(__file__).parents[2]
DOCUMENTS = [make(f"k{n}", f"Bin number{n}", "budget " * n) for n in range(30)]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "index"


def reopened(whoosh):
    return WhooshEngine(whoosh._folder)


def generation(folder):
    return next(path for path in folder.iterdir() if path.is_dir())


def everything(engine):
    """One answer of each method that reads."""
    return (
        [hit.key for hit in engine.search(Query(text="bin", count=("kind",), per_page=50)).hits],
        engine.search(Query(text='"bin number7"')).total,
        engine.suggest("number"),
        engine.count(),
    )


def test_a_missing_folder_is_damage_to_all_but_replace(folder):
    engine = WhooshEngine(folder)

    for use in (engine.count, lambda: engine.put([make("a")]), lambda: engine.remove(["a"])):
        with pytest.raises(IndexDamaged):
            use()
    with pytest.raises(IndexDamaged):
        engine.suggest("a")
    with pytest.raises(IndexDamaged):
        ask(engine, "a")
    assert engine.replace([make("a", "Bin")]) == 1
    assert found(engine, "bin") == ["a"]


def test_an_index_of_another_shape_is_damage(whoosh, folder):
    pointer = folder / whoosh_engine.POINTER
    pointer.write_text(json.dumps({"shape": 0, "folder": generation(folder).name}))

    with pytest.raises(IndexDamaged):
        reopened(whoosh).count()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"shape"', "\x00", '{"shape": 1, "folder": 7}'])
def test_a_damaged_pointer_is_damage(whoosh, folder, text):
    (folder / whoosh_engine.POINTER).write_text(text)

    with pytest.raises(IndexDamaged):
        ask(whoosh, "bin")


def test_a_removed_generation_is_damage(whoosh, folder):
    whoosh.put(DOCUMENTS)
    shutil.rmtree(generation(folder))

    with pytest.raises(IndexDamaged):
        ask(whoosh, "bin")


def shortenings(path):
    size = path.stat().st_size
    return sorted({0, 1, size // 3, size // 2, size - 5, size - 4, size - 1} & set(range(size)))


def is_told_or_right(folder, right):
    try:
        return everything(WhooshEngine(folder)) == right
    except IndexDamaged:
        return True


def test_a_truncated_file_never_gives_a_wrong_answer(whoosh, folder):
    whoosh.put(DOCUMENTS[:20])
    whoosh.put(DOCUMENTS[20:])
    whoosh.remove(["k3"])
    right = everything(whoosh)

    for path in [path for path in folder.rglob("*") if path.is_file()]:
        content = path.read_bytes()
        for size in shortenings(path):
            path.write_bytes(content[:size])
            assert is_told_or_right(folder, right), (path.name, size)
        path.write_bytes(content)
    assert everything(reopened(whoosh)) == right


def test_a_changed_byte_never_gives_a_wrong_answer(whoosh, folder):
    whoosh.put(DOCUMENTS)
    right = everything(whoosh)

    for path in generation(folder).iterdir():
        content = path.read_bytes()
        for at in range(0, len(content), max(len(content) // 40, 1)):
            path.write_bytes(content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :])
            assert is_told_or_right(folder, right), (path.name, at)
        path.write_bytes(content)


def test_a_removed_file_never_gives_a_wrong_answer(whoosh, folder):
    whoosh.put(DOCUMENTS)
    right = everything(whoosh)

    for path in [path for path in folder.rglob("*") if path.is_file()]:
        content = path.read_bytes()
        path.unlink()
        assert is_told_or_right(folder, right), path.name
        path.write_bytes(content)


def test_replace_mends_damage(whoosh, folder):
    whoosh.put(DOCUMENTS)
    for path in generation(folder).iterdir():
        path.write_bytes(b"")

    assert reopened(whoosh).replace([make("a", "Bin")]) == 1
    assert found(whoosh, "bin") == ["a"]


def test_old_generations_are_removed(whoosh, folder):
    whoosh.replace([make("a", "Bin")])
    whoosh.replace([make("b", "Bin")])

    assert len([path for path in folder.iterdir() if path.is_dir()]) == 1


def test_a_failed_replace_leaves_nothing_behind(whoosh, folder):
    with pytest.raises(ZeroDivisionError):
        whoosh.replace(make(str(1 // n)) for n in (1, 0))

    assert len([path for path in folder.iterdir() if path.is_dir()]) == 1


def test_another_engine_sees_a_change_at_its_next_search(whoosh):
    other = reopened(whoosh)
    assert found(other, "bin") == []

    whoosh.put([make("a", "Bin")])
    assert found(other, "bin") == ["a"]
    whoosh.replace([make("b", "Bin")])
    assert found(other, "bin") == ["b"]
    whoosh.remove(["b"])
    assert found(other, "bin") == []


WRITER = """
import sys
from pathlib import Path
from kb.search.whoosh_engine import WhooshEngine
from tests.search.documents import make
engine = WhooshEngine(Path(sys.argv[1]))
for number in range(10):
    engine.put([make(f"{sys.argv[2]}{number}", "Bin")])
"""


def test_several_processes_write_and_one_reads(whoosh, folder):
    command = [sys.executable, "-W", "ignore", "-c", WRITER, str(folder)]
    writers = [subprocess.Popen([*command, name], cwd=ROOT) for name in "ab"]
    totals = [0]

    while any(writer.poll() is None for writer in writers):
        totals.append(ask(whoosh, "bin").total)

    assert [writer.returncode for writer in writers] == [0, 0]
    assert totals == sorted(totals)
    assert ask(whoosh, "bin").total == 20


def test_threads_read_while_one_writes(whoosh):
    whoosh.put(DOCUMENTS)

    def read(number):
        page = ask(whoosh, f'"bin number{number % 30}"')
        return page.total, len(whoosh.suggest("number"))

    with ThreadPoolExecutor(6) as threads:
        answers = threads.map(read, range(120))
        for number in range(5):
            whoosh.put([make(f"new{number}", "Tree")])
        whoosh.replace(DOCUMENTS)

    assert set(answers) == {(1, 8)}


def test_a_second_writer_is_told_to_come_back(whoosh, folder):
    impatient = WhooshEngine(folder, lock_timeout_s=0.0)

    with whoosh._locked(), pytest.raises(IndexBusy):
        impatient.put([make("a")])

    impatient.put([make("a", "Bin")])
    assert found(whoosh, "bin") == ["a"]


def test_many_small_changes_leave_few_segments(whoosh, folder):
    for number in range(40):
        whoosh.put([make(f"k{number:02}", f"Bin {number}")])
        whoosh.put([make("same", f"Tree {number}")])

    assert len(list(generation(folder).glob("*.seg"))) <= 3 * whoosh_engine.ALIKE
    assert whoosh.count() == 41
    assert ask(whoosh, "bin ").total == 40
    assert found(whoosh, '"tree 39"') == ["same"]


def test_an_index_may_be_larger_than_a_batch(whoosh, monkeypatch):
    monkeypatch.setattr(whoosh_engine, "BATCH", 7)
    twice = [*DOCUMENTS, make("k3", "Renamed")]

    assert whoosh.replace(twice) == 30
    assert found(whoosh, "renamed") == ["k3"]
    assert ask(whoosh, "bin ").total == 29
    whoosh.put(twice)
    assert whoosh.count() == 30
    assert keys(ask(whoosh, "budget ", per_page=2)) == keys(ask(whoosh, "budget ", per_page=2))


def test_the_same_question_is_answered_from_memory_until_something_changes(whoosh):
    whoosh.put([make("a", "Bin")])

    first = ask(whoosh, "bin")

    assert ask(whoosh, "bin") is first
    whoosh.put([make("b", "Bin")])
    assert ask(whoosh, "bin").total == 2


def test_only_so_many_answers_and_postings_are_kept(whoosh, monkeypatch):
    monkeypatch.setattr(whoosh_engine, "KEPT_PAGES", 2)
    monkeypatch.setattr("kb.search.segment.KEPT_BYTES_AT_LEAST", 300)
    monkeypatch.setattr("kb.search.segment.KEPT_BYTES_PER_DOCUMENT", 0)
    whoosh.put(DOCUMENTS)

    first = ask(whoosh, "bin")
    found(whoosh, "budget")
    found(whoosh, "number1")

    assert ask(whoosh, "bin") == first
    assert ask(whoosh, "bin") is not first


def test_a_long_document_keeps_its_phrases(whoosh):
    whoosh.put([make("a", body="word " * 70_000 + "last words here")])

    assert found(whoosh, "here") == ["a"]
    assert whoosh.search(Query(text='"word word"')).total == 1
