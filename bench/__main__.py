"""Measures pages and search: `python -m bench [--corpus FILE.jsonl]`, or `--feeds`.

Prints tables in Markdown. All times are CPU times, in processes of their own, one for each
engine and size.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import feeds, pages, tables

SIZES = (10_000, 100_000)


def main() -> None:
    arguments = _arguments()
    if arguments.feeds:
        feeds.run(feeds=arguments.feed_count, many=arguments.many_feeds)
        return
    pages.run()
    for size in arguments.sizes:
        engines = ["ours", "fts5"]
        if arguments.stock and size == min(arguments.sizes):
            engines.append("stock")
        results = {name: _measured(name, size, arguments.corpus) for name in engines}
        print(tables.page(size, results), flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--corpus", type=Path, default="seed_data", help="documents, one JSON a line, or a folder"
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--stock", action="store_true", help="stock Whoosh too, at the least size")
    parser.add_argument("--feeds", action="store_true", help="measure feeds, and nothing else")
    parser.add_argument("--feed-count", type=int, default=1_000, help="to fetch in full")
    parser.add_argument("--many-feeds", type=int, default=10_000, help="to find unchanged")
    return parser.parse_args()


def _measured(engine: str, size: int, corpus: Path) -> tables.Result:
    """Build in one process, ask in another, so that memory is that of asking."""
    result: tables.Result = {}
    with tempfile.TemporaryDirectory() as folder:
        for step in ("build", "ask"):
            command = [sys.executable, "-m", "bench.measure", step, engine, str(size)]
            output = subprocess.check_output([*command, str(corpus), folder])
            result |= json.loads(output)
    return result


if __name__ == "__main__":
    main()
