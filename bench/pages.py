"""What pages cost: CPU for each request, and bytes until a first-time visitor sees a page.

Requests go straight into the WSGI application, as a browser sends them (it takes gzip), and
only the CPU of this thread is counted. The bare page beside them is Flask, Jinja and 20 KB.
"""

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass, replace
from itertools import chain, cycle, islice
from os import devnull
from pathlib import Path
from statistics import median
from time import thread_time

import click
from flask import Flask, render_template
from werkzeug.test import EnvironBuilder, run_wsgi_app

from kb import indexing, jobs
from kb.accounts.models import User
from kb.clock import utcnow
from kb.config import Settings
from kb.copying.models import Copy, Status
from kb.councils import service as councils
from kb.db import migrate
from kb.db.database import Session
from kb.factory import build_runtime, create_app
from kb.library import service as library
from kb.library.content import Kind
from kb.runtime import Runtime
from kb.search.engine import Document

ROUNDS = 200
DOCUMENTS = 1_000
COPIES = 200
GZIP = {"Accept-Encoding": "gzip"}
WORDS = [
    *("topics", "social media", "witnesses", "young people", "webcast", "budget scrutiny"),
    *("task and finish", "call in", "flooding", "public questions", "work programme"),
    *("scruitny", "get residents to suggest topics", "how do we find witnesses", "housing"),
]
ASSET = re.compile(r'(?:href|src)="(/assets/[^"]+)"')
BARE = """<!doctype html><title>{{ title }}</title><h1>{{ title }}</h1>
{% for row in rows %}<p class="row"><a href="/{{ row }}">{{ row }}: {{ text }}</a></p>
{% endfor %}"""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Of one kind of request; times are milliseconds of CPU."""

    page: str
    p50: float
    p95: float
    target: float | None
    sent: int


def run() -> None:
    """Print two tables in Markdown; the log is written as ever, but nobody wants to read it."""
    with tempfile.TemporaryDirectory() as folder, open(devnull, "w") as log, redirect_stderr(log):
        runtime = _site(Path(folder))
        app = create_app(runtime=runtime)
        click.echo(_costs_table(_costs(app, runtime)))
        click.echo(_views_table(app, _addresses(runtime)[:1]))
        runtime.database.close()


def _site(folder: Path) -> Runtime:
    """All seed data, and an index filled up to a thousand documents with copies of them."""
    runtime = build_runtime(Settings(data_dir=folder))
    migrate.upgrade(runtime.database.engine)
    jobs.load_seed_data(runtime, now=utcnow())
    with runtime.database.transaction(quietly=True) as session:
        _copy_one_practice(session)
    with runtime.database.reading() as session:
        originals = list(indexing.documents(session))
    runtime.search.replace(_filled_up(originals))
    return runtime


def _copy_one_practice(session: Session) -> None:
    """The last of the case studies has 200 copies: a third are copies of copies."""
    study = library.all_of(session, Kind.CASE_STUDY)[-1]
    steps = [{"step": s.text, "choice": "change", "text": "Ours.", "why": ""} for s in study.steps]
    statuses, copies = cycle(Status), list[Copy]()
    now = utcnow()
    for number, council in enumerate(councils.everyone(session)[:COPIES]):
        owner = User(email=f"{council.code}@example.org", council=council, created_at=now)
        parent = copies[number // 3].id if number % 3 == 2 else None
        copy = Copy(resource=study, council=council, owner=owner, parent_id=parent, changes=steps)
        copy.status, copy.hours_spent = next(statuses), number % 40
        copy.source_version = copy.told_version = study.version
        copy.started_at = copy.saved_at = now
        session.add(copy)
        session.flush()
        copies.append(copy)


def _filled_up(originals: list[Document]) -> Iterator[Document]:
    for number, document in enumerate(islice(cycle(originals), DOCUMENTS)):
        again = number // len(originals)
        yield replace(document, key=f"{document.key}.{again}") if again else document


def _addresses(runtime: Runtime) -> list[str]:
    with runtime.database.reading() as session:
        studies = library.all_of(session, Kind.CASE_STUDY)
        return [f"/case-studies/{study.slug}" for study in studies]


def _costs(app: Flask, runtime: Runtime) -> Iterator[Cost]:
    studies = _addresses(runtime)
    one = studies[0]
    for path in (studies[-1], "/", "/search?q=warm"):  # compile templates, open connections
        _ask(app, path)
    begun = app.extensions["kb_pages"]
    tag = {"If-None-Match": _ask(app, one)[2]["ETag"]}
    yield _cost("Case study, made anew", 2.0, app, _each(studies[:-1]), forget=begun.forget)
    yield _cost("Case study, kept", 2.0, app, [(one, {})] * ROUNDS)
    copied = _each([studies[-1]] * ROUNDS)
    yield _cost("Case study with 200 copies, made anew", None, app, copied, forget=begun.forget)
    yield _cost("Case study with 200 copies, kept", 3.0, app, copied)
    yield _cost("Case study, not changed (304)", 0.6, app, [(one, tag)] * ROUNDS)
    yield _cost("Home, made anew", 2.0, app, [("/", {})] * ROUNDS, forget=begun.forget)
    yield _cost("Home, kept", 2.0, app, [("/", {})] * ROUNDS)
    yield _cost("Search, 1,000 documents, new question", 15.0, app, _each(_questions()))
    yield _cost("Search, 1,000 documents, asked before", None, app, _each(_questions()))
    yield _cost("Bare Flask and Jinja, 20 KB", None, _bare(), [("/", {})] * ROUNDS)


def _each(paths: Iterable[str]) -> list[tuple[str, dict[str, str]]]:
    return [(path, {}) for path in islice(paths, ROUNDS)]


def _questions() -> list[str]:
    words = [f"/search?q={word.replace(' ', '+')}" for word in WORDS]
    facets = ("", "&kind=case-study", "&kind=tip-card", "&nation=wales", "&sort=newest")
    return [f"{word}{facet}" for facet in facets for word in words]


def _cost(
    page: str,
    target: float | None,
    app: Flask,
    requests: Iterable[tuple[str, dict[str, str]]],
    *,
    forget: Callable[[], None] = lambda: None,
) -> Cost:
    times, sent = [], 0
    for path, headers in requests:
        forget()
        environ = EnvironBuilder(path, headers=GZIP | headers).get_environ()
        begun = thread_time()
        body, status, _ = run_wsgi_app(app, environ, buffered=True)
        times.append((thread_time() - begun) * 1000)
        sent = sum(map(len, body))
        assert status[:3] in {"200", "304"}, f"{path}: {status}"
    times.sort()
    return Cost(page=page, p50=median(times), p95=_p95(times), target=target, sent=sent)


def _p95(times: list[float]) -> float:
    return times[int(len(times) * 0.95)]


def _bare() -> Flask:
    app = Flask("bare")
    template = app.jinja_env.from_string(BARE)

    @app.get("/")
    def page() -> str:
        text = "Twenty kilobytes of text in a page that does nothing else."
        return render_template(template, title="Bare", rows=range(190), text=text)

    return app


def _ask(app: Flask, path: str) -> tuple[bytes, str, dict[str, str]]:
    environ = EnvironBuilder(path, headers=GZIP).get_environ()
    body, status, headers = run_wsgi_app(app, environ, buffered=True)
    return b"".join(body), status, dict(headers)


def _costs_table(costs: Iterable[Cost]) -> str:
    lines = [
        "| Request | CPU p50, ms | CPU p95, ms | Target, ms | Body, bytes |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for cost in costs:
        target = f"{cost.target:.1f}" if cost.target else ""
        lines.append(
            f"| {cost.page} | {cost.p50:.2f} | {cost.p95:.2f} | {target} | {cost.sent:,} |"
        )
    return "\n".join(lines) + "\n"


def _views_table(app: Flask, studies: list[str]) -> str:
    """All that a browser fetches for a first view, as small as it is sent."""
    lines = ["| First view | Bytes | Target |", "| --- | ---: | ---: |"]
    for path in chain(["/", "/search?q=topics"], studies):
        lines.append(f"| {path} | {_first_view(app, path):,} | 61,440 |")
    return "\n".join(lines) + "\n"


def _first_view(app: Flask, path: str) -> int:
    """Page, styles, scripts, icon and the font that every page needs."""
    client = app.test_client()
    page = client.get(path).text
    sizes = [len(_ask(app, path)[0])]
    for asset in sorted(set(ASSET.findall(page))):
        sizes.append(len(client.get(asset, headers={"Accept-Encoding": "br, gzip"}).data))
    return sum(sizes)
