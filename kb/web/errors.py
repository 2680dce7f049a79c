"""Domain errors and HTTP errors become pages, in one place."""

from flask import Flask, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]
from markupsafe import escape
from werkzeug.exceptions import HTTPException

from kb.accounts.errors import LinkOver, TooOften
from kb.errors import Conflict, KbError, NotAllowed, NotFound
from kb.submissions.drafts import Closed
from kb.training.errors import Over
from kb.web import signing_in, typed
from kb.web.context import SignedOut, has_session, person

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
    app.register_error_handler(SignedOut, show_signed_out)
    app.register_error_handler(CSRFError, show_stale_form)


def show_domain_error(error: KbError) -> ResponseReturnValue:
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    found = typed.of_request() if status == 409 and typed.may_be_shown() else None
    template = "closed" if isinstance(error, Closed) else ""
    return _page(status, error, template=template, typed=found)


def show_too_often(error: TooOften) -> ResponseReturnValue:
    response = _page(429, error)
    response.headers["Retry-After"] = str(error.wait_s)
    return response


def show_link_over(error: LinkOver) -> ResponseReturnValue:
    return _page(410, error, template="link_over")


def show_signed_out(error: SignedOut) -> ResponseReturnValue:
    """What was typed, and the way to sign in. Whoever was signed in here can send it again:
    the token of the form is good once more when the same person is back.
    """
    if not typed.may_be_shown():
        return _page(403, error)
    return _typed(
        403,
        is_signed_out=signing_in.was_here(),
        needs_sign_in=True,
        may_send_again=signing_in.has_run_out(),
    )


def show_stale_form(error: CSRFError) -> ResponseReturnValue:
    """The token of the form is none of this browser's, or none any more."""
    if not typed.may_be_shown():
        return _page(400)
    view = current_app.view_functions.get(request.endpoint or "")
    needs_sign_in = person() is None and getattr(view, "audience", "everyone") != "everyone"
    return _typed(400, is_signed_out=needs_sign_in, needs_sign_in=needs_sign_in)


def show_http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status not in PAGES:
        return error
    response = _page(status)
    for name, value in error.get_headers():
        if name in TOLD:
            response.headers[name] = value
    return response


def _typed(
    status: int, *, is_signed_out: bool, needs_sign_in: bool, may_send_again: bool = False
) -> Response:
    found = typed.of_request()
    address = typed.here() if may_send_again and found.is_whole else ""
    return _page(
        status,
        template="typed",
        typed=found,
        page_of_form=typed.page_of_form(),
        address=address,
        has_session=has_session(),
        is_signed_out=is_signed_out,
        needs_sign_in=needs_sign_in,
    )


def _page(
    status: int, error: KbError | None = None, *, template: str = "", **said: object
) -> Response:
    """The page for this status; a smaller one without templates if that cannot be made."""
    try:
        text = render_template(f"errors/{template or status}.html", error=error, **said)
    except Exception:  # whatever broke the page may break this one too
        current_app.logger.exception("The page for status %s cannot be made.", status)
        text = _minimal()
    return make_response(text, status)


def _minimal() -> str:
    site_name = current_app.jinja_env.globals.get("site_name", "")
    return MINIMAL.format(heading="Sorry, something went wrong", site_name=escape(site_name))
