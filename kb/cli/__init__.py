"""Commands for cron and for people with a shell: one module per group."""

from flask import Flask

from kb.cli import library, search, seed, serve
from kb.runtime import Runtime


def init_app(app: Flask, runtime: Runtime) -> None:
    """Add every command to `flask`."""
    for command in (seed.migrate, seed.seed, search.search, library.library):
        app.cli.add_command(command)
    serve.init_app(app, runtime)
    serve.init_app(app, runtime)
