"""Build the application: the one module that knows every other."""

import sys
from typing import NoReturn

from flask import Flask

from kb import api, cli, logs, web
from kb.config import ROOT, Settings, WrongSetting
from kb.db.database import Database
from kb.feeds.fetch import Fetcher
from kb.feeds.reading import Reader
from kb.jobs import SEED_DATA
from kb.library import vocabulary
from kb.mail import senders
from kb.runtime import Runtime
from kb.search.engine import SearchEngine
from kb.search.whoosh_engine import WhooshEngine
from kb.training import models as _rooms
from kb.worker import Queue

EX_CONFIG = 78
TABLES = (_rooms,)  # whoever else uses them


def create_app(
    settings: Settings | None = None,
    runtime: Runtime | None = None,
    *,
    flask: type[Flask] = Flask,
) -> Flask:
    """The WSGI application. Tests pass a runtime with their own parts, and a Flask of theirs.

    A wrong setting ends the program with one plain line and exit code 78.
    """
    if runtime is None:
        try:
            runtime = build_runtime(settings or Settings.from_environ())
        except WrongSetting as error:
            _stop(error)
    app = flask("kb", root_path=str(ROOT), template_folder="templates", static_folder=None)
    app.secret_key = runtime.settings.secret_key
    app.extensions["kb"] = runtime
    web.init_app(app, runtime)
    api.init_app(app)
    cli.init_app(app, runtime)
    return app


def build_runtime(settings: Settings) -> Runtime:
    """Everything that the settings describe, ready to use; the database may still be empty."""
    logs.configure()
    settings.prepare()
    database = Database(settings.database_url)
    queue = Queue(settings)
    database.after_commit = queue.ask_to_update
    return Runtime(
        settings=settings,
        database=database,
        search=_engine(settings, database),
        mail=senders.from_url(
            settings.mail_url, folder=settings.mail_dir, sender=settings.mail_from
        ),
        fetcher=Fetcher(contact=settings.base_url, allow=settings.fetch_allow),
        reader=Reader(),
        mend_soon=queue.ask_to_mend,
    )


def _engine(settings: Settings, database: Database) -> SearchEngine:
    synonyms = vocabulary.read_synonyms(SEED_DATA / "synonyms.txt")
    if settings.search_engine == "postgres":
        from kb.search.postgres_engine import PostgresEngine  # not above: it loads the driver

        return PostgresEngine(database.engine, synonyms)
    return WhooshEngine(settings.index_dir, synonyms)


def _stop(error: WrongSetting) -> NoReturn:
    print(error, file=sys.stderr)  # noqa: T201 - there is no logging yet
    raise SystemExit(EX_CONFIG)
