"""What went wrong, told without names."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kb.library import lessons
from kb.web.caching import kept
from kb.web.context import db_session, public

bp = Blueprint("lessons", __name__)


@bp.get("/lessons")
@public
@kept
def index() -> ResponseReturnValue:
    return render_template("lessons/index.html", groups=lessons.without_names(db_session()))
