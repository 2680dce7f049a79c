"""Writes what was measured as tables in Markdown."""

from typing import Any

Result = dict[str, Any]
NAMES = {"ours": "ours", "fts5": "SQLite FTS5", "stock": "stock Whoosh"}


def page(size: int, results: dict[str, Result]) -> str:
    rows = [row for name, result in results.items() for row in _rows(name, result)]
    lines = [
        f"\n### {size:,} documents\n",
        "CPU milliseconds for the ten best with snippets, the total and the counts of four",
        "facets; each query for the first time, so that no answer comes from memory.\n",
        *table(["engine", "queries", "p50", "p95", "max"], rows),
        "",
        *table(["", *(NAMES[name] for name in results)], _facts(results)),
    ]
    return "\n".join(lines)


def _rows(name: str, result: Result) -> list[list[str]]:
    kinds = {**result["times"], "all": [t for times in result["times"].values() for t in times]}
    rows = [_row(NAMES[name], kind, times) for kind, times in kinds.items()]
    if "again" in result:
        rows.append(_row(NAMES[name], "all, second time, no answer kept", result["again"]))
        rows.append(_row(NAMES[name], "all, answer kept", result["kept"]))
    return rows


def _row(name: str, kind: str, times: list[float]) -> list[str]:
    ordered = sorted(times)
    figures = (ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)], ordered[-1])
    return [name, kind, *(f"{1000 * each:.2f}" for each in figures)]


def _facts(results: dict[str, Result]) -> list[list[str]]:
    facts = {
        "documents built a second": "{build_rate:.0f}",
        "disk, MB": "{disk_mb:.0f}",
        "opening, s": "{open_s:.2f}",
        "memory of the process, MB": "{memory_mb:.0f}",
        "of it for the index, MB": "{index_mb:.0f}",
        "a suggestion, p95, ms": "{suggest_ms:.1f}",
        "one change: commit, ms": "{commit_ms:.1f}",
        "one change: seen by another reader, ms": "{seen_ms:.1f}",
    }
    return [
        [fact, *(shape.format_map(_Blank(result)) for result in results.values())]
        for fact, shape in facts.items()
    ]


class _Blank(dict[str, Any]):
    """A dash for what was not measured."""

    def __missing__(self, key: str) -> "_Dash":
        return _Dash()


class _Dash:
    def __format__(self, _: str) -> str:
        return "–"


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]
