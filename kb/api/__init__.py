"""The JSON API: one module per resource."""

from flask import Blueprint, Flask, Response, request

from kb.api import (
    councils,
    entries,
    errors,
    openapi,
    resources,
    search,
    sources,
    suggestions,
)

MAX_AGE_S = 60


def init_app(app: Flask) -> None:
    """Put the JSON side together."""
    api = Blueprint("api", __name__, url_prefix="/api/v1")
    for module in (search, resources, councils, suggestions, entries, sources, openapi):
        api.register_blueprint(module.bp)
    api.after_request(_may_be_kept)
    errors.init_app(api)
    api.after_app_request(_open_to_all)
    app.register_blueprint(api)


def _may_be_kept(response: Response) -> Response:
    """For a minute without asking; later, if it has not changed, for the price of a question."""
    if response.status_code == 200 and request.method in {"GET", "HEAD"}:
        response.cache_control.public = True
        response.cache_control.max_age = MAX_AGE_S
        response.add_etag(weak=True)
        response.make_conditional(request)
    return response


def _open_to_all(response: Response) -> Response:
    """Pages of any other site may read this: it is open data, and nobody is signed in."""
    if request.path.startswith(errors.PLACE):
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response
