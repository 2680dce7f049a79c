"""One engine at one size: `python -m bench.measure build|ask ENGINE SIZE CORPUS FOLDER`."""

import json
import pickle
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time

from bench import corpus, queries
from bench.fts5 import Fts5
from bench.stock import Stock
from kb.search.engine import Document, Query
from kb.search.whoosh_engine import Pages, WhooshEngine

SAMPLE = 3_000
Result = dict[str, object]


def main(step: str, engine: str, size: str, path: str, folder: str) -> None:
    asked = Path(folder, "queries.pickle")
    if step == "build":
        originals = corpus.read(Path(path))
        sample = corpus.documents(originals, min(SAMPLE, int(size)))
        asked.write_bytes(pickle.dumps(queries.queries(list(sample))))
        documents = corpus.documents(originals, int(size))
        result = build(engine, documents, int(size), Path(folder))
    else:
        result = ask(engine, pickle.loads(asked.read_bytes()), Path(folder))
    print(json.dumps(result))


def build(engine: str, documents: Iterator[Document], size: int, folder: Path) -> Result:
    """The time to make the documents themselves is taken off."""
    ready = list(documents)
    started = process_time()
    if engine == "ours":
        WhooshEngine(folder / "index").replace(ready)
    elif engine == "fts5":
        Fts5(folder / "fts5.sqlite").build(ready)
    else:
        Stock(folder / "stock").build(ready)
    rate = size / (process_time() - started)
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {"build_rate": rate, "disk_mb": sum(path.stat().st_size for path in files) / 2**20}


def ask(engine: str, asked: list[queries.Asked], folder: Path) -> Result:
    if engine == "ours":
        return _ask_ours(asked, folder / "index")
    before = _memory_mb()
    started = process_time()
    other = Fts5(folder / "fts5.sqlite") if engine == "fts5" else Stock(folder / "stock")
    result: Result = {"open_s": process_time() - started, "times": _times(other.search, asked)}
    memory = _memory_mb()
    return {**result, "memory_mb": memory, "index_mb": memory - before}


def _ask_ours(asked: list[queries.Asked], folder: Path) -> Result:
    before = _memory_mb()
    engine = WhooshEngine(folder)
    started = process_time()
    engine.count()
    opened = process_time() - started

    def search(each: queries.Asked) -> int:
        return engine.search(each.query).total

    times = _times(search, asked)
    memory = _memory_mb()
    kept = _times(search, asked)
    engine._pages = Pages()
    again = _times(search, asked)
    return {
        "open_s": opened,
        "times": times,
        "kept": [time for some in kept.values() for time in some],
        "again": [time for some in again.values() for time in some],
        "memory_mb": memory,
        "index_mb": memory - before,
        "suggest_ms": _suggestions(engine, asked),
        **_change(engine, WhooshEngine(folder)),
    }


def _suggestions(engine: WhooshEngine, asked: list[queries.Asked]) -> float:
    """The 95th percentile for words as they are typed, two letters and more."""
    begun = {word[:length] for each in asked for word in each.words for length in (2, 3, 4)}
    times = []
    for prefix in sorted(begun):
        started = process_time()
        engine.suggest(prefix)
        times.append(process_time() - started)
    return 1000 * sorted(times)[int(len(times) * 0.95)]


def _change(reader: WhooshEngine, writer: WhooshEngine) -> Result:
    """What one changed document costs the writer, and the next search of a reader."""
    writer.count()
    changed = Document(key="bench:1", kind="tip-card", title="Wholly unheardofword")
    commits, seen = [], []
    for _ in range(7):
        started = process_time()
        writer.put([changed])
        commits.append(process_time() - started)
        started = process_time()
        if reader.search(Query(text="unheardofword ")).total != 1:
            raise SystemExit("The change was not seen.")
        seen.append(process_time() - started)
    return {"commit_ms": 1000 * max(commits), "seen_ms": 1000 * max(seen)}


def _times(
    search: Callable[[queries.Asked], int], asked: list[queries.Asked]
) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {}
    for each in asked:
        started = process_time()
        search(each)
        times.setdefault(each.kind, []).append(process_time() - started)
    return times


def _memory_mb() -> float:
    """What the process holds for itself; files that are mapped can be dropped at any time."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
