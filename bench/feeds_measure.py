"""Refreshes many feeds and prints what it cost as JSON: `python -m bench.feeds_measure WHO ...`.

WHO is "ours", "many" (ours, every feed unchanged) or "reader" from PyPI. CPU seconds are
those of this process and of everything that it started, whether that ended or not.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

from sqlalchemy import insert

from bench.feeds_server import Feeds, address
from kb import jobs
from kb.clock import utcnow
from kb.config import ROOT, Settings
from kb.factory import build_runtime
from kb.feeds.models import Source
from kb.feeds.refresh import body_hash
from kb.feeds.types import Platform
from kb.library import vocabulary
from kb.runtime import Runtime

Result = dict[str, float]
TICKS = os.sysconf("SC_CLK_TCK")
CHANGED_EVERY = 10
STEP = timedelta(days=2)  # by then every source is due again


def ours(port: int, feeds: int, sites: int, folder: Path) -> Result:
    """First fetch, unchanged, one in ten changed, and all new entries into the index."""
    runtime = _runtime(port, sites, folder)
    _follow(runtime, (_source(n, url) for n, url in enumerate(addresses(port, feeds, sites))))
    result = _three_rounds(port, feeds, lambda n: _refresh(runtime, feeds, n))
    result["entries"] = _count(runtime)
    result["index_s"] = _cost(lambda: jobs.update_index(runtime))
    _close(runtime)
    return result


def many(port: int, feeds: int, sites: int, folder: Path) -> Result:
    """One pass over sources that had an answer before and have nothing new."""
    runtime = _runtime(port, sites, folder)
    said = Feeds()
    _follow(
        runtime,
        (
            _source(n, url)
            | {"etag": said.etag(n), "body_hash": body_hash(said.body(n, urlsplit(url).netloc))}
            for n, url in enumerate(addresses(port, feeds, sites))
        ),
    )
    before_mb = memory()["memory_mb"]
    result = {"unchanged_s": _cost(lambda: _refresh(runtime, feeds, 0)), **memory()}
    result["added_mb"] = result["memory_mb"] - before_mb
    _close(runtime)
    return result


def reader(port: int, feeds: int, sites: int, folder: Path) -> Result:
    # reader's own copy of feedparser asks for this module by the name that it once had
    sys.modules.setdefault("sgmllib", import_module("feedparser_sgmllib"))
    from reader import make_reader  # not above: it is no part of what ours weighs

    theirs = make_reader(str(folder / "reader.sqlite"))
    for url in addresses(port, feeds, sites):
        theirs.add_feed(url)
    result = _three_rounds(port, feeds, lambda _: theirs.update_feeds(scheduled=False))
    result["entries"] = theirs.get_entry_counts().total or 0
    theirs.close()
    return result


def addresses(port: int, feeds: int, sites: int) -> Iterator[str]:
    for number in range(feeds):
        yield f"http://{address(number % sites)}:{port}/feeds/{number}.xml"


def cpu_s() -> float:
    """Of this process and all that came of it, running or ended."""
    return sum(sum(_stat(pid)[11:15]) for pid in _family()) / TICKS


def memory() -> Result:
    """The most that this process held, and the most that all together may have held."""
    held = {pid: _high_water(pid) for pid in _family()}
    return {"memory_mb": held[os.getpid()], "all_memory_mb": sum(held.values())}


def _three_rounds(port: int, feeds: int, refresh: Callable[[int], object]) -> Result:
    first, unchanged = _cost(lambda: refresh(0)), _cost(lambda: refresh(1))
    urlopen(f"http://{address(0)}:{port}/publish?every={CHANGED_EVERY}&feeds={feeds}").close()
    changed = _cost(lambda: refresh(2))
    return {"first_s": first, "unchanged_s": unchanged, "changed_s": changed, **memory()}


def _cost(work: Callable[[], object]) -> float:
    before = cpu_s()
    work()
    return cpu_s() - before


def _refresh(runtime: Runtime, feeds: int, round_: int) -> None:
    """As the schedule does it, but all at once; insist that every feed was read."""
    report = jobs.refresh_sources(runtime, now=utcnow() + round_ * STEP, limit=feeds)
    if (report.sources, report.failed) != (feeds, 0):
        sys.exit(f"Of {feeds} feeds {report.sources} were asked, {report.failed} failed.")


def _runtime(port: int, sites: int, folder: Path) -> Runtime:
    allow = frozenset(f"{address(number)}:{port}" for number in range(sites))
    _migrate(folder)
    runtime = build_runtime(replace(Settings(data_dir=folder), fetch_allow=allow))
    with runtime.database.transaction(quietly=True) as session:
        vocabulary.store(session, vocabulary.read(ROOT / "seed_data" / "vocabularies"))
    jobs.rebuild_index(runtime)
    return runtime


def _migrate(folder: Path) -> None:
    """In a process of its own, because a worker never migrates, and what that takes would stay."""
    command = [sys.executable, "-m", "flask", "--app", str(ROOT / "app.py"), "migrate"]
    given = {"KB_DATA_DIR": str(folder)}
    subprocess.run(command, env=os.environ | given, stdout=subprocess.DEVNULL, check=True)


def _source(number: int, url: str) -> dict[str, Any]:
    now = utcnow()
    return {
        "name": f"Feed {number}",
        "platform": Platform.WEBSITE,
        "feed_url": url,
        "added_at": now,
        "due_at": now,
    }


def _follow(runtime: Runtime, sources: Iterable[dict[str, Any]]) -> None:
    """A few at a time: what is measured later is the memory of refreshing, not of this."""
    waiting = iter(sources)
    while some := list(islice(waiting, 200)):
        with runtime.database.transaction(quietly=True) as session:
            session.execute(insert(Source), some)


def _count(runtime: Runtime) -> int:
    return runtime.database.peek("SELECT count(*) FROM entry")


def _close(runtime: Runtime) -> None:
    runtime.fetcher.close()
    runtime.reader.close()
    runtime.database.close()


def _family() -> list[int]:
    """This process and its living descendants."""
    found = [os.getpid()]
    for pid in found:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found.extend(int(child) for child in (task / "children").read_text().split())
    return found


def _stat(pid: int) -> list[int]:
    """The numbers of /proc/PID/stat after the name; utime, stime, cutime, cstime are 11-14."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return [0, *(int(field) for field in fields[1:])]


def _high_water(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    contestant = {"ours": ours, "many": many, "reader": reader}[sys.argv[1]]
    port_, feeds_, sites_ = (int(number) for number in sys.argv[2:5])
    started = time.perf_counter()
    measured = contestant(port_, feeds_, sites_, Path(sys.argv[5]))
    print(json.dumps(measured | {"wall_s": time.perf_counter() - started}))
