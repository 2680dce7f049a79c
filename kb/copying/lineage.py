"""The family of a practice: who copied it, whose copy they copied, and what came of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Integer, Row, Select, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from kb.copying.models import Choice, Copy, Status
from kb.councils.models import Council
from kb.library.content import Kind
from kb.library.models import Resource, Standing

LONGEST_CHANGE = 120


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of the library that a tree links to."""

    ref: str
    kind: Kind
    slug: str
    title: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Node:
    """One council's copy. `result` is the case study that came of it, while it is public.

    `is_own` says that the practice itself was copied, and not a case study that came of it.
    """

    id: int
    council_id: int
    council: str
    code: str
    status: Status
    since: date
    parent: "Node | None"
    is_own: bool
    changes: list[dict[str, str]]
    hours: int | None
    result: Page | None
    children: list["Node"] = field(default_factory=list)

    @property
    def changed(self) -> str:
        """The first thing that they do differently, in a few words."""
        texts = [c for c in self.changes if c["choice"] == Choice.CHANGE and c["text"]]
        texts.sort(key=lambda change: bool(change["step"]))
        text = texts[0]["text"] if texts else ""
        return text if len(text) <= LONGEST_CHANGE else f"{text[: LONGEST_CHANGE - 1].rstrip()}…"


@dataclass(frozen=True, kw_only=True)
class Family:
    """`nodes` are all copies, `roots` those of the page itself.

    `origin` is the page that this one came of by way of a copy, which has `origin_copy`.
    """

    nodes: tuple[Node, ...]
    roots: tuple[Node, ...]
    origin: Page | None = None
    origin_copy: int | None = None

    @property
    def own(self) -> tuple[Node, ...]:
        """The copies of this practice, without those of case studies that came of it."""
        return tuple(node for node in self.nodes if node.is_own)


def of(session: Session, resource: Resource) -> Family:
    """The whole family in one query, the oldest first."""
    rows = session.execute(_family(), {"page": resource.id}).all()
    origins = [row for row in rows if row.result_id == resource.id]
    came_of = {row.result_id: row.id for row in rows if row.result_id}
    nodes: dict[int, Node] = {}
    for row in rows:
        if row.result_id == resource.id:
            continue
        parent = nodes.get(row.parent_id or came_of.get(row.resource_id) or 0)
        nodes[row.id] = _node(row, parent, is_own=row.resource_id == resource.id)
    origin = next(iter(origins), None)
    return Family(
        nodes=tuple(nodes.values()),
        roots=tuple(node for node in nodes.values() if node.parent is None),
        origin=_page(origin, "source") if origin else None,
        origin_copy=origin.id if origin else None,
    )


def copiers(
    session: Session, refs: Iterable[str] | None = None
) -> Mapping[int, list[tuple[str, str]]]:
    """Resource id -> type and nation of each council that copied it, of these refs only."""
    query = (
        select(Copy.resource_id, Council.type, Council.nation)
        .join(Council, Council.id == Copy.council_id)
        .where(Copy.status != Status.PLANNED)
        .order_by(Copy.id)
    )
    if refs is not None:
        query = query.join(Resource, Resource.id == Copy.resource_id)
        query = query.where(Resource.ref.in_(list(refs)))
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for resource_id, type_, nation in session.execute(query):
        found[resource_id].append((type_.value, nation.value))
    return found


def _node(row: Row[Any], parent: Node | None, *, is_own: bool) -> Node:
    """Hung from its parent; what came of it is shown only while everybody may read it."""
    is_readable = row.result_id and row.result_standing is not Standing.WITHDRAWN
    node = Node(
        id=row.id,
        council_id=row.council_id,
        council=row.short_name,
        code=row.code,
        status=row.status,
        since=row.started_at.date(),
        parent=parent,
        is_own=is_own,
        changes=row.changes,
        hours=row.hours_spent,
        result=_page(row, "result") if is_readable else None,
    )
    if parent is not None:
        parent.children.append(node)
    return node


def _page(row: Row[Any], prefix: str) -> Page:
    return Page(
        **{name: getattr(row, f"{prefix}_{name}") for name in ("ref", "kind", "slug", "title")}
    )


@cache  # to put the question together costs more than to ask it
def _family() -> Select[*tuple[Any, ...]]:
    """Copies of the page, of what came of them, and the copy that the page came of."""
    page = bindparam("page", type_=Integer)
    near = or_(Copy.resource_id == page, Copy.result_id == page)
    family = select(Copy.id, Copy.result_id).where(near).cte("family", recursive=True)
    further = select(Copy.id, Copy.result_id).where(Copy.resource_id == family.c.result_id)
    family = family.union(further)
    source, result = aliased(Resource), aliased(Resource)
    pages = [
        getattr(linked, name).label(f"{prefix}_{name}")
        for prefix, linked in (("source", source), ("result", result))
        for name in ("ref", "kind", "slug", "title", "standing")
    ]
    own = (Copy.id, Copy.parent_id, Copy.resource_id, Copy.result_id, Copy.council_id)
    said = (Copy.status, Copy.started_at, Copy.changes, Copy.hours_spent)
    return (
        select(*own, *said, Council.short_name, Council.code, *pages)
        .where(Copy.id.in_(select(family.c.id)))
        .join(Council, Council.id == Copy.council_id)
        .join(source, source.id == Copy.resource_id)
        .outerjoin(result, result.id == Copy.result_id)
        .order_by(Copy.id)
    )
