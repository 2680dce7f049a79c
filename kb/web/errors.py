"""Domain errors and HTTP errors become pages, in one place."""

from flask import Flask, Response, current_app, make_response, render_template
from flask.typing import ResponseReturnValue
from markupsafe import escape
from werkzeug.exceptions import HTTPException

from kb.accounts.errors import LinkOver, TooOften
from kb.errors import Conflict, KbError, NotAllowed, NotFound
from kb.training.errors import Over

STATUS: dict[type[KbError], int] = {NotFound: 404, NotAllowed: 403, Conflict: 409, Over: 409}
PAGES = {400, 403, 404, 405, 409, 410, 413, 429, 500, 503}
TOLD = {"Allow", "Retry-After"}  # headers that say what to do about it
MINIMAL = """<!doctype html>
<html lang="en-GB">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{heading} - {site_name}</title>
<main>
<h1>{heading}</h1>
<p>We could not show this page, nor the page that should say so. It has been noted.</p>
<p>Wait a minute, then <a href="/">start again at the home page</a>.</p>
</main>
</html>
"""


def init_app(app: Flask) -> None:
    for error_type in STATUS:
        app.register_error_handler(error_type, show_domain_error)
    app.register_error_handler(TooOften, show_too_often)
    app.register_error_handler(LinkOver, show_link_over)
    app.register_error_handler(HTTPException, show_http_error)


def show_domain_error(error: KbError) -> ResponseReturnValue:
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    return _page(status, error)


def show_too_often(error: TooOften) -> ResponseReturnValue:
    response = _page(429, error)
    response.headers["Retry-After"] = str(error.wait_s)
    return response


def show_link_over(error: LinkOver) -> ResponseReturnValue:
    return _page(410, error, template="link_over")


def show_http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status not in PAGES:
        return error
    response = _page(status)
    for name, value in error.get_headers():
        if name in TOLD:
            response.headers[name] = value
    return response


def _page(status: int, error: KbError | None = None, *, template: str = "") -> Response:
    """The page for this status; a smaller one without templates if that cannot be made."""
    try:
        text = render_template(f"errors/{template or status}.html", error=error)
    except Exception:  # whatever broke the page may break this one too
        current_app.logger.exception("The page for status %s cannot be made.", status)
        text = _minimal()
    return make_response(text, status)


def _minimal() -> str:
    site_name = current_app.jinja_env.globals.get("site_name", "")
    return MINIMAL.format(heading="Sorry, something went wrong", site_name=escape(site_name))
