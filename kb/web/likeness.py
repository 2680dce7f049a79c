"""Councils like mine: chosen once, explained in words, forgotten with one click."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.councils import likeness
from kb.councils import service as councils
from kb.documents import copier
from kb.finding import alike, asking
from kb.names import slugify
from kb.web import my_council
from kb.web.caching import kept
from kb.web.context import db_session, public, today

bp = Blueprint("likeness", __name__)

MOST_NAMES = 20
LONGEST_TEXT = 100
PRACTICE_SHOWN = 8
NEAR = 2  # groups that count as near: the last group can be half of a nation


@bp.get("/councils/like")
@public
def index() -> ResponseReturnValue:
    """Depends on the cookie, so it is kept for nobody."""
    session = db_session()
    text = asking.text_of(request.args.to_dict(flat=False))[:LONGEST_TEXT]
    found = councils.everyone(session, text=text) if text else []
    found = [council for council in found if council.is_current(today())]
    response = make_response(
        render_template(
            "likeness/index.html",
            text=text,
            found=found[:MOST_NAMES],
            more=len(found) - MOST_NAMES,
            mine=alike.by_code(session, my_council.chosen()),
            back=my_council.way_back(request.args.get("back", ""), otherwise=""),
        )
    )
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@bp.get("/councils/like/choice")
@public
def choice() -> ResponseReturnValue:
    """Keep this council in the browser; without one, forget the one that it keeps.

    Nothing changes here, so no form token is needed, for which a session would have to begin.
    """
    code = request.args.get("council", "")
    if not code:
        otherwise = url_for("likeness.index")
        response = make_response(redirect(_back(otherwise), code=303))
        my_council.forget(response)
        return response
    council = alike.get(db_session(), my_council.code_in(code))
    otherwise = url_for("likeness.show", slug=council.slug)
    response = make_response(redirect(_back(otherwise), code=303))
    my_council.remember(response, council.code)
    return response


@bp.get("/councils/<slug>/like")
@public
@kept
def show(slug: str) -> ResponseReturnValue:
    session = db_session()
    council = councils.by_slug(session, slugify(slug))
    if council.slug != slug:
        return redirect(url_for("likeness.show", slug=council.slug), code=301)
    groups = likeness.groups(session, council, today=today())
    near = [other for group in groups[:NEAR] for other, _ in group.members]
    return render_template(
        "likeness/show.html",
        council=council,
        groups=groups,
        practice=alike.practice(session, near, council, limit=PRACTICE_SHOWN),
        copied_term=copier(council.type, council.nation),
    )


def _back(otherwise: str) -> str:
    return my_council.way_back(request.args.get("back", ""), otherwise=otherwise)
