"""What pages of the library say about who copied them: the tree, the figures, the piles."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import Flask, g, url_for

from kb.copying import figures, lineage
from kb.copying.lineage import Family, Kin, Told
from kb.copying.models import Status
from kb.db.database import Session
from kb.editions import PerEdition
from kb.library.content import Kind
from kb.library.models import Resource
from kb.web.context import db_session
from kb.web.filters import url_of

SHOWN = 12  # of a tree; a page of their own has them all
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


@dataclass(frozen=True, kw_only=True)
class Branch:
    """One council in the tree. `more` is how many that copied it are not shown below it."""

    council_id: int
    council: str
    url: str
    words: str
    changed: str
    result_url: str
    shown: tuple["Branch", ...] = ()
    more: int = 0


@dataclass(frozen=True, kw_only=True)
class Tree:
    """The first of a family, and how many it has; `all_url` is where they all are."""

    shown: tuple[Branch, ...]
    hidden: int
    total: int
    all_url: str


@dataclass(frozen=True)
class _Place:
    """A copy that is shown; `more` is how many below it are not, but for those further down."""

    kin: Kin
    below: tuple["_Place", ...] = ()
    more: int = 0


def on_page(session: Session, resource: Resource) -> Mapping[str, object] | None:
    """What the page of a practice shows of its copies; None for what has no plan to copy."""
    if resource.kind not in COPYABLE:
        return None
    family = lineage.of(session, resource)
    origin = lineage.origin(session, family)
    return {
        "new_url": new_url(resource),
        "figures": figures.of(session, family),
        "tree": tree(session, family),
        "origin": origin,
        "origin_url": f"{_copies_url()}{family.origin_copy}" if origin else "",
    }


def new_url(resource: Resource) -> str:
    """Where a council says that it copies this."""
    if resource.kind is Kind.CASE_STUDY:
        return url_for("copies.new_of_case_study", slug=resource.slug)
    return url_for("copies.new", of=resource.id)


def tree(session: Session, family: Family) -> Tree:
    """The family as it is drawn: the first dozen, and no deeper than a phone is wide."""
    placed: list[Kin] = []
    places = _grown(family.roots, placed, depth=1)
    told = lineage.told(session, placed) if placed else {}
    return Tree(
        shown=tuple(_branch(place, told) for place in places),
        hidden=len(family.nodes) - len(placed),
        total=len(family.nodes),
        all_url=url_for("copies.family", resource_id=family.page) if family.nodes else "",
    )


def listed(session: Session, family: Sequence[Kin]) -> list[Branch]:
    """These copies one after the other, each as it stands in the tree."""
    told = lineage.told(session, family)
    return [_branch(_Place(kin), told) for kin in family]


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


def _grown(family: Sequence[Kin], placed: list[Kin], *, depth: int) -> tuple[_Place, ...]:
    """Siblings with all that hangs from them, for as long as there is room."""
    places: list[_Place] = []
    for kin in family if depth < DEEPEST else _flat(family):
        if len(placed) == SHOWN:
            break
        placed.append(kin)
        below = _grown(kin.children, placed, depth=depth + 1) if depth < DEEPEST else ()
        places.append(_Place(kin, below, _hidden(kin, below, depth)))
    return tuple(places)


def _hidden(kin: Kin, below: Sequence[_Place], depth: int) -> int:
    """How many hang from it and are not shown, nor counted by one that is."""
    if depth == DEEPEST:  # what hangs from it stands beside it
        return 0
    is_flat_below = depth + 1 == DEEPEST
    return kin.size - 1 - (len(below) if is_flat_below else sum(p.kin.size for p in below))


def _flat(family: Sequence[Kin]) -> Iterator[Kin]:
    """These and all below them, in order; copies of copies without end nest no further."""
    waiting = [*reversed(family)]
    while waiting:
        kin = waiting.pop()
        yield kin
        waiting.extend(reversed(kin.children))


def _branch(place: _Place, told: Mapping[int, Told]) -> Branch:
    said = told[place.kin.id]
    words = [f"{said.since:%B %Y}", DOES[said.status]]
    if said.parent:
        words.append(f"Copied {said.parent}’s version")
    return Branch(
        council_id=said.council_id,
        council=said.council,
        url=f"{_copies_url()}{said.id}",
        words=". ".join(words),
        changed=said.changed,
        result_url=url_of(said.result.kind, said.result.slug) if said.result else "",
        shown=tuple(_branch(below, told) for below in place.below),
        more=place.more,
    )


def _copies_url() -> str:
    """`url_for` once a page, and not for each council."""
    if "copies_url" not in g:
        g.copies_url = url_for("copies.show", copy_id=0).removesuffix("0")
    return str(g.copies_url)
