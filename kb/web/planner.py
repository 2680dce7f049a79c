"""Start small: one or two things to try, on one page that is kept in its address.

The address holds the whole plan, so reading, sharing and printing it need no account. The
council that a reader looks from is in the address, too.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from kb.clock import utcnow
from kb.councils.models import Council
from kb.db.database import Session
from kb.errors import Invalid
from kb.finding import alike
from kb.library import service as library
from kb.library import vocabulary
from kb.library.content import Kind
from kb.library.models import Resource, TipCard
from kb.planning import first_steps
from kb.planning import service as planning
from kb.planning.models import SavedPlan
from kb.planning.service import LOOK_AGAIN, MOST_PICKS, Fit
from kb.web.caching import kept
from kb.web.context import current_person, db_session, public, signed_in_only, today
from kb.web.forms.planner import STEP, SheetForm, sheet_form
from kb.web.my_council import LIKE, code_in, knowing_my_council

bp = Blueprint("planner", __name__, url_prefix="/planner")

START_SMALL = 2  # the idea of the founding post that says why two are enough
FIRST_DECK = "ten-ideas"
MOST_SHOWN = 6  # of each kind
MOST_READ = 10  # picks of an address; a plan holds two
NOTHING_PICKED = "Pick one or two things to try."
ALL_GONE = "What was picked is no longer on this site. Pick one or two other things to try."
_REF = re.compile(r"[a-z][a-z0-9-]{0,39}:[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What an address asks for, as far as it makes sense."""

    purpose: str
    barrier: str
    picks: tuple[str, ...]
    gone: int = 0  # picks that the site no longer has
    like: str
    given: MultiDict[str, str]

    @property
    def look(self) -> str:
        return self.given.get("look", "")[:10]

    @property
    def own_words(self) -> dict[str, str]:
        words = {ref: self.given.get(f"{STEP}{ref}", "") for ref in self.picks}
        longest = first_steps.LONGEST_STEP
        return {ref: text[:longest] for ref, text in words.items() if text}

    def url(self, endpoint: str, **changed: str) -> str:
        """The same wish at another page, whole."""
        return url_for(endpoint) + "?" + urlencode(_pairs(self, changed))


@dataclass(frozen=True, kw_only=True, eq=False)
class Item:
    """One pick on the page of the plan."""

    resource: Resource
    suggested: str
    first_step: str
    ask: Sequence[str]


@bp.get("")
@public
@knowing_my_council
@kept
def show() -> ResponseReturnValue:
    session = db_session()
    return _choosing(session, _wish(session, request.args))


@bp.get("/plan")
@public
@kept
def plan() -> ResponseReturnValue:
    session = db_session()
    wish = _wish(session, request.args)
    if not wish.picks:
        return _choosing(session, wish, problem=ALL_GONE if wish.gone else NOTHING_PICKED), 422
    if len(wish.picks) > MOST_PICKS:
        return _choosing(session, wish, problem=planning.TOO_MANY_PICKS), 422
    if "look" not in request.args:
        look = (today() + LOOK_AGAIN).isoformat()
        return redirect(wish.url("planner.plan", look=look), code=303)
    return _sheet(session, wish, sheet_form(wish.picks, request.args))


@bp.get("/plans")
@signed_in_only
def index() -> ResponseReturnValue:
    return _plans()


@bp.post("/plans")
@signed_in_only
def create() -> ResponseReturnValue:
    session = db_session()
    wish = _wish(session, request.form)
    form = sheet_form(wish.picks, request.form)
    if wish.picks and not form.validate():
        return _sheet(session, wish, form)
    try:
        planning.save(
            session,
            by=current_person(),
            purpose=wish.purpose,
            barrier=wish.barrier,
            first_steps=form.own_words(wish.picks),
            look_again=form.day,
            now=utcnow(),
        )
    except Invalid as error:
        if "plan" in error.problems:
            return _plans(problem=error.problems["plan"]), 422
        return _choosing(session, wish, problem=next(iter(error.problems.values()))), 422
    flash("Your plan is saved.")
    return redirect(url_for("planner.index"), code=303)


@bp.post("/plans/<int(max=2147483647):plan_id>/removal")
@signed_in_only
def create_removal(plan_id: int) -> ResponseReturnValue:
    planning.remove(db_session(), plan_id, by=current_person())
    flash("The plan is deleted.")
    return redirect(url_for("planner.index"), code=303)


