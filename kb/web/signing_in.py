"""Who is signed in in this browser, by way of Flask-Login."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from flask import Flask, g, request, url_for
from flask import session as flask_session
from flask_login import LoginManager, UserMixin, current_user, login_user  # type: ignore[import-untyped]
from flask_wtf.csrf import CSRFProtect  # type: ignore[import-untyped]

from kb.accounts import second_step, sign_ins
from kb.accounts.models import SignIn, User
from kb.clock import utcnow
from kb.web.context import db_session, has_session, runtime
from kb.web.own_paths import own_path

SECOND_STEP = "/sign-in/second-step"
SECOND_STEP_WITHIN = timedelta(minutes=10)
_PENDING = "second_step"
_USER, _FORMS = "_user_id", "csrf_token"  # what Flask-Login and Flask-WTF keep in a session


class Visitor(UserMixin):  # type: ignore[misc]
    """A person in one browser; the cookie holds the token of the sign-in, and nothing else."""

    def __init__(self, token: str, sign_in: SignIn) -> None:
        self.token = token
        self.sign_in = sign_in

    def get_id(self) -> str:
        return self.token


def init_app(app: Flask) -> None:
    """Every POST must carry our token; nobody's session is opened who has none.

    Flask-Login's own init_app would open every visitor's, to look after a cookie that we
    do not use, and no page could be kept any more.
    """
    manager = LoginManager()
    manager.session_protection = None
    manager.user_loader(_visitor)
    vars(app)["login_manager"] = manager
    app.config["WTF_CSRF_TIME_LIMIT"] = int(sign_ins.LASTS.total_seconds())
    CSRFProtect(app)


@dataclass(frozen=True, kw_only=True)
class Pending:
    """Somebody who came in by the first step and has to do the second."""

    user_id: int
    next_path: str


def needs_second_step(user: User) -> bool:
    return second_step.is_on(user)


def arrive(user: User, *, next_path: str, now: datetime) -> str:
    """Sign in who has shown who they are, or ask for the second step; the path to go on to.

    Whoever comes in comes through here, by whichever way: password, link or new password.
    """
    if needs_second_step(user):
        _wait_for_second_step(user, next_path=next_path, now=now)
        return SECOND_STEP
    sign_in(user, now=now)
    return own_path(next_path) or url_for("account.show")


def pending(*, now: datetime) -> Pending | None:
    """Who has to do the second step in this browser; nobody once ten minutes are over."""
    said = flask_session.get(_PENDING) if has_session() else None
    if not said or now - datetime.fromisoformat(said["since"]) >= SECOND_STEP_WITHIN:
        return None
    return Pending(user_id=said["user"], next_path=own_path(said["next"]))


def sign_in(user: User, *, now: datetime) -> None:
    """From here on this browser is theirs; whatever session it had is ended and thrown away.

    The forms that the same person has open in it can still be sent.
    """
    token_of_forms = _token_of_forms(user)
    sign_out(now=now)
    if token_of_forms:
        flask_session[_FORMS] = token_of_forms
    session = db_session()
    token = sign_ins.start(session, user, device=_device(), now=now)
    found = sign_ins.find(session, token, now=now)
    if found is not None:
        login_user(Visitor(token, found))


def sign_out(*, now: datetime) -> None:
    visitor = present()
    if visitor is not None:
        sign_ins.end(db_session(), visitor.sign_in.user, visitor.sign_in.id, now=now)
    flask_session.clear()


def present() -> Visitor | None:
    """Who is here. Asks for no session of a browser that has none."""
    if not has_session() or not current_user.is_authenticated:
        return None
    return cast(Visitor, current_user._get_current_object())


def was_here() -> bool:
    """Was somebody signed in in this browser, who did not sign out here themselves?"""
    return has_session() and _USER in flask_session


def has_run_out() -> bool:
    """Is it over by itself? Then the same person can go on here where they were."""
    return _who_was_here() is not None


def _wait_for_second_step(user: User, *, next_path: str, now: datetime) -> None:
    said = {"user": user.id, "since": now.isoformat(), "next": next_path}
    said["forms"] = _token_of_forms(user)
    sign_out(now=now)
    flask_session[_PENDING] = said


def _token_of_forms(user: User) -> str:
    """What makes forms of this browser ours, where it was this very person who opened them.

    Of anybody else's session nothing is taken over: neither what they had open can be sent
    by this person, nor can they have put it there for them. Nor of one that was ended,
    which people do because they fear that others know what it holds.
    """
    if not has_session():
        return ""
    waiting = flask_session.get(_PENDING)
    if waiting and waiting["user"] == user.id:
        return str(waiting.get("forms", ""))
    return str(flask_session.get(_FORMS, "")) if _who_was_here() == user.id else ""


def _who_was_here() -> int | None:
    token = flask_session.get(_USER) if has_session() else None
    return sign_ins.whose(db_session(), str(token)) if token else None


def _visitor(token: str) -> Visitor | None:
    now = utcnow()
    found = sign_ins.find(db_session(), token, now=now)
    if found is None:
        return None
    if sign_ins.is_stale(found, now=now):
        _note_seen(found, now)
    return Visitor(token, found)


def _note_seen(found: SignIn, now: datetime) -> None:
    """A request that only reads has no transaction that could write it down."""
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        with runtime().database.transaction(quietly=True) as session:
            sign_ins.see(session, found.id, now=now)
    else:
        sign_ins.see(g.db_session, found.id, now=now)


def _device() -> str:
    """The browser and its system in a few words, so that people know their own again."""
    agent = request.user_agent.string
    browsers = ("Edg", "Firefox", "Chrome", "Safari")
    systems = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
    browser = next((name for name in browsers if name in agent), "")
    system = next((name for name in systems if name in agent), "")
    return " on ".join(filter(None, [browser.replace("Edg", "Edge"), system])) or "A browser"
