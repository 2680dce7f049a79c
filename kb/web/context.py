"""The request's session and runtime, and who may see a page: all that views share."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import ParamSpec, cast

from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user  # type: ignore[import-untyped]

from kb.accounts.models import User
from kb.clock import utcnow
from kb.db.database import Session
from kb.errors import NotAllowed
from kb.runtime import Runtime

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]
FOR_EDITORS = "Only reviewers can do this. Sign in as one, or ask one of them."
FOR_ADMINS = "Only admins of this site can do this."
FOR_CONTRIBUTORS = (
    "Only people who write for a council can do this. Confirm the address of a council, "
    "or wait until an admin has looked at yours."
)
_READING = {"GET", "HEAD", "OPTIONS"}


class SignedOut(NotAllowed):
    """Somebody sent a form that only people who are signed in may send, and is not."""


def runtime() -> Runtime:
    return cast(Runtime, current_app.extensions["kb"])


def db_session() -> Session:
    """The request's session: one that only reads for GET; else it commits on success."""
    if "db_session" not in g:
        writes = request.method not in _READING
        g.db_session = runtime().database.open_session(writes=writes)
    return cast(Session, g.db_session)


def let_go() -> None:
    """End the request's transaction here, because what follows waits for others or has its own."""
    if session := g.pop("db_session", None):
        session.commit()
        session.close()


def begin_to_write() -> Session:
    """For a GET that has to write, because others send people to it; `let_go` commits.

    Ask who is here before it: to note that they were seen would wait for this one to end.
    """
    if session := g.pop("db_session", None):
        session.close()
    g.db_session = runtime().database.open_session()
    return cast(Session, g.db_session)


def keep_anyway() -> None:
    """Commit even though the answer says no: that somebody tried is worth knowing."""
    g.keep_anyway = True


def today() -> date:
    return utcnow().date()


def has_session() -> bool:
    """Did we give this browser a session? Nobody's is opened who has none."""
    return current_app.config["SESSION_COOKIE_NAME"] in request.cookies


def person() -> User | None:
    """Who is signed in here, if anybody is."""
    if not has_session() or not current_user.is_authenticated:
        return None
    return cast(User, current_user.sign_in.user)


def current_person() -> User:
    """Who is signed in here; for views that nobody else can see."""
    user = person()
    if user is None:
        raise NotAllowed("Sign in first.")
    return user


def public(view: View[P]) -> View[P]:
    """Anyone may see this page; say so, because no page is public by accident."""
    vars(view)["audience"] = "everyone"
    return view


def signed_in_only(view: View[P]) -> View[P]:
    """Whoever has an account, whatever they may do with it."""
    return _only("signed in", lambda user: True, "Sign in first.", view)


def contributors_only(view: View[P]) -> View[P]:
    """Whoever may write for a council."""
    return _only("contributors", lambda user: user.can_contribute, FOR_CONTRIBUTORS, view)


def reviewers_only(view: View[P]) -> View[P]:
    """Reviewers, and admins, who are reviewers too."""
    return _only("reviewers", lambda user: user.can_review, FOR_EDITORS, view)


editors_only = reviewers_only  # who look after the feeds, too


def admins_only(view: View[P]) -> View[P]:
    return _only("admins", lambda user: user.can_administer, FOR_ADMINS, view)


def is_editor() -> bool:
    user = person()
    return user is not None and user.can_review


def _only(audience: str, may: Callable[[User], bool], refusal: str, view: View[P]) -> View[P]:
    """Whoever is not signed in is asked to; whoever is and may not is told so."""

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        user = person()
        if user is None and request.method in _READING:
            return redirect(url_for("sign_in.new", next=_here()), code=303)
        if user is None:
            raise SignedOut(refusal)
        if not may(user):
            raise NotAllowed(refusal)
        return view(*args, **kwargs)

    vars(answer)["audience"] = audience
    return answer


def _here() -> str:
    query = request.query_string.decode("ascii", "replace")
    return f"{request.path}?{query}" if query else request.path


def init_app(app: Flask, runtime: Runtime) -> None:
    """One request, one transaction."""
    app.jinja_env.globals["is_editor"] = is_editor
    app.jinja_env.globals["person"] = person
    app.jinja_env.globals["site_name"] = runtime.settings.site_name
    app.jinja_env.globals["base_url"] = runtime.settings.base_url

    @app.after_request
    def commit(response: Response) -> Response:
        is_good = response.status_code < 400 or g.get("keep_anyway", False)
        if "db_session" in g and request.method not in _READING and is_good:
            g.db_session.commit()
            runtime.database.after_commit()
        return response

    @app.teardown_appcontext
    def close(_: BaseException | None) -> None:
        if session := g.pop("db_session", None):
            session.close()
