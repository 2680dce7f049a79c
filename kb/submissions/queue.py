"""What waits for a reviewer, in an order that no sender can fill alone."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from statistics import median
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, joinedload, lazyload

from kb.accounts.addresses import domain_of
from kb.accounts.domains import official_domain
from kb.accounts.models import User
from kb.councils.models import Council
from kb.library.models import Resource
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
    """One draft in the queue, without what was written in it; `age` is in working days.

    `more` is how many of the same sender wait behind everybody else: it is said at the last
    one that stands at the front.
    """

    draft_id: int
    sender: str
    age: int
    flags: int
    more: int = 0


class _Row(NamedTuple):
    """What the order of the queue depends on; columns of `_in_order`."""

    id: int
    sent_at: datetime | None
    flags: int
    resource_id: int | None
    nation: str | None
    email: str
    website: str | None


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a draft stands, and how many working days an answer usually takes, if known."""

    number: int
    usual_days: int | None


def waiting(
    session: Session, *, now: datetime, sort: Sort | None = None, sender: str = ""
) -> list[Waiting]:
    """What waits, flagged first, then the oldest; of one sender a few, or all of `sender`."""
    found = [row for row in _in_order(session) if _is_of(row, sort)]
    if sender:
        return [_waiting(row, now) for row in found if _sender_of(row) == sender]
    front, _ = _parted(found)
    kept, all_of = Counter(map(_sender_of, front)), Counter(map(_sender_of, found))
    last = {_sender_of(row): row for row in front}
    return [
        _waiting(row, now, more=all_of[sender] - kept[sender])
        if last[sender := _sender_of(row)] is row
        else _waiting(row, now)
        for row in front
    ]


def drafts(session: Session, ids: Collection[int]) -> dict[int, Draft]:
    """These drafts by their ids, with what a list says of each at hand."""
    query = select(Draft).where(Draft.id.in_(ids))
    about = (
        joinedload(Draft.council).load_only(Council.short_name),
        joinedload(Draft.resource).load_only(Resource.version),
        joinedload(Draft.reviewer).load_only(User.name),
    )
    bare = (
        lazyload(Draft.resource, Resource.council_links),
        lazyload(Draft.resource, Resource.term_links),
    )
    return {draft.id: draft for draft in session.scalars(query.options(*about, *bare))}


def count(session: Session) -> int:
    query = select(func.count()).select_from(Draft).where(Draft.state == State.WAITING)
    return session.scalar(query) or 0


def place(session: Session, draft: Draft, *, now: datetime) -> Place:
    """Where it stands: whoever sends many at once waits behind everybody else with most."""
    front, rest = _parted(_in_order(session))
    ids = [row.id for row in (*front, *rest)]
    number = ids.index(draft.id) + 1 if draft.id in ids else len(ids) + 1
    return Place(number=number, usual_days=usual_days(session))


def age(draft: Draft, *, now: datetime) -> int:
    """For how many working days it has waited, where it was sent."""
    nation = draft.council.nation if draft.council else None
    return working_days((draft.sent_at or now).date(), now.date(), nation=nation)


def usual_days(session: Session) -> int | None:
    """Half of the last answers took no longer than this; None while there are too few."""
    answered = (
        select(Decision.draft_id, Decision.at, Council.nation)
        .join(Draft, Draft.id == Decision.draft_id)
        .outerjoin(Council, Council.id == Draft.council_id)
        .where(Decision.verdict.in_(_ANSWERS))
    )
    answers = session.execute(answered.order_by(Decision.id.desc()).limit(LATELY)).all()
    sent = select(Decision.draft_id, Decision.at).where(
        Decision.verdict == Verdict.SENT,
        Decision.draft_id.in_([draft_id for draft_id, _, _ in answers]),
    )
    sendings = session.execute(sent).all()
    took = [_days_between(draft_id, at, nation, sendings) for draft_id, at, nation in answers]
    known = [days for days in took if days is not None]
    return max(1, round(median(known))) if len(known) >= ENOUGH else None


def _sender_of(row: _Row) -> str:
    """Whom a burst counts for: everybody who writes from the same domain.

    All that is below the domain of their council is that: whoever has one name there can
    make up a thousand.
    """
    domain = domain_of(row.email)
    official = official_domain(row.website) if row.website else ""
    return official if official and domain.endswith(f".{official}") else domain


def _in_order(session: Session) -> list[_Row]:
    """Flagged first, then the oldest; a few columns, for very many may wait."""
    theirs, council = aliased(Council), aliased(Council)
    columns = (
        *(Draft.id, Draft.sent_at, func.json_array_length(Draft.flags), Draft.resource_id),
        *(council.nation, User.email, theirs.website),
    )
    query = (
        select(*columns)
        .join(User, User.id == Draft.owner_id)
        .outerjoin(theirs, theirs.id == User.council_id)
        .outerjoin(council, council.id == Draft.council_id)
        .where(Draft.state == State.WAITING)
        .order_by(Draft.sent_at, Draft.id)
    )
    found = [_Row(*row) for row in session.execute(query)]
    return sorted(found, key=lambda row: not row.flags)


def _parted(found: Iterable[_Row]) -> tuple[list[_Row], list[_Row]]:
    """The first few of each sender, and everything else, both in their order."""
    seen: Counter[str] = Counter()
    front: list[_Row] = []
    rest: list[_Row] = []
    for row in found:
        sender = _sender_of(row)
        seen[sender] += 1
        (front if seen[sender] <= AT_FRONT else rest).append(row)
    return front, rest


def _is_of(row: _Row, sort: Sort | None) -> bool:
    return sort is None or (sort is Sort.CHANGE) == (row.resource_id is not None)


def _waiting(row: _Row, now: datetime, *, more: int = 0) -> Waiting:
    return Waiting(
        draft_id=row.id,
        sender=_sender_of(row),
        age=working_days((row.sent_at or now).date(), now.date(), nation=row.nation),
        flags=row.flags,
        more=more,
    )


def _days_between(
    draft_id: int | None,
    at: datetime,
    nation: str | None,
    sendings: Iterable[tuple[int | None, datetime]],
) -> int | None:
    """From the last time this draft was sent until this answer."""
    before = [sent for of, sent in sendings if of == draft_id and sent <= at]
    return working_days(max(before).date(), at.date(), nation=nation) if before else None
