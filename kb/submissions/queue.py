"""What waits for a reviewer, in an order that no sender can fill alone."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer, joinedload

from kb.accounts.addresses import domain_of
from kb.accounts.domains import official_domain
from kb.submissions.models import Decision, Draft, State, Verdict
from kb.working_days import working_days

AT_FRONT = 5  # of one sender; the rest waits behind everybody else
LATELY = 20  # decisions that say how long it usually takes
ENOUGH = 3  # fewer say nothing about what is usual
_ANSWERS = {Verdict.PUBLISHED, Verdict.CHANGES, Verdict.DECLINED}


class Sort(StrEnum):
    """What a reviewer may want to see alone."""

    NEW = "new"
    CHANGE = "change"


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One draft in the queue; `age` is in working days.

    `more` is how many of the same sender wait behind everybody else: it is said at the last
    one that stands at the front.
    """

    draft: Draft
    sender: str
    age: int
    more: int = 0

    @property
    def flags(self) -> int:
        return len(self.draft.flags)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a draft stands, and how many working days an answer usually takes, if known."""

    number: int
    usual_days: int | None


def waiting(
    session: Session, *, now: datetime, sort: Sort | None = None, sender: str = ""
) -> list[Waiting]:
    """What waits, flagged first, then the oldest; of one sender a few, or all of `sender`."""
    found = [draft for draft in _in_order(session) if _is_of(draft, sort)]
    if sender:
        found = [draft for draft in found if sender_of(draft) == sender]
        return [_waiting(draft, now) for draft in found]
    front, _ = _parted(found)
    kept, all_of = Counter(map(sender_of, front)), Counter(map(sender_of, found))
    last = {sender_of(draft): draft for draft in front}
    return [
        _waiting(draft, now, more=all_of[sender] - kept[sender])
        if last[sender := sender_of(draft)] is draft
        else _waiting(draft, now)
        for draft in front
    ]


def count(session: Session) -> int:
    query = select(func.count()).select_from(Draft).where(Draft.state == State.WAITING)
    return session.scalar(query) or 0


def place(session: Session, draft: Draft, *, now: datetime) -> Place:
    """Where it stands: whoever sends many at once waits behind everybody else with most."""
    front, rest = _parted(_in_order(session, is_bare=True))
    ids = [each.id for each in (*front, *rest)]
    number = ids.index(draft.id) + 1 if draft.id in ids else len(ids) + 1
    return Place(number=number, usual_days=usual_days(session))


def usual_days(session: Session) -> int | None:
    """Half of the last answers took no longer than this; None while there are too few."""
    answered = select(Decision.draft_id, Decision.at).where(
        Decision.draft_id.is_not(None), Decision.verdict.in_(_ANSWERS)
    )
    answers = session.execute(answered.order_by(Decision.id.desc()).limit(LATELY)).all()
    sent = select(Decision.draft_id, Decision.at).where(
        Decision.verdict == Verdict.SENT,
        Decision.draft_id.in_([draft_id for draft_id, _ in answers]),
    )
    sendings = session.execute(sent).all()
    took = [_days_between(draft_id, at, sendings) for draft_id, at in answers]
    known = [days for days in took if days is not None]
    return max(1, round(median(known))) if len(known) >= ENOUGH else None


def sender_of(draft: Draft) -> str:
    """Whom a burst counts for: everybody who writes from the same domain.

    All that is below the domain of their council is that: whoever has one name there can
    make up a thousand.
    """
    domain, council = domain_of(draft.owner.email), draft.owner.council
    official = official_domain(council.website) if council else ""
    return official if official and domain.endswith(f".{official}") else domain


def _in_order(session: Session, *, is_bare: bool = False) -> list[Draft]:
    query = select(Draft).where(Draft.state == State.WAITING)
    query = query.options(joinedload(Draft.owner), joinedload(Draft.resource))
    if is_bare:
        query = query.options(defer(Draft.answers))
    found = session.scalars(query.order_by(Draft.sent_at, Draft.id))
    return sorted(found, key=lambda draft: not draft.flags)


def _parted(found: Iterable[Draft]) -> tuple[list[Draft], list[Draft]]:
    """The first few of each sender, and everything else, both in their order."""
    seen: Counter[str] = Counter()
    front: list[Draft] = []
    rest: list[Draft] = []
    for draft in found:
        seen[sender_of(draft)] += 1
        (front if seen[sender_of(draft)] <= AT_FRONT else rest).append(draft)
    return front, rest


def _is_of(draft: Draft, sort: Sort | None) -> bool:
    return sort is None or (sort is Sort.CHANGE) == (draft.resource_id is not None)


def _waiting(draft: Draft, now: datetime, *, more: int = 0) -> Waiting:
    age = working_days((draft.sent_at or now).date(), now.date())
    return Waiting(draft=draft, sender=sender_of(draft), age=age, more=more)


def _days_between(
    draft_id: int | None, at: datetime, sendings: Iterable[tuple[int | None, datetime]]
) -> int | None:
    """From the last time this draft was sent until this answer."""
    before = [sent for of, sent in sendings if of == draft_id and sent <= at]
    return working_days(max(before).date(), at.date()) if before else None
