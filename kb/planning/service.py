"""Start small: what fits a person's wish and what stops them, and one or two things to try."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, and_, case, delete, func, or_, select
from sqlalchemy.orm import Session, lazyload

from kb.accounts.models import User
from kb.db.database import flush
from kb.errors import Invalid, NotFound
from kb.library.content import Kind
from kb.library.models import Resource, ResourceTerm, Standing, Term
from kb.planning.first_steps import LONGEST_STEP
from kb.planning.models import SavedPlan

MOST_PICKS = 2
MOST_PLANS = 20  # of one person
LOOK_AGAIN = timedelta(weeks=8)
KINDS = (Kind.CASE_STUDY, Kind.TIP_CARD)
_PUBLIC = Resource.standing != Standing.WITHDRAWN
TOO_MANY_PICKS = "Pick one or two things. You can come back for the others."
TOO_MANY_PLANS = f"You have {MOST_PLANS} plans. Delete one that is over before you save another."


@dataclass(frozen=True, kw_only=True, eq=False)
class Fit:
    """Something to copy, and what it fits."""

    resource: Resource
    for_purpose: bool
    gets_round: bool


def fitting(
    session: Session, *, purpose: str, barrier: str, kind: Kind, limit: int = 40
) -> list[Fit]:
    """What serves the purpose and gets round the barrier, then what does one of them.

    What is historical comes after what is not; of equals the newest come first.
    """
    wanted = [(f, slug) for f, slug in (("purpose", purpose), ("barrier", barrier)) if slug]
    if not wanted:
        return []
    return [
        Fit(resource=resource, for_purpose=bool(serves), gets_round=bool(rounds))
        for resource, serves, rounds in session.execute(_fitting(wanted, kind, limit))
    ]


def _fitting(wanted: list[tuple[str, str]], kind: Kind, limit: int) -> Select[Resource, int, int]:
    is_one = or_(*(and_(Term.facet == facet, Term.slug == slug) for facet, slug in wanted))
    has = {f: func.max(case((Term.facet == f, 1), else_=0)) for f in ("purpose", "barrier")}
    return (
        select(Resource, has["purpose"], has["barrier"])
        .join(ResourceTerm, ResourceTerm.resource_id == Resource.id)
        .join(Term, Term.id == ResourceTerm.term_id)
        .where(_PUBLIC, Resource.kind == kind, is_one)
        .group_by(Resource.id)
        .order_by(
            (has["purpose"] + has["barrier"]).desc(),
            has["barrier"].desc(),
            case((Resource.standing == Standing.LIVE, 0), else_=1),
            func.coalesce(Resource.end_year, Resource.start_year, 0).desc(),
            Resource.ref,
        )
        .limit(limit)
        .options(lazyload(Resource.term_links))
    )


def picked(session: Session, refs: Sequence[str]) -> list[Resource]:
    """The case studies and tip cards with these refs, in that order; the others are left out."""
    query = select(Resource).where(_PUBLIC, Resource.ref.in_(refs), Resource.kind.in_(KINDS))
    found = {resource.ref: resource for resource in session.scalars(query)}
    return [found[ref] for ref in dict.fromkeys(refs) if ref in found]


def save(
    session: Session,
    *,
    by: User,
    purpose: str,
    barrier: str,
    first_steps: Mapping[str, str],
    look_again: date,
    now: datetime,
) -> SavedPlan:
    """Keep a plan for whoever made it; `first_steps` are the picks, with their own words.

    To save the same picks again renews the plan. Raises Invalid for no pick or a third,
    for words that are too long, and for one plan too many.
    """
    picks = _picks(session, first_steps)
    plans = of_person(session, by)
    refs = {each["ref"] for each in picks}
    plan = next((p for p in plans if {each["ref"] for each in p.picks} == refs), None)
    if plan is None:
        if len(plans) >= MOST_PLANS:
            raise Invalid({"plan": TOO_MANY_PLANS})
        plan = SavedPlan(user_id=by.id)
        session.add(plan)
    plan.purpose, plan.barrier, plan.picks = purpose, barrier, picks
    plan.look_again, plan.saved_at = look_again, now
    flush(session)
    return plan


def _picks(session: Session, first_steps: Mapping[str, str]) -> list[dict[str, str]]:
    known = {resource.ref for resource in picked(session, list(first_steps))}
    picks = [{"ref": r, "first_step": words} for r, words in first_steps.items() if r in known]
    if not picks or len(first_steps) > MOST_PICKS:
        raise Invalid({"pick": TOO_MANY_PICKS})
    if any(len(words) > LONGEST_STEP for words in first_steps.values()):
        raise Invalid({"first_step": f"Use {LONGEST_STEP} characters or fewer."})
    return picks


def of_person(session: Session, user: User) -> list[SavedPlan]:
    """The plans of one person, the last saved first."""
    query = select(SavedPlan).where(SavedPlan.user_id == user.id)
    return list(session.scalars(query.order_by(SavedPlan.saved_at.desc(), SavedPlan.id.desc())))


def remove(session: Session, plan_id: int, *, by: User) -> None:
    """Raises NotFound for a plan of somebody else, as for one that never was."""
    plan = session.get(SavedPlan, plan_id)
    if plan is None or plan.user_id != by.id:
        raise NotFound("You have no such plan.")
    session.delete(plan)
    flush(session)


def forget(session: Session, user: User) -> None:
    """Drop every plan of somebody who leaves."""
    session.execute(delete(SavedPlan).where(SavedPlan.user_id == user.id))


def titles(session: Session, plans: Iterable[SavedPlan]) -> dict[str, Resource]:
    """Ref -> resource for all that these plans picked and that is still public."""
    refs = sorted({each["ref"] for plan in plans for each in plan.picks})
    return {resource.ref: resource for resource in picked(session, refs)}
