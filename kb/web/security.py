"""What every answer forbids the browser, and what no request may ask of us."""

from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, request

from kb.config import Settings, is_loopback
from kb.runtime import Runtime
from kb.web.context import has_session

MAX_BODY = 64 * 1024
MAX_FORM_PARTS = 200
MAX_ADDRESS = 16 * 1024  # of path and query: a question of 10,000 characters still gets a page
A_YEAR_S = 365 * 24 * 60 * 60

POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
    "worker-src": "'self'",
    "font-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def init_app(app: Flask, runtime: Runtime) -> None:
    """Must come before anything that reads a request."""
    settings = runtime.settings
    _bound(app)
    _configure_cookies(app, settings)
    _insist_on_own_name(app, settings)
    headers = HEADERS | _strict_transport(settings)

    @app.after_request
    def forbid(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response


def names_of(settings: Settings) -> frozenset[str]:
    """The host names that this site answers to: its own; on one's own machine, all of that."""
    name = urlsplit(settings.base_url).hostname or ""
    return frozenset({name, "localhost", "127.0.0.1", "::1"} if is_loopback(name) else {name})


def _bound(app: Flask) -> None:
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
    )

    @app.before_request
    def refuse_too_much() -> None:
        if (request.content_length or 0) > _most_bytes():
            abort(413)
        request.max_content_length = _most_bytes()
        if len(request.path) + len(request.query_string) > MAX_ADDRESS:
            abort(400)

    @app.teardown_request
    def close_files(_: BaseException | None) -> None:
        """Those that came with the request, whatever became of it."""
        request.close()


def _most_bytes() -> int:
    """A view that takes files says how large they may be, for whoever has a session here."""
    view = current_app.view_functions.get(request.endpoint or "")
    return int(getattr(view, "most_bytes", MAX_BODY)) if has_session() else MAX_BODY


def _configure_cookies(app: Flask, settings: Settings) -> None:
    """A `__Host-` cookie cannot be set by a neighbour below the same domain, or without TLS."""
    app.config.update(
        SESSION_COOKIE_NAME="__Host-kb" if settings.is_https else "kb",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )


def _insist_on_own_name(app: Flask, settings: Settings) -> None:
    """Flask's TRUSTED_HOSTS knows no IPv6, and cannot make the addresses of its error page.

    Nothing is ever read from X-Forwarded-*: addresses are made with KB_BASE_URL.
    """
    names = names_of(settings)

    @app.before_request
    def refuse_other_names() -> None:
        if _name(request.environ.get("HTTP_HOST", "")) not in names:
            abort(400)


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _strict_transport(settings: Settings) -> dict[str, str]:
    return {"Strict-Transport-Security": f"max-age={A_YEAR_S}"} if settings.is_https else {}
