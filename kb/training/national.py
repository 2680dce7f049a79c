"""Barriers and gaps over all sessions whose numbers may be counted.

No session, council or person stands in it. A session counts only where enough people
answered, a figure is given only where enough sessions are in it, and no number below
`ENOUGH` is ever told: who knows their own room cannot take it away and be left with
another's.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.library.models import Term
from kb.training import counting, results
from kb.training.counting import Tally
from kb.training.models import Round, SessionState, TrainingSession
from kb.training.outcomes import GapShown
from kb.training.types import RoundKind

ENOUGH = 5  # answers in a session, and people behind every number that is told
ENOUGH_SESSIONS = 3
MOST_PEOPLE = 2_000  # in one session; more is a joke or a mistake
FACET = "barrier"


@dataclass(frozen=True, kw_only=True)
class GapOfAll:
    """All gaps together: those who would like to, those who do, and who would and does not."""

    sessions: int
    people: int
    would: int
    do: int
    gap: int


@dataclass(frozen=True, kw_only=True)
class BarrierOfAll:
    """How many chose this barrier, in how many sessions; None where it is too few to tell."""

    slug: str
    label: str
    number: int | None
    sessions: int | None


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What may be told. `until` is the day of the newest session in it."""

    gap: GapOfAll | None
    barriers: tuple[BarrierOfAll, ...]
    barrier_sessions: int
    barrier_people: int
    since: date | None
    until: date | None

    @property
    def is_empty(self) -> bool:
        return self.gap is None and not self.barriers

    @property
    def most(self) -> int:
        return max((barrier.number or 0 for barrier in self.barriers), default=0)


@dataclass(frozen=True)
class _Vote:
    """What one session said of barriers."""

    people: int
    chosen: Counter[str]


def picture(session: Session) -> Picture:
    """The picture of today, over all public sessions that are over.

    A session that asks again is the same room, so it is not counted a second time.
    """
    gaps: list[GapShown] = []
    votes: list[_Vote] = []
    days: list[date] = []
    terms = _terms(session)
    for training in _public(session):
        rounds = results.asked(session, training)
        tallies = counting.tallies(session, rounds)
        shown, vote = _gap(session, rounds, tallies), _vote(rounds, tallies, terms)
        gaps += [shown] if shown else []
        votes += [vote] if vote else []
        days += [training.starts_at.date()] if shown or vote else []
    gap, barriers = _gap_of_all(gaps), _barriers_of_all(votes, terms)
    is_told = bool(gap or barriers)
    return Picture(
        gap=gap,
        barriers=barriers,
        barrier_sessions=len(votes) if barriers else 0,
        barrier_people=sum(vote.people for vote in votes) if barriers else 0,
        since=min(days) if is_told else None,
        until=max(days) if is_told else None,
    )


def _public(session: Session) -> Iterable[TrainingSession]:
    query = select(TrainingSession).where(
        TrainingSession.state == SessionState.CLOSED,
        TrainingSession.is_public,
        TrainingSession.before_id.is_(None),
    )
    return session.scalars(query.order_by(TrainingSession.id))


def _gap(session: Session, rounds: list[Round], tallies: Mapping[int, Tally]) -> GapShown | None:
    """The first gap of a session; one that was asked twice is not two rooms."""
    shown = results.gaps_of(session, rounds, tallies)[:1]
    return next((gap for gap in shown if _is_enough(gap)), None)


def _is_enough(gap: GapShown) -> bool:
    return (
        gap.answered >= ENOUGH and gap.would <= gap.people <= MOST_PEOPLE and gap.do <= gap.people
    )


def _vote(
    rounds: list[Round], tallies: Mapping[int, Tally], terms: Mapping[str, Term]
) -> _Vote | None:
    """The first vote on barriers, of the vocabulary's own: a trainer's own is nobody else's."""
    for each in rounds:
        tally = tallies[each.id]
        if each.kind is not RoundKind.BARRIERS or not ENOUGH <= tally.answered <= MOST_PEOPLE:
            continue
        chosen: Counter[str] = Counter()
        for option in each.options:
            if option.key in terms:
                number = min(tally.total(option.key), tally.answered)
                chosen[terms[option.key].slug] += number
        return _Vote(tally.answered, chosen)
    return None


def _gap_of_all(gaps: list[GapShown]) -> GapOfAll | None:
    """None as long as one of its numbers is too small: the others would tell it."""
    found = GapOfAll(
        sessions=len(gaps),
        people=sum(gap.people for gap in gaps),
        would=sum(gap.would for gap in gaps),
        do=sum(gap.do for gap in gaps),
        gap=sum(gap.gap for gap in gaps),
    )
    is_enough = min(found.would, found.do, found.gap) >= ENOUGH
    return found if is_enough and len(gaps) >= ENOUGH_SESSIONS else None


def _barriers_of_all(votes: list[_Vote], terms: Mapping[str, Term]) -> tuple[BarrierOfAll, ...]:
    """The most frequent first, then those too few to tell, in the vocabulary's order."""
    if len(votes) < ENOUGH_SESSIONS:
        return ()
    numbers: Counter[str] = Counter()
    places: Counter[str] = Counter()
    for vote in votes:
        numbers += vote.chosen
        places.update(slug for slug, number in vote.chosen.items() if number)
    current = {term.slug: term for term in terms.values()}
    rows = [
        BarrierOfAll(
            slug=slug,
            label=current[slug].label,
            number=number if number >= ENOUGH else None,
            sessions=places[slug] if number >= ENOUGH else None,
        )
        for slug, number in numbers.items()
    ]
    order = {slug: term.position for slug, term in current.items()}
    return tuple(sorted(rows, key=lambda row: (-(row.number or 0), order[row.slug])))


def _terms(session: Session) -> dict[str, Term]:
    """Every barrier by its slug, also by one that it has taken over."""
    by_id = {term.id: term for term in session.scalars(select(Term).where(Term.facet == FACET))}
    found = {}
    for term in by_id.values():
        heir = term
        for _ in by_id:
            heir = by_id.get(heir.replaced_by_id or 0, heir)
        found[term.slug] = heir
    return found
