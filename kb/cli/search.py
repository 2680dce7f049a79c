"""Commands for the search index."""

import click
from flask.cli import AppGroup

from kb import indexing, jobs
from kb.cli.context import plainly, runtime
from kb.cli.progress import watched_index

AT_ONCE = 5_000  # fewer, larger steps than the worker takes: nobody waits for the first of them

search = AppGroup("search", help="The search index: it can always be made again.")


@search.command("rebuild")
@plainly
def rebuild() -> None:
    """Make the whole index again from the database."""
    with runtime().database.reading() as session:
        wanted = indexing.wanted(session)
    with watched_index(runtime(), total=wanted) as watched:
        held = jobs.rebuild_index(watched)
    click.echo(f"The index holds {_count(held, 'document')}.")


@search.command("update")
@plainly
def update() -> None:
    """Apply the changes that the index does not know yet."""
    click.echo(f"{_count(apply_changes(), 'change')} applied.")


@search.command("check")
@plainly
def check() -> None:
    """Rebuild the index if it is damaged or does not hold what it should."""
    rebuilt = jobs.mend_index(runtime())
    click.echo("The index was rebuilt." if rebuilt else "The index is sound.")


def apply_changes() -> int:
    """Apply what waits, with a progress bar; return how many notes that were."""
    with runtime().database.reading() as session:
        waiting = indexing.waiting(session)
    with watched_index(runtime(), total=waiting) as watched:
        return jobs.update_index(watched, limit=AT_ONCE)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
