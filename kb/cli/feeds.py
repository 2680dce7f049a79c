"""Commands for the sources that the site follows."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

import click
from flask.cli import AppGroup

from kb import jobs
from kb.cli import passed_over
from kb.cli.context import plainly, runtime
from kb.cli.progress import bar
from kb.clock import utcnow
from kb.councils import naming
from kb.councils.models import Council
from kb.db.database import Session
from kb.feeds import listing, opml, probing, sources
from kb.feeds.known import among, sentence
from kb.feeds.models import Source, State
from kb.feeds.resolve import resolve
from kb.feeds.types import Answer, Candidate, CleanFeed, Fetched, Request, Resolved

feeds = AppGroup("feeds", help="The sources that the site follows.")

_NATION = click.Choice([*sources.NATIONS, ""], case_sensitive=False)
_NATIONS = f"{', '.join(sources.NATIONS[:-1])} or {sources.NATIONS[-1]}"


@feeds.command("add")
@click.argument("address")
@click.option("--council", default="", help="Its council, by its name or its code.")
@click.option("--organisation", default="", help="Who publishes it, where that is no council.")
@click.option(
    "--nation",
    default="",
    type=_NATION,
    metavar="NATION",
    help=f"{_NATIONS}, where that is no council.",
)
@click.option("--name", default="", help="What to call it; its own title otherwise.")
@click.option("--kind", type=click.Choice([*sources.KINDS]), help="What it publishes.")
@click.option("--language", type=click.Choice([*sources.LANGUAGES]))
@click.option("--pick", type=click.IntRange(min=1), help="Which, where there are several.")
@click.option("--yes", is_flag=True, help="Do not ask before it is added.")
@plainly
def add(
    address: str,
    council: str,
    organisation: str,
    nation: str,
    name: str,
    kind: str | None,
    language: str | None,
    pick: int | None,
    yes: bool,
) -> None:
    """Follow what is behind ADDRESS: a page, a profile, a handle or a feed."""
    found = _resolve(address)
    with runtime().database.reading() as session:
        _show(found, among(session, found.candidates))
    candidate = _choose(found, pick)
    if not yes:
        click.confirm(f"Follow “{name or candidate.title}”?", abort=True, err=True)
    with runtime().database.transaction() as session:
        source = sources.add(
            session,
            candidate,
            name=name,
            council=_council(session, council),
            organisation=organisation,
            nation=nation,
            kind=kind or "",
            language=language or "",
            now=utcnow(),
        )
    click.echo(f"Added “{source.name}” as number {source.id}: {source.feed_url}")


@feeds.command("list")
@click.option("--json", "as_json", is_flag=True, help="Everything that we know of each.")
@plainly
def list_(as_json: bool) -> None:
    """List every source with its state."""
    now = utcnow()
    with runtime().database.reading() as session:
        counts = sources.entry_counts(session)
        known = sources.everyone(session)
    if as_json:
        rows = [_row(source, counts.get(source.id, 0), now) for source in known]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for source in known:
        click.echo(f"{source.id:>5}  {source.state.value:<8} {source.name}  {source.feed_url}")
        if said := source.last_error or source.problems:
            click.echo(f"{'':16}{said}")
        if sources.needs_attention(source, now=now):
            click.echo(f"{'':16}{_attention(source)}")
    troubled = sum(sources.needs_attention(source, now=now) for source in known)
    needing = f" Needing attention: {troubled:,}." if troubled else ""
    click.echo(f"{_count(len(known), 'source')}.{needing}")


@feeds.command("probe")
@click.argument("ids", metavar="[ID]...", type=int, nargs=-1)
@plainly
def probe(ids: tuple[int, ...]) -> None:
    """Ask sources that are switched off once, and switch on those that answer."""
    with runtime().database.reading() as session:
        known = (
            sources.some(session, ids) if ids else sources.everyone(session, states=[State.OFF])
        )
    passed_over.not_probed(known)
    waiting = {source.id: source for source in known if source.state is State.OFF}
    if ids and not waiting:
        return
    switched_on = 0
    asked = [Request(key=source.id, url=source.feed_url) for source in waiting.values()]
    with bar("Probing", unit=" sources", total=len(asked)) as moving:

        def done(request: Request, answer: Answer | Exception) -> None:
            nonlocal switched_on
            switched_on += _probed(waiting[request.key], answer)
            moving.update()

        runtime().fetcher.fetch_many(asked, done)
    stayed = len(waiting) - switched_on
    click.echo(
        f"{_count(len(waiting), 'source')} probed: {switched_on:,} on, {stayed:,} still off."
    )


@feeds.command("refresh")
@click.argument("ids", metavar="[ID]...", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Also those that are not due.")
@plainly
def refresh(ids: tuple[int, ...], everything: bool) -> None:
    """Ask the sources that are due for what is new; the worker does this by itself."""
    now = utcnow()
    with runtime().database.reading() as session:
        followed = sources.everyone(session, states=sources.FOLLOWED)
        named = sources.some(session, ids)
    chosen = passed_over.not_read(named) if ids else followed
    if ids or everything:
        only = [source.id for source in chosen]
        total = len(only)
    else:
        only = []
        total = sum(source.due_at <= now for source in followed)
    if not total:
        if not ids:
            click.echo("No source is due.")
        return
    with bar("Refreshing", unit=" sources", total=total) as moving:
        report = jobs.refresh_sources(
            runtime(), now=now, limit=total, only=only, progress=moving.update
        )
    click.echo(
        f"{_count(report.sources, 'source')} refreshed: {report.new_entries:,} new entries, "
        f"{report.changed:,} changed, {_count(report.failed, 'source')} failed."
    )
    if ids and report.sources < total:
        busy = _count(total - report.sources, "source")
        click.echo(f"{busy} passed over: the worker reads it at this moment.", err=True)


@feeds.command("import-opml")
@click.argument(
    "path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@plainly
def import_opml(path: Path) -> None:
    """Take the sources of an OPML file, switched off until they are probed."""
    listed = opml.read(path.read_bytes())
    outlines = listed.outlines
    with (
        bar("Importing", unit=" sources", total=len(outlines)) as moving,
        runtime().database.transaction() as session,
    ):
        new = len(listing.take(session, outlines, now=utcnow(), progress=moving.update))
    for problem in listed.problems:
        click.echo(problem, err=True)
    click.echo(
        f"{_count(new, 'new source')}, {len(outlines) - new:,} known already. "
        "Switch them on with `feeds probe`."
    )


@feeds.command("export-opml")
@click.argument(
    "path", metavar="[FILE]", default="-", type=click.Path(dir_okay=False, allow_dash=True)
)
@plainly
def export_opml(path: str) -> None:
    """Write all sources but retired ones as OPML; to standard output without FILE."""
    with runtime().database.reading() as session:
        shared = listing.shared(session)
    content = opml.write(shared, title=f"{runtime().settings.site_name}: sources")
    try:
        with click.open_file(path, "wb", atomic=path != "-") as file:
            file.write(content)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}.") from error
    click.echo(f"{_count(len(shared), 'source')} exported.", err=path == "-")


@feeds.command("edit")
@click.argument("source_id", metavar="ID", type=int)
@click.option("--name", help="What to call it.")
@click.option("--council", help='Its council, by its name or its code; "" for none.')
@click.option("--organisation", help="Who publishes it, where that is no council.")
@click.option(
    "--nation",
    type=_NATION,
    metavar="NATION",
    help=f'{_NATIONS}, where it has no council; "" for none.',
)
@click.option("--kind", type=click.Choice([*sources.KINDS]), help="What it publishes.")
@click.option("--language", type=click.Choice([*sources.LANGUAGES]))
@click.option("--successor", type=int, help="The number of the source that follows it, or 0.")
@plainly
def edit(
    source_id: int,
    name: str | None,
    council: str | None,
    organisation: str | None,
    nation: str | None,
    kind: str | None,
    language: str | None,
    successor: int | None,
) -> None:
    """Put right what is known of a source; what is not named stays."""
    with runtime().database.transaction() as session:
        source = sources.get(session, source_id)
        after = source.successor_id if successor is None else successor
        sources.correct(
            session,
            source,
            name=source.name if name is None else name,
            council=source.council if council is None else _council(session, council),
            organisation=source.organisation if organisation is None else organisation,
            nation=source.nation if nation is None else nation,
            kind=kind or source.kind,
            language=language or source.language,
            successor=sources.get(session, after) if after else None,
        )
    click.echo(
        f"“{source.name}” is put right: {_whose(source)}, {source.kind}, {source.language}."
    )


@feeds.command("retire")
@click.argument("source_id", metavar="ID", type=int)
@click.option("--reason", required=True, help="A sentence that readers will see.")
@click.option("--successor", type=int, help="The number of the source that follows it.")
@plainly
def retire(source_id: int, reason: str, successor: int | None) -> None:
    """Stop following a source; what it said stays."""
    with runtime().database.transaction() as session:
        source = sources.get(session, source_id)
        after = sources.get(session, successor) if successor is not None else None
        sources.retire(session, source, reason=reason, successor=after)
    followed = f" “{after.name}” follows it." if after else ""
    click.echo(f"“{source.name}” is retired; its entries stay.{followed}")


@feeds.command("resume")
@click.argument("source_id", metavar="ID", type=int)
@plainly
def resume(source_id: int) -> None:
    """Follow a source again that was paused, retired or has moved."""
    with runtime().database.transaction() as session:
        source = sources.get(session, source_id)
        sources.resume(session, source, now=utcnow())
    click.echo(f"“{source.name}” is followed again.")


def _resolve(address: str) -> Resolved:
    fetcher = runtime().fetcher
    with bar("Looking", unit=" feeds") as moving:

        def read(fetched: Fetched) -> CleanFeed:
            moving.update()
            return _read()(fetched)

        return resolve(address, fetch=fetcher.fetch, page=fetcher.page, read=read)


def _read() -> Callable[[Fetched], CleanFeed]:
    return partial(runtime().reader.read, now=utcnow())


def _council(session: Session, text: str) -> Council | None:
    return naming.named(session, text, today=utcnow().date())


def _whose(source: Source) -> str:
    """Its council, which says the nation too; else who and where, as far as that is known."""
    if source.council:
        return source.council.name
    whose = source.organisation or "nobody named"
    return f"{whose} ({source.nation})" if source.nation else whose


def _show(found: Resolved, ours: Mapping[str, Source]) -> None:
    click.echo(found.sentence)
    for number, candidate in enumerate(found.candidates, start=1):
        click.echo(f"{number}. {candidate.title} ({candidate.platform.label}) {candidate.url}")
        for entry in candidate.newest:
            day = f"{entry.published_at:%Y-%m-%d}" if entry.published_at else "no date   "
            click.echo(f"   {day}  {entry.title or entry.summary[:70]}")
        if not candidate.newest:
            click.echo("   It holds no entry yet.")
        if source := ours.get(candidate.url):
            click.echo(f"   {sentence(source)} Its number is {source.id}.")


def _choose(found: Resolved, pick: int | None) -> Candidate:
    """The one that was picked, the only one, or what the person answers."""
    number = len(found.candidates)
    if not number:
        raise SystemExit(1)
    if pick is None and number > 1:
        pick = click.prompt("Which one?", type=click.IntRange(1, number), err=True)
    if pick is not None and pick > number:
        raise click.ClickException(f"There is no number {pick}: choose from 1 to {number}.")
    return found.candidates[(pick or 1) - 1]


def _probed(source: Source, answer: Answer | Exception) -> bool:
    """Note what came of asking; return whether the source is on now."""
    fetcher = runtime().fetcher
    result = probing.probe(
        source.feed_url, answer, fetch=fetcher.fetch, page=fetcher.page, read=_read()
    )
    with runtime().database.transaction() as session:
        return sources.probed(session, sources.get(session, source.id), result, now=utcnow())


def _attention(source: Source) -> str:
    since = source.failing_since
    return f"Needs attention{f' since {since:%-d %B %Y}' if since else ''}."


def _row(source: Source, entries: int, now: datetime) -> dict[str, object]:
    health = sources.health(source, now=now)
    moments = {
        "added_at": source.added_at,
        "due_at": source.due_at,
        "checked_at": source.checked_at,
        "heard_at": source.heard_at,
        "newest_at": source.newest_at,
        "failing_since": source.failing_since,
    }
    return {
        "id": source.id,
        "name": source.name,
        "organisation": source.organisation,
        "council": source.council.code if source.council else None,
        "nation": source.nation,
        "platform": source.platform.value,
        "kind": source.kind,
        "language": source.language,
        "site_url": source.site_url,
        "feed_url": source.feed_url,
        "is_sample": source.is_sample,
        "state": source.state.value,
        "reason": health.reason,
        "next": health.next,
        "successor": source.successor_id,
        "entries": entries,
        "failures": source.failures,
        "needs_attention": sources.needs_attention(source, now=now),
        "last_error": source.last_error,
        "problems": source.problems,
        "interval_s": source.interval_s,
        **{name: at.isoformat() if at else None for name, at in moments.items()},
    }


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
