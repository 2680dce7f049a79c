"""Pages about the site itself."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from kb.library import vocabulary
from kb.web import reading
from kb.web.assets import BUILD
from kb.web.caching import kept
from kb.web.context import db_session, public

bp = Blueprint("about", __name__)


@bp.get("/how-we-check")
@public
@kept
def checking() -> ResponseReturnValue:
    return render_template(
        "about/checking.html",
        levels=vocabulary.terms(db_session(), "evidence"),
        confidence=reading.CONFIDENCE,
    )


@bp.get("/accessibility")
@public
@kept
def accessibility() -> ResponseReturnValue:
    return render_template("about/accessibility.html")


@bp.get("/privacy")
@public
@kept
def privacy() -> ResponseReturnValue:
    return render_template("about/privacy.html")


@bp.get("/cookies")
@public
@kept
def cookies() -> ResponseReturnValue:
    return render_template("about/cookies.html")


@bp.get("/credits")
@public
@kept
def credits() -> ResponseReturnValue:
    folder = BUILD / "licences"
    licences = {
        path.name: url_for("assets", name=f"licences/{path.name}") for path in folder.glob("*.txt")
    }
    return render_template("about/credits.html", licences=licences)


@bp.get("/api")
@public
@kept
def api() -> ResponseReturnValue:
    return render_template("about/api.html")
