"""What pages of the library say about who copied them: the tree, the figures, the piles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import Flask, g, url_for

from kb.copying import figures, lineage
from kb.copying.lineage import Family, Node
from kb.copying.models import Status
from kb.db.database import Session
from kb.editions import PerEdition
from kb.library.content import Kind
from kb.library.models import Resource
from kb.web.context import db_session
from kb.web.filters import url_of

SHOWN = 12  # of a tree; the rest is folded away
DEEPEST = 4  # so that a chain of copies still fits on a phone
COPYABLE = {Kind.CASE_STUDY, Kind.TIP_CARD}
DOES = {
    Status.PLANNED: "Plans to do it",
    Status.TRYING: "Trying it",
    Status.DOING: "Doing it",
    Status.STOPPED: "Stopped",
}
COUNTED = {Status.DOING: "doing it", Status.TRYING: "trying it", Status.STOPPED: "stopped"}
NOBODY = "Not copied yet"
_PILES = ((6, 3), (3, 2), (1, 1))

_counts = PerEdition(figures.counts)


@dataclass(frozen=True, kw_only=True, eq=False)
class Branch:
    """One council in the tree. `folded` are those of its copiers that are not shown at once."""

    council_id: int
    council: str
    url: str
    words: str
    changed: str
    result_url: str
    shown: list["Branch"] = field(default_factory=list)
    folded: list["Branch"] = field(default_factory=list)

    @property
    def size(self) -> int:
        return 1 + sum(each.size for each in (*self.shown, *self.folded))


@dataclass(frozen=True, kw_only=True, eq=False)
class Tree:
    shown: list[Branch]
    folded: list[Branch]

    @property
    def hidden(self) -> int:
        return sum(branch.size for branch in self.folded)


def on_page(session: Session, resource: Resource) -> Mapping[str, object] | None:
    """What the page of a practice shows of its copies; None for what has no plan to copy."""
    if resource.kind not in COPYABLE:
        return None
    family = lineage.of(session, resource)
    return {
        "new_url": new_url(resource),
        "figures": figures.of(family.own),
        "tree": tree(family),
        "origin": family.origin,
        "origin_url": f"{_copies_url()}{family.origin_copy}" if family.origin else "",
    }


def new_url(resource: Resource) -> str:
    """Where a council says that it copies this."""
    if resource.kind is Kind.CASE_STUDY:
        return url_for("copies.new_of_case_study", slug=resource.slug)
    return url_for("copies.new", of=resource.id)


def tree(family: Family) -> Tree:
    """The family as it is drawn: a dozen at once, and no deeper than a phone is wide."""
    room = [SHOWN]
    shown, folded = _grown(family.roots, room, depth=1)
    return Tree(shown=shown, folded=folded)


def by_councils(number: int) -> str:
    """Copied by 7 councils."""
    return f"Copied by {number:,} council{'' if number == 1 else 's'}" if number else NOBODY


def pile(number: int) -> int:
    """How many edges show behind a card."""
    return next((edges for least, edges in _PILES if number >= least), 0)


def copied(resource_id: int) -> int:
    """How many councils copied a resource; asked of the database once a page at most."""
    if "copied" not in g:
        g.copied = _counts(db_session())
    return int(g.copied.get(resource_id, 0))


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(copied=copied, pile=pile, by_councils=by_councils)
    app.jinja_env.globals.update(DOES=DOES, COUNTED=COUNTED)


def _grown(
    nodes: Sequence[Node], room: list[int], *, depth: int
) -> tuple[list[Branch], list[Branch]]:
    """Siblings with all that hangs from them: those for which there is room, and the rest."""
    shown: list[Branch] = []
    folded: list[Branch] = []
    for node in nodes if depth < DEEPEST else _flat(nodes):
        is_shown = room[0] > 0
        room[0] -= 1
        branch = _branch(node)
        if depth < DEEPEST:
            below = _grown(node.children, room, depth=depth + 1)
            branch.shown.extend(below[0])
            branch.folded.extend(below[1])
        if is_shown:
            shown.append(branch)
        else:
            folded.append(_unfolded(branch))
    return shown, folded


def _unfolded(branch: Branch) -> Branch:
    """What is folded away as a whole need not be folded again inside."""
    branch.shown.extend(branch.folded)
    branch.folded.clear()
    return branch


def _flat(nodes: Sequence[Node]) -> list[Node]:
    """These and all below them, in order; copies of copies without end nest no further."""
    found: list[Node] = []
    waiting = [*reversed(nodes)]
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting.extend(reversed(node.children))
    return found


def _branch(node: Node) -> Branch:
    result = node.result
    said = [f"{node.since:%B %Y}", DOES[node.status]]
    if node.parent is not None:
        said.append(f"Copied {node.parent.council}’s version")
    return Branch(
        council_id=node.council_id,
        council=node.council,
        url=f"{_copies_url()}{node.id}",
        words=". ".join(said),
        changed=node.changed,
        result_url=url_of(result.kind, result.slug) if result else "",
    )


def _copies_url() -> str:
    """`url_for` once a page, and not for each of 200 councils."""
    if "copies_url" not in g:
        g.copies_url = url_for("copies.show", copy_id=0).removesuffix("0")
    return str(g.copies_url)
