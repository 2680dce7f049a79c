"""Commands for the library: import, export, and the history of one resource."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click
from flask.cli import AppGroup

from kb.cli.context import finishing_first, plainly, runtime
from kb.cli.progress import bar
from kb.cli.search import apply_changes
from kb.clock import utcnow
from kb.library import exchange, history
from kb.library import service as resources
from kb.library.exchange import Problem, Survey, Tally
from kb.library.models import Standing
from kb.library.publish import Outcome, set_standing
from kb.library.publish import restore as publish_again

AUTHOR = "Command line"
STOPPED = 130

library = AppGroup("library", help="Resources: import, export, history.")


@library.command("import")
@click.argument(
    "path", metavar="FILE.jsonl", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@plainly
def import_(path: Path) -> None:
    """Publish what a file says, one JSON object a line; a rerun changes nothing."""
    if not path.is_file():
        raise click.ClickException(f"{path} is read twice, so it must be a file.")
    tally = Tally()
    try:
        _import(path, tally)
    except KeyboardInterrupt:
        _report(tally)
        click.echo("Stopped. Run it again to go on from here.", err=True)
        raise SystemExit(STOPPED) from None
    _report(tally)
    apply_changes()
    if tally.problems:
        raise SystemExit(1)


@library.command("export")
@click.argument("path", metavar="FILE.jsonl", type=click.Path(dir_okay=False, allow_dash=True))
@plainly
def export(path: str) -> None:
    """Write everything public to a file that `import` reads; - is standard output."""
    written = 0
    with _output(path) as file, runtime().database.reading() as session:
        for content in exchange.public_contents(session):
            file.write(exchange.to_line(content))
            written += 1
    click.echo(f"{written:,} exported.", err=path == "-")


@library.command("history")
@click.argument("ref")
@plainly
def show_history(ref: str) -> None:
    """List the versions of a resource, newest first."""
    with runtime().database.reading() as session:
        for revision in history.revisions(session, resources.by_ref(session, ref)):
            when = f"{revision.published_at:%Y-%m-%d %H:%M}"
            click.echo(f"{revision.number}  {when}  {revision.author}  {revision.note}".rstrip())


@library.command("restore")
@click.argument("ref")
@click.argument("number", type=click.IntRange(min=1))
@plainly
def restore(ref: str, number: int) -> None:
    """Publish an earlier version of a resource again."""
    with runtime().database.transaction() as session:
        resource = resources.by_ref(session, ref)
        before = resource.version
        hidden = ", ".join(sorted(history.revision(session, resource, number).hidden))
        publish_again(session, resource, number, author=AUTHOR, now=utcnow())
        after = resource.version
    if after == before:
        click.echo(f"{ref} already says what version {number} said.")
    else:
        click.echo(f"{ref} says again what version {number} said; this is version {after}.")
    if hidden:
        click.echo(f"What is hidden in version {number} stays as it is today: {hidden}.")


@library.command("withdraw")
@click.argument("ref")
@click.option("--reason", required=True, help="A sentence that readers will see.")
@plainly
def withdraw(ref: str, reason: str) -> None:
    """Take a resource off the site; its history stays."""
    with runtime().database.transaction() as session:
        resource = resources.by_ref(session, ref)
        set_standing(session, resource, Standing.WITHDRAWN, note=reason)
    click.echo(f"{ref} is withdrawn.")


def _import(path: Path, tally: Tally) -> None:
    survey = _survey(path)
    tally.problems.extend(survey.problems)
    for repeated in survey.repeated:
        _say(repeated)
    total = len(survey.last)
    with (
        path.open("rb") as file,
        bar("Importing", unit=" lines", total=total) as moving,
        finishing_first() as wants_to_stop,
    ):
        for lines in exchange.batches(exchange.read(file), survey):
            if wants_to_stop.is_set():
                raise KeyboardInterrupt
            with runtime().database.transaction() as session:
                stored = exchange.store(session, lines, now=utcnow())
            tally.add(stored)
            moving.update(len(lines))


def _survey(path: Path) -> Survey:
    with path.open("rb") as file, bar("Reading", unit=" lines") as moving:
        return exchange.survey(moving.watch(exchange.read(file)))


def _report(tally: Tally) -> None:
    for problem in sorted(tally.problems, key=lambda problem: problem.number):
        _say(problem)
    parts = ", ".join(f"{tally.outcomes[outcome]:,} {outcome}" for outcome in Outcome)
    unread = f", {_lines(len(tally.problems))} could not be read" if tally.problems else ""
    click.echo(f"{tally.outcomes.total():,} imported ({parts}){unread}.")


def _say(problem: Problem) -> None:
    click.echo(f"line {problem.number}: {problem.sentence}", err=True)


def _lines(number: int) -> str:
    return "1 line" if number == 1 else f"{number:,} lines"


@contextmanager
def _output(path: str) -> Iterator[TextIO]:
    """A file that appears under its name only when it is whole."""
    if path == "-":
        yield sys.stdout
        return
    target = Path(path).absolute()
    try:
        draft, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise click.ClickException(f"Cannot write to {target.parent}.") from error
    try:
        with os.fdopen(draft, "w", encoding="utf-8", newline="\n") as file:
            yield file
        os.replace(name, target)
    finally:
        Path(name).unlink(missing_ok=True)
