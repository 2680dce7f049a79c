"""The command that makes a private link for an editor."""

from urllib.parse import urlencode

import click
from flask.cli import with_appcontext

from kb.accounts import editor_links
from kb.cli.context import plainly, runtime
from kb.clock import utcnow


@click.command("editor-link")
@with_appcontext
@plainly
def editor_link() -> None:
    """Print a link that makes the browser that opens it an editor's, for 12 hours."""
    settings = runtime().settings
    key = editor_links.make(settings.secret_key, site=settings.base_url, now=utcnow())
    click.echo(f"{settings.base_url}/editing/link?{urlencode({'key': key})}")
    click.echo("Send it to one editor, by a private way. It is good for 12 hours.", err=True)
