"""What's stopping you? A page for each barrier, with who got round it and how."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from kb.library import service as library
from kb.library import vocabulary
from kb.planning import barriers
from kb.web.caching import kept
from kb.web.context import db_session, public

bp = Blueprint("barriers", __name__)

FOUNDING = ("lockdown", "central-comms", "public-perception", "skills")
MOST_PRACTICE = 20
STEPS_SHOWN = 3


@bp.get("/barriers")
@public
@kept
def index() -> ResponseReturnValue:
    session = db_session()
    terms = vocabulary.terms(session, barriers.FACET)
    return render_template(
        "barriers/index.html",
        founding=[term for term in terms if term.slug in FOUNDING],
        others=[term for term in terms if term.slug not in FOUNDING],
        counts=barriers.counts(session),
    )


@bp.get("/barriers/<slug>")
@public
@kept
def show(slug: str) -> ResponseReturnValue:
    session = db_session()
    term = barriers.by_slug(session, slug)
    if term.slug != slug:
        return redirect(url_for("barriers.show", slug=term.slug), code=301)
    return render_template(
        "barriers/show.html",
        barrier=term,
        counts=barriers.counts(session).get(term.slug, {}),
        practice=barriers.practice(session, term, limit=MOST_PRACTICE),
        steps_shown=STEPS_SHOWN,
        tips=library.tip_cards(session, barrier=term.slug),
        related=barriers.related(session, term),
    )
