"""Commands for cron and for people with a shell: one module per group."""

from flask import Flask

from kb.cli import accounts, feeds, library, search, seed, serve
from kb.runtime import Runtime


def init_app(app: Flask, runtime: Runtime) -> None:
    """Add every command to `flask`."""
    for command in (seed.migrate, seed.seed, search.search, library.library, feeds.feeds):
        app.cli.add_command(command)
    app.cli.add_command(accounts.accounts)
    serve.init_app(app, runtime)
