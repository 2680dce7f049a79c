"""What refreshing costs, beside `reader` from PyPI: `python -m bench --feeds`.

Both ask the same feeds of the same local server in the same run, one after the other.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from bench.feeds_measure import CHANGED_EVERY, Result
from bench.feeds_server import ENTRIES
from bench.tables import table

MOST_SITES = 1_000
ROUNDS = {
    "first fetch": ("first_s", "75"),
    "unchanged": ("unchanged_s", "3,000"),
    f"one in {CHANGED_EVERY} changed": ("changed_s", "1,000"),
}


def run(*, feeds: int, many: int) -> None:
    """Print two tables in Markdown."""
    results = {who: _measured(who, feeds) for who in ("ours", "reader")}
    print(_beside(feeds, results), flush=True)
    print(_alone(feeds, results["ours"], many, _measured("many", many)), flush=True)


def _measured(who: str, feeds: int) -> Result:
    """In a process of its own, with a server of its own."""
    sites = min(feeds, MOST_SITES)
    with _server(sites) as port, tempfile.TemporaryDirectory() as folder:
        sizes = (str(port), str(feeds), str(sites))
        command = [sys.executable, "-m", "bench.feeds_measure", who, *sizes, folder]
        measured: Result = json.loads(subprocess.check_output(command))
    return measured


@contextmanager
def _server(sites: int) -> Iterator[int]:
    """Its port; it ends when its standard input does."""
    command = [sys.executable, "-m", "bench.feeds_server", str(sites)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        yield int(server.stdout.readline() if server.stdout else 0)


def _beside(feeds: int, results: dict[str, Result]) -> str:
    rows = [
        [name, *(f"{feeds / max(results[who][key], 0.01):,.0f}" for who in results), target]
        for name, (key, target) in ROUNDS.items()
    ]
    lines = [
        f"\n### {feeds:,} feeds of {ENTRIES} entries, 38 kB each\n",
        "Feeds for each second of CPU, that of child processes counted.\n",
        *table(["", *results, "at least"], rows),
    ]
    return "\n".join(lines)


def _alone(feeds: int, ours: Result, many: int, pass_: Result) -> str:
    rows = [
        [f"first fetch of {feeds:,}: entries kept", f"{ours['entries']:,.0f}", ""],
        ["the same into the index, CPU s", f"{ours['index_s']:.1f}", "180"],
        [f"a pass over {many:,} unchanged, CPU s", f"{pass_['unchanged_s']:.2f}", "5"],
        ["the same, memory of the process, MB", f"{pass_['memory_mb']:.0f}", "150"],
        ["of it, what the pass added, MB", f"{pass_['added_mb']:.0f}", ""],
        ["the same, with its children, MB", f"{pass_['all_memory_mb']:.0f}", ""],
        ["first fetch, memory of the process, MB", f"{ours['memory_mb']:.0f}", ""],
        ["first fetch, with its children, MB", f"{ours['all_memory_mb']:.0f}", ""],
    ]
    return "\n".join(["", *table(["ours", "", "at most"], rows)])
