"""The family of a practice: who copied it, whose copy they copied, and what came of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Integer, Row, Select, String, bindparam, or_, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from kb.copying.models import Choice, Copy, Status
from kb.councils.models import Council
from kb.library.content import Kind
from kb.library.models import Resource, Standing

LONGEST_CHANGE = 120
_STATUS = {status.value: status for status in Status}


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of the library that a tree links to."""

    ref: str
    kind: Kind
    slug: str
    title: str


@dataclass(kw_only=True, eq=False, slots=True)
class Kin:
    """The place of one copy in its family; `size` counts it and all that hang from it.

    `is_own` says that the practice itself was copied, and not a case study that came of it.
    """

    id: int
    parent: "Kin | None"
    is_own: bool
    status: Status
    has_begun: bool
    hours: int | None
    children: list["Kin"] = field(default_factory=list)
    size: int = 1


@dataclass(frozen=True, kw_only=True)
class Family:
    """`nodes` are all copies, the oldest first, `roots` those of the page itself.

    `origin_copy` is the copy that the page came of.
    """

    page: int
    nodes: tuple[Kin, ...]
    roots: tuple[Kin, ...]
    origin_copy: int | None = None

    @property
    def own(self) -> tuple[Kin, ...]:
        """The copies of this practice, without those of case studies that came of it."""
        return tuple(kin for kin in self.nodes if kin.is_own)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one council says of its copy. `parent` is the council whose version it copied.

    `result` is the case study that came of it, while it is public. `changes` are none while
    their words are hidden.
    """

    id: int
    council_id: int
    council: str
    code: str
    status: Status
    since: date
    parent: str
    changes: list[dict[str, str]]
    result: Page | None

    @property
    def changed(self) -> str:
        """The first thing that they do differently, in a few words."""
        texts = [c for c in self.changes if c["choice"] == Choice.CHANGE and c["text"]]
        texts.sort(key=lambda change: bool(change["step"]))
        text = texts[0]["text"] if texts else ""
        return text if len(text) <= LONGEST_CHANGE else f"{text[: LONGEST_CHANGE - 1].rstrip()}…"


def of(session: Session, resource: Resource) -> Family:
    """How the whole family hangs together: one query, however large it is."""
    rows = session.execute(_family(), {"page": resource.id}).all()
    came_of = {result_id: id for id, _, _, result_id, *_ in rows if result_id}
    nodes: dict[int, Kin] = {}
    for id, parent_id, resource_id, result_id, status, has_begun, hours in rows:
        if result_id == resource.id:
            continue
        parent = nodes.get(parent_id or came_of.get(resource_id) or 0)
        is_own = resource_id == resource.id
        kin = nodes[id] = Kin(
            id=id,
            parent=parent,
            is_own=is_own,
            status=_STATUS[status],
            has_begun=has_begun,
            hours=hours,
        )
        if parent is not None:
            parent.children.append(kin)
    for kin in reversed(nodes.values()):
        if kin.parent is not None:
            kin.parent.size += kin.size
    return Family(
        page=resource.id,
        nodes=tuple(nodes.values()),
        roots=tuple(kin for kin in nodes.values() if kin.parent is None),
        origin_copy=came_of.get(resource.id),
    )


def told(session: Session, family: Iterable[Kin]) -> dict[int, Told]:
    """What these copies say, by their ids; a family is large, and a page shows few of it."""
    family = list(family)
    parents = {kin.id: kin.parent.id for kin in family if kin.parent is not None}
    wanted = {kin.id for kin in family}
    asked = {"ids": sorted(wanted | {*parents.values()})}
    rows = {row.id: row for row in session.execute(_said(), asked)}
    return {
        id: _told(rows[id], rows[parents[id]].short_name if id in parents else "")
        for id in sorted(wanted & rows.keys())
    }


def origin(session: Session, family: Family) -> Page | None:
    """The page that this one came of, by way of a copy."""
    if family.origin_copy is None:
        return None
    query = select(*_of_page(Resource)).join(Copy, Copy.resource_id == Resource.id)
    row = session.execute(query.where(Copy.id == family.origin_copy)).one_or_none()
    return Page(**row._mapping) if row is not None else None


def copiers(
    session: Session, refs: Iterable[str] | None = None
) -> Mapping[int, list[tuple[str, str]]]:
    """Resource id -> type and nation of each council that copied it, of these refs only."""
    query = (
        select(Copy.resource_id, Council.type, Council.nation)
        .join(Council, Council.id == Copy.council_id)
        .where(Copy.has_begun)
        .order_by(Copy.id)
    )
    if refs is not None:
        query = query.join(Resource, Resource.id == Copy.resource_id)
        query = query.where(Resource.ref.in_(list(refs)))
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for resource_id, type_, nation in session.execute(query):
        found[resource_id].append((type_.value, nation.value))
    return found


@cache  # to put the question together costs more than to ask it
def _family() -> Select[*tuple[Any, ...]]:
    """Copies of the page, of what came of them, and the copy that the page came of."""
    page = bindparam("page", type_=Integer)
    own = (Copy.id, Copy.parent_id, Copy.resource_id, Copy.result_id)
    status = type_coerce(Copy.status, String).label("status")
    columns = (*own, status, Copy.has_begun, Copy.hours_spent)
    near = or_(Copy.resource_id == page, Copy.result_id == page)
    family = select(*columns).where(near).cte("family", recursive=True)
    family = family.union(select(*columns).where(Copy.resource_id == family.c.result_id))
    return select(*family.c).order_by(family.c.id)


@cache
def _said() -> Select[*tuple[Any, ...]]:
    result = aliased(Resource)
    return (
        select(Copy.id, Copy.council_id, Copy.status, Copy.started_at, Copy.changes)
        .add_columns(Copy.hidden_at)
        .add_columns(Council.short_name, Council.code, result.standing, *_of_page(result))
        .join(Council, Council.id == Copy.council_id)
        .outerjoin(result, result.id == Copy.result_id)
        .where(Copy.id.in_(bindparam("ids", expanding=True)))
    )


def _of_page(resource: type[Resource]) -> tuple[InstrumentedAttribute[Any], ...]:
    return (resource.ref, resource.kind, resource.slug, resource.title)


def _told(row: Row[Any], parent: str) -> Told:
    """What came of it is shown only while everybody may read it."""
    is_readable = row.ref is not None and row.standing is not Standing.WITHDRAWN
    return Told(
        id=row.id,
        council_id=row.council_id,
        council=row.short_name,
        code=row.code,
        status=row.status,
        since=row.started_at.date(),
        parent=parent,
        changes=row.changes if row.hidden_at is None else [],
        result=Page(ref=row.ref, kind=row.kind, slug=row.slug, title=row.title)
        if is_readable
        else None,
    )