def _wish(session: Session, given: MultiDict[str, str]) -> Wish:
    """Words that the vocabulary does not know are left out; picks that are gone are counted."""
    refs = [ref for ref in dict.fromkeys(given.getlist("pick")) if _REF.fullmatch(ref)]
    found = planning.picked(session, refs[:MOST_READ]) if refs else []
    return Wish(
        purpose=_known(session, "purpose", given.get("purpose", "")),
        barrier=_known(session, "barrier", given.get("barrier", "")),
        picks=tuple(resource.ref for resource in found),
        gone=len(refs[:MOST_READ]) - len(found),
        like=code_in(given.get(LIKE, "")),
        given=given,
    )


def _known(session: Session, facet: str, slug: str) -> str:
    is_known = slug and slug in {term.slug for term in vocabulary.terms(session, facet)}
    return slug if is_known else ""


def _pairs(wish: Wish, changed: Mapping[str, str]) -> list[tuple[str, str]]:
    said = {"purpose": wish.purpose, "barrier": wish.barrier}
    pairs = [(name, value) for name, value in said.items() if value]
    pairs += [("pick", ref) for ref in wish.picks]
    pairs += [(f"{STEP}{ref}", words) for ref, words in wish.own_words.items()]
    look, like = changed.get("look", wish.look), wish.like
    return pairs + [(name, value) for name, value in (("look", look), (LIKE, like)) if value]


def _choosing(session: Session, wish: Wish, *, problem: str = "") -> str:
    mine = alike.by_code(session, wish.like)
    return render_template(
        "planner/show.html",
        wish=wish,
        problem=problem,
        mine=mine,
        purposes=vocabulary.terms(session, "purpose"),
        barriers=vocabulary.terms(session, "barrier"),
        picked=planning.picked(session, wish.picks) if wish.picks else [],
        practice=_fitting(session, wish, Kind.CASE_STUDY, mine),
        tips=_fitting(session, wish, Kind.TIP_CARD, mine),
        pick=MOST_PICKS,
        why=_why(session),
        here=wish.url("planner.show").rstrip("?"),
        STEP=STEP,
    )


def _fitting(
    session: Session, wish: Wish, kind: Kind, mine: Council | None
) -> list[tuple[Fit, str]]:
    """What fits with what it has in common with my council; what is picked stands elsewhere."""
    fits = planning.fitting(session, purpose=wish.purpose, barrier=wish.barrier, kind=kind)
    near = {
        fit: alike.of_resource(fit.resource, mine) if mine else alike.NOBODY
        for fit in fits
        if fit.resource.ref not in wish.picks
    }

    def order(fit: Fit) -> tuple[int, int]:
        return -(fit.for_purpose + fit.gets_round), -near[fit].nearness

    return [(fit, near[fit].words) for fit in sorted(near, key=order)[:MOST_SHOWN]]


def _why(session: Session) -> TipCard | None:
    """The card that says why two are enough, where the site has it."""
    return next(iter(library.tip_cards(session, deck=FIRST_DECK, numbers=[START_SMALL])), None)


def _sheet(session: Session, wish: Wish, form: SheetForm) -> ResponseReturnValue:
    is_good = form.validate()
    picks = planning.picked(session, wish.picks)
    page = render_template(
        "planner/plan.html",
        wish=wish,
        form=form,
        items=[_item(resource, wish, form) for resource in picks],
        purpose=_label(session, "purpose", wish.purpose),
        barrier=_label(session, "barrier", wish.barrier),
        look=form.day if is_good else None,
        here=wish.url("planner.plan"),
        change=wish.url("planner.show"),
        STEP=STEP,
    )
    return page, 200 if is_good else 422


def _item(resource: Resource, wish: Wish, form: SheetForm) -> Item:
    suggested = first_steps.suggested(resource)
    return Item(
        resource=resource,
        suggested=suggested,
        first_step=form.step_of(resource.ref).data or suggested,
        ask=first_steps.whom_to_ask(resource, barrier=wish.barrier),
    )


def _label(session: Session, facet: str, slug: str) -> str:
    return next((t.label for t in vocabulary.terms(session, facet) if t.slug == slug), "")


def _plans(*, problem: str = "") -> str:
    session = db_session()
    plans = planning.of_person(session, current_person())
    return render_template(
        "planner/index.html",
        plans=[(plan, url_of_plan(plan)) for plan in plans],
        found=planning.titles(session, plans),
        problem=problem,
    )


def url_of_plan(plan: SavedPlan) -> str:
    """The address that a saved plan stands for."""
    given = MultiDict([("look", plan.look_again.isoformat())])
    given.update({f"{STEP}{each['ref']}": each["first_step"] for each in plan.picks})
    refs = tuple(each["ref"] for each in plan.picks)
    wish = Wish(purpose=plan.purpose, barrier=plan.barrier, picks=refs, like="", given=given)
    return wish.url("planner.plan")
