"""Barriers and gaps over all sessions whose numbers may be counted.

No session, council or person stands in it. A session counts only where enough people
answered. Into each figure sessions are taken by groups, in the order in which they closed: a
group is complete with `ENOUGH_SESSIONS` sessions once no number of it is below `ENOUGH`, and
waits until then. So whoever knows their own room, or compares the picture of today with that
of yesterday, is never left with fewer rooms than the others of a group.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

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
GAP = ("would", "do", "gap")


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
    """How many chose this barrier, in how many sessions; None as long as no group is complete."""

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
class _Said:
    """What one session said of its gap or of barriers."""

    training: TrainingSession
    people: int
    numbers: Counter[str]


def picture(session: Session) -> Picture:
    """The picture of today, over all public sessions that are over.

    A session that asks again is the same room, so it is not counted a second time.
    """
    gaps: list[_Said] = []
    votes: list[_Said] = []
    terms = _terms(session)
    for training in _over(session):
        rounds = results.asked(session, training)
        tallies = counting.tallies(session, rounds)
        gaps += _gap(session, training, rounds, tallies)
        votes += _vote(training, rounds, tallies, terms)
    told_gaps = _told(_grouped(gaps, lambda said: [said.numbers[name] for name in GAP]))
    groups = _grouped(votes, lambda said: [said.people])
    told_votes = _told(groups)
    days = [said.training.starts_at.date() for said in (*told_gaps, *told_votes)]
    return Picture(
        gap=_gap_of_all(told_gaps) if told_gaps else None,
        barriers=_barriers_of_all(groups, terms),
        barrier_sessions=len(told_votes),
        barrier_people=sum(said.people for said in told_votes),
        since=min(days, default=None),
        until=max(days, default=None),
    )


def _over(session: Session) -> Iterable[TrainingSession]:
    """In the order in which they closed; also those that are not public, see `_told`."""
    query = select(TrainingSession).where(
        TrainingSession.state == SessionState.CLOSED, TrainingSession.before_id.is_(None)
    )
    return session.scalars(query.order_by(TrainingSession.closed_at, TrainingSession.id))


def _gap(
    session: Session,
    training: TrainingSession,
    rounds: list[Round],
    tallies: Mapping[int, Tally],
) -> list[_Said]:
    """The first gap of a session; one that was asked twice is not two rooms."""
    shown = results.gaps_of(session, rounds, tallies)[:1]
    return [
        _Said(training, gap.people, Counter(would=gap.would, do=gap.do, gap=gap.gap))
        for gap in shown
        if _is_enough(gap)
    ]


def _is_enough(gap: GapShown) -> bool:
    """Were both questions answered, by enough people and in the same way?"""
    is_whole = gap.is_known and not gap.are_hands_left_out
    return is_whole and gap.answered >= ENOUGH and gap.people <= MOST_PEOPLE


def _vote(
    training: TrainingSession,
    rounds: list[Round],
    tallies: Mapping[int, Tally],
    terms: Mapping[str, Term],
) -> list[_Said]:
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
        return [_Said(training, tally.answered, chosen)]
    return []


def _grouped(
    said: Iterable[_Said], numbers: Callable[[_Said], Sequence[int]]
) -> list[list[_Said]]:
    """Those that are complete. What came first stays together, whatever comes later."""
    groups: list[list[_Said]] = []
    group: list[_Said] = []
    for each in said:
        group = [*group, each]
        sums = [sum(number) for number in zip(*map(numbers, group), strict=True)]
        if len(group) >= ENOUGH_SESSIONS and min(sums) >= ENOUGH:
            groups.append(group)
            group = []
    return groups


def _told(groups: Iterable[list[_Said]]) -> list[_Said]:
    """The sessions that may be told.

    Where a trainer takes one out, all of its group are: were another to move up into its
    place, the difference would be that one room.
    """
    may_be = [group for group in groups if all(each.training.is_public for each in group)]
    return list(chain(*may_be))


def _gap_of_all(told: Sequence[_Said]) -> GapOfAll:
    numbers = {name: sum(said.numbers[name] for said in told) for name in GAP}
    people = sum(said.people for said in told)
    return GapOfAll(sessions=len(told), people=people, **numbers)


def _barriers_of_all(
    groups: list[list[_Said]], terms: Mapping[str, Term]
) -> tuple[BarrierOfAll, ...]:
    """The most frequent first, then those too few to tell, in the vocabulary's order."""
    chosen = {slug for said in _told(groups) for slug in +said.numbers}
    current = {term.slug: term for term in terms.values()}
    rows = [_barrier(groups, current[slug]) for slug in chosen]
    order = {slug: term.position for slug, term in current.items()}
    return tuple(sorted(rows, key=lambda row: (-(row.number or 0), order[row.slug])))


def _barrier(groups: list[list[_Said]], term: Term) -> BarrierOfAll:
    """In groups of its own: of the sessions that chose it, within those whose votes are told."""
    told = {said.training.id for said in _told(groups)}
    having = [said for said in chain(*groups) if said.numbers[term.slug]]
    parts = _grouped(having, lambda said: [said.numbers[term.slug]])
    of_it = [part for part in parts if told.issuperset(said.training.id for said in part)]
    return BarrierOfAll(
        slug=term.slug,
        label=term.label,
        number=sum(said.numbers[term.slug] for said in chain(*of_it)) or None,
        sessions=sum(map(len, of_it)) or None,
    )


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
