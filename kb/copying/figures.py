"""What many copies say together. Councils are counted, and never ranked."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb.copying.lineage import Node
from kb.copying.models import Choice, Copy, Status
from kb.library.models import Resource, Standing

ENOUGH_REPORTS = 3  # below that, the middle one would be somebody's own
MOST_CHANGES = 3
_HAPPENED = Copy.status != Status.PLANNED
_ORDER = (Status.DOING, Status.TRYING, Status.STOPPED)


@dataclass(frozen=True, kw_only=True)
class StepChange:
    """How many copiers do one step of the source differently, and how many not at all."""

    step: str
    changed: int
    dropped: int


@dataclass(frozen=True, kw_only=True)
class Figures:
    """A plan counts as a copy once it is tried. `median_hours` is None while few reported."""

    councils: int
    planned: int
    by_status: dict[Status, int]
    reports: int
    median_hours: float | None
    changed_most: tuple[StepChange, ...]


def of(copies: Iterable[Node]) -> Figures:
    """The figures of these copies."""
    copies = list(copies)
    counts = Counter(copy.status for copy in copies)
    hours = [copy.hours for copy in copies if copy.hours is not None]
    return Figures(
        councils=len(copies) - counts[Status.PLANNED],
        planned=counts[Status.PLANNED],
        by_status={status: counts[status] for status in _ORDER if counts[status]},
        reports=len(hours),
        median_hours=median(hours) if len(hours) >= ENOUGH_REPORTS else None,
        changed_most=_changed_most(copies),
    )


def counts(session: Session) -> dict[int, int]:
    """Resource id -> how many councils copied it; what nobody copied is left out."""
    query = select(Copy.resource_id, func.count()).where(_HAPPENED).group_by(Copy.resource_id)
    return dict(session.execute(query).all())


def most_copied(session: Session, *, limit: int = 4) -> list[tuple[Resource, int]]:
    """What the most councils copied, each with their number; of equals the newest first."""
    copied = (
        select(Copy.resource_id, func.count().label("councils"))
        .where(_HAPPENED)
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


def _changed_most(copies: Iterable[Node]) -> tuple[StepChange, ...]:
    """Only steps of the source: what somebody does besides is nobody else's."""
    changed: Counter[str] = Counter()
    dropped: Counter[str] = Counter()
    for copy in copies:
        for each in copy.changes:
            if each["step"] and each["choice"] != Choice.KEEP:
                (changed if each["choice"] == Choice.CHANGE else dropped)[each["step"]] += 1
    return tuple(
        StepChange(step=step, changed=changed[step], dropped=dropped[step])
        for step, _ in (changed + dropped).most_common(MOST_CHANGES)
    )
