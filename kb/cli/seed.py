"""Commands that make a database ready: its tables, and what a fresh installation starts with."""

import click
from flask.cli import with_appcontext

from kb import jobs
from kb.cli.context import plainly, runtime
from kb.clock import utcnow
from kb.db import migrate as migrations


@click.command("migrate")
@with_appcontext
@plainly
def migrate() -> None:
    """Bring the database to the newest schema."""
    migrations.upgrade(runtime().database.engine)
    click.echo(f"The database is at version {migrations.newest()}.")


@click.command("seed")
@with_appcontext
@plainly
def seed() -> None:
    """Load seed_data/; run it as often as you like, it never overwrites what people changed."""
    report = jobs.load_seed_data(runtime(), now=utcnow())
    click.echo(
        f"{report.new:,} new, {report.renewed:,} renewed, "
        f"{report.kept:,} kept as people changed them."
    )
