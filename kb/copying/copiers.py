"""The people behind the copies: whom to ask about a practice, and what became of it with them."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from kb.accounts.models import State, User
from kb.copying.models import Copy, Status
from kb.library.models import Resource

STILL_AT_IT = {Status.DOING, Status.TRYING}
_WRITES = (User.state == State.ACTIVE, User.council_role.is_not(None))
_BEGAN = Copy.has_begun.is_(True)  # who only planned it knows no more than who asks


def to_ask(session: Session, resource: Resource) -> list[User]:
    """One person of each council that copied it: first where they still do, the longest first."""
    begun = select(Copy).where(Copy.resource_id == resource.id, _BEGAN)
    copies = list(session.scalars(begun.order_by(Copy.started_at, Copy.id)))
    copies.sort(key=lambda copy: copy.status not in STILL_AT_IT)
    writers = _writers(session, {copy.council_id for copy in copies})
    found = (_of(copy, writers[copy.council_id]) for copy in copies)
    return [each for each in found if each is not None]


def resources_with_anybody(session: Session) -> frozenset[int]:
    """The ids of resources of which `to_ask` finds somebody."""
    query = select(Copy.resource_id).join(User, User.council_id == Copy.council_id)
    return frozenset(session.scalars(query.where(_BEGAN, *_WRITES).distinct()))


def of_resources(session: Session, resource_ids: Collection[int]) -> dict[int, list[Copy]]:
    """Resource id -> its copies, the oldest first; what nobody copied is left out."""
    query = select(Copy).where(Copy.resource_id.in_(resource_ids))
    query = query.options(joinedload(Copy.council)).order_by(Copy.started_at, Copy.id)
    found: dict[int, list[Copy]] = defaultdict(list)
    for copy in session.scalars(query):
        found[copy.resource_id].append(copy)
    return dict(found)


def _writers(session: Session, council_ids: Collection[int]) -> dict[int | None, list[User]]:
    query = select(User).where(User.council_id.in_(council_ids), *_WRITES)
    found: dict[int | None, list[User]] = defaultdict(list)
    for user in session.scalars(query.order_by(User.name, User.id)):
        found[user.council_id].append(user)
    return found


def _of(copy: Copy, writers: list[User]) -> User | None:
    """Whose copy it is, or a colleague where they have left."""
    own = [user for user in writers if user.id == copy.owner_id]
    return next(iter(own or writers), None)
