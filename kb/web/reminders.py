"""Six weeks on: where the letter's link leads. No sign-in, one question, two buttons."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.clock import utcnow
from kb.db.database import Session
from kb.training import pledging, reminding
from kb.training.models import Reminder
from kb.web.context import db_session, public

bp = Blueprint("reminders", __name__)

ANSWERS = {"yes": True, "no": False}


@bp.after_request
def keep_private(response: Response) -> Response:
    """The address holds a token."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@bp.get("/did-you")
@public
def new() -> ResponseReturnValue:
    """Programs that look at mail open its links: nothing happens until a button is pressed."""
    session, token = db_session(), request.args.get("token", "")
    reminder = reminding.find(session, token, now=utcnow())
    return _page(session, reminder, token)


@bp.post("/did-you")
@public
def create() -> ResponseReturnValue:
    session, token = db_session(), request.form.get("token", "")
    reminder = reminding.find(session, token, now=utcnow())
    did = ANSWERS.get(request.form.get("did", ""))
    if did is None:
        return _page(session, reminder, token, problem=True), 422
    reminding.answer(session, reminder, did=did, now=utcnow())
    return redirect(url_for("reminders.new", token=token), code=303)


def _page(session: Session, reminder: Reminder, token: str, *, problem: bool = False) -> str:
    titles = pledging.titles(session, [reminder.pledge])
    return render_template(
        "reminders/new.html",
        reminder=reminder,
        promise=pledging.promise(reminder.pledge, titles),
        token=token,
        problem=problem,
    )
