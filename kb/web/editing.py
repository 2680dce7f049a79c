"""Editors: a private link makes this browser one, until they sign out or half a day is over."""

from datetime import UTC, datetime

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask import session as flask_session
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, login_user  # type: ignore[import-untyped]
from flask_wtf.csrf import CSRFProtect  # type: ignore[import-untyped]
from werkzeug.wrappers import Response

from kb.accounts import editor_links
from kb.clock import utcnow
from kb.web.context import editors_only, is_editor, public, runtime

bp = Blueprint("editing", __name__, url_prefix="/editing")

_MARK = "editor-until-"


class Editor(UserMixin):  # type: ignore[misc]
    """Somebody who opened a private link; the signed cookie says until when."""

    def __init__(self, until: datetime) -> None:
        self.until = until

    def get_id(self) -> str:
        return f"{_MARK}{int(self.until.timestamp())}"


@bp.get("/link")
@public
def show_link() -> ResponseReturnValue:
    """Only the button makes an editor: whoever looks at links ahead of people makes none."""
    key = request.args.get("key", "")
    _until(key)
    return _private(render_template("editing/link.html", key=key))


@bp.post("/session")
@public
def create_session() -> ResponseReturnValue:
    until = _until(request.form.get("key", ""))
    flask_session.clear()
    login_user(Editor(until))
    flash(f"You are an editor in this browser until {until:%H:%M} UTC.")
    return redirect(url_for("feeds.index"), code=303)


@bp.post("/session/end")
@editors_only
def delete_session() -> ResponseReturnValue:
    flask_session.clear()
    return redirect(url_for("home.show"), code=303)


def init_app(app: Flask) -> None:
    """Every POST must carry our token; nobody's session is opened who has none.

    Flask-Login's own init_app would open every visitor's, to look after a cookie that we
    do not use, and no page could be kept any more.
    """
    manager = LoginManager()
    manager.session_protection = None
    manager.user_loader(_editor)
    vars(app)["login_manager"] = manager
    app.config["WTF_CSRF_TIME_LIMIT"] = int(editor_links.LASTS.total_seconds())
    CSRFProtect(app)
    app.jinja_env.globals["is_editor"] = is_editor


def _editor(user_id: str) -> Editor | None:
    """Our signature vouches for the text; time may have passed since."""
    until = datetime.fromtimestamp(int(user_id.removeprefix(_MARK)), UTC)
    return Editor(until) if until > utcnow() else None


def _until(key: str) -> datetime:
    settings = runtime().settings
    return editor_links.check(key, settings.secret_key, site=settings.base_url, now=utcnow())


def _private(text: str) -> Response:
    """The address is a secret: it is neither kept nor told to anyone."""
    return Response(
        text,
        mimetype="text/html",
        headers={"Cache-Control": "no-store", "Referrer-Policy": "same-origin"},
    )
