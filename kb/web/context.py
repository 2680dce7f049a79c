"""The request's session and runtime, and who may see a page: all that views share."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import ParamSpec, cast

from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_login import current_user  # type: ignore[import-untyped]

from kb.clock import utcnow
from kb.db.database import Session
from kb.errors import NotAllowed
from kb.runtime import Runtime

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]
FOR_EDITORS = "Only editors can do this. An editor opens the private link that was sent to them."
_READING = {"GET", "HEAD", "OPTIONS"}


def runtime() -> Runtime:
    return cast(Runtime, current_app.extensions["kb"])


def db_session() -> Session:
    """The request's session: one that only reads for GET; else it commits on success."""
    if "db_session" not in g:
        writes = request.method not in _READING
        g.db_session = runtime().database.open_session(writes=writes)
    return cast(Session, g.db_session)


def today() -> date:
    return utcnow().date()


def public(view: View[P]) -> View[P]:
    """Anyone may see this page; say so, because no page is public by accident."""
    vars(view)["audience"] = "everyone"
    return view


def editors_only(view: View[P]) -> View[P]:
    """Only whoever opened an editor's private link may do this."""

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not is_editor():
            raise NotAllowed(FOR_EDITORS)
        return view(*args, **kwargs)

    vars(answer)["audience"] = "editors"
    return answer


def is_editor() -> bool:
    """Is this an editor's browser? Nobody's session is opened who has none."""
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return False
    return bool(current_user.is_authenticated)


def init_app(app: Flask, runtime: Runtime) -> None:
    """One request, one transaction."""
    app.jinja_env.globals["site_name"] = runtime.settings.site_name
    app.jinja_env.globals["base_url"] = runtime.settings.base_url

    @app.after_request
    def commit(response: Response) -> Response:
        if "db_session" in g and request.method not in _READING and response.status_code < 400:
            g.db_session.commit()
            runtime.database.after_commit()
        return response

    @app.teardown_appcontext
    def close(_: BaseException | None) -> None:
        if session := g.pop("db_session", None):
            session.close()
