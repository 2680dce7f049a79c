"""HTML pages: one module per blueprint, one templates/ folder per module."""

from flask import Flask

from kb.runtime import Runtime
from kb.web import (
    about,
    assets,
    caching,
    case_studies,
    context,
    councils,
    editing,
    errors,
    feeds,
    filters,
    health,
    history,
    home,
    leads,
    outside,
    permalinks,
    reading,
    request_log,
    samples,
    search,
    security,
    site,
    sources,
    syndication,
    tip_cards,
    training,
)


def init_app(app: Flask, runtime: Runtime) -> None:
    """Put the HTML side together."""
    request_log.init_app(app)
    security.init_app(app, runtime)
    caching.init_app(app, runtime)
    assets.init_app(app)
    context.init_app(app, runtime)
    editing.init_app(app)
    filters.init_app(app)
    reading.init_app(app)
    outside.init_app(app)
    errors.init_app(app)
    for module in (
        *(home, search, councils),
        *(feeds, sources, leads, samples, syndication, editing),
        *(case_studies, tip_cards, training, permalinks, history, about, site, health),
    ):
        app.register_blueprint(module.bp)
