"""What many copies say together. Councils are counted, and never ranked."""

import json
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from statistics import median

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import Session

from kb.copying.lineage import Family
from kb.copying.models import Choice, Copy, Status
from kb.library.models import Resource, Standing

ENOUGH_REPORTS = 3  # below that, the middle one would be somebody's own
MOST_CHANGES = 3
REMEMBERED = 32  # practices; of 200 plans each they are 4 MB
KEEP, CHANGE = Choice.KEEP.value, Choice.CHANGE.value  # as they are kept
_ORDER = (Status.DOING, Status.TRYING, Status.STOPPED)


@dataclass(frozen=True, kw_only=True)
class StepChange:
    """How many copiers do one step of the source differently, and how many not at all."""

    step: str
    changed: int
    dropped: int


@dataclass(frozen=True, kw_only=True)
class Figures:
    """A plan counts as a copy once it was tried, and not if it was stopped before.

    `median_hours` is None while few reported.
    """

    councils: int
    planned: int
    by_status: dict[Status, int]
    reports: int
    median_hours: float | None
    changed_most: tuple[StepChange, ...]


def of(session: Session, family: Family) -> Figures:
    """The figures of the copies of a practice, without those of what came of them."""
    copies = family.own
    counts = Counter(copy.status for copy in copies if copy.has_begun)
    hours = [copy.hours for copy in copies if copy.hours is not None]
    return Figures(
        councils=counts.total(),
        planned=sum(copy.status is Status.PLANNED for copy in copies if not copy.has_begun),
        by_status={status: counts[status] for status in _ORDER if counts[status]},
        reports=len(hours),
        median_hours=median(hours) if len(hours) >= ENOUGH_REPORTS else None,
        changed_most=_changed_most(session, family.page) if copies else (),
    )


def counts(session: Session) -> dict[int, int]:
    """Resource id -> how many councils copied it; what nobody copied is left out."""
    query = select(Copy.resource_id, func.count()).where(Copy.has_begun).group_by(Copy.resource_id)
    return dict(session.execute(query).all())


def most_copied(session: Session, *, limit: int = 4) -> list[tuple[Resource, int]]:
    """What the most councils copied, each with their number; of equals the newest first."""
    copied = (
        select(Copy.resource_id, func.count().label("councils"))
        .where(Copy.has_begun)
        .group_by(Copy.resource_id)
        .subquery()
    )
    query = (
        select(Resource, copied.c.councils)
        .join(copied, copied.c.resource_id == Resource.id)
        .where(Resource.standing != Standing.WITHDRAWN)
        .order_by(copied.c.councils.desc(), Resource.published_at.desc(), Resource.id)
        .limit(limit)
    )
    return [(resource, councils) for resource, councils in session.execute(query)]


def _changed_most(session: Session, resource_id: int) -> tuple[StepChange, ...]:
    said = select(cast(Copy.changes, Text)).where(Copy.resource_id == resource_id, Copy.has_begun)
    return _most_of(tuple(session.scalars(said.order_by(Copy.id))))


@lru_cache(maxsize=REMEMBERED)
def _most_of(texts: tuple[str, ...]) -> tuple[StepChange, ...]:
    """Only steps of the source: what somebody does besides is nobody else's.

    To read hundreds of plans takes longer than all else here, and they seldom change.
    """
    changed: Counter[str] = Counter()
    dropped: Counter[str] = Counter()
    for changes in json.loads(f"[{','.join(texts)}]"):  # one by one it takes twice as long
        for each in changes:
            choice = each["choice"]
            if choice != KEEP and each["step"]:
                (changed if choice == CHANGE else dropped)[each["step"]] += 1
    return tuple(
        StepChange(step=step, changed=changed[step], dropped=dropped[step])
        for step, _ in (changed + dropped).most_common(MOST_CHANGES)
    )
