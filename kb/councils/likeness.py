"""How like two councils are, said in words: type, region, nation, and being neighbours.

Likeness brings practice nearer to whoever looks for it. It says nothing about how good a
council is, so the number that orders by it is never shown.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.councils.models import Council

LONDON = "GLA"  # stands in the register where combined authorities do, and is none


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """`nearness` orders what is shown; 0 where the councils have nothing in common."""

    reasons: tuple[str, ...] = ()
    nearness: int = 0
    is_neighbour: bool = False

    @property
    def words(self) -> str:
        return ", ".join(self.reasons)


@dataclass(frozen=True, kw_only=True)
class Group:
    """Councils that are like another in the same way, by name, each with its reasons."""

    label: str
    members: tuple[tuple[Council, str], ...]


def between(mine: Council, other: Council) -> Likeness:
    """What the two have in common; a council is never like itself, only the same."""
    if mine.code == other.code:
        return Likeness(reasons=("your own council",))
    neighbours = _neighbours(mine, other)
    found = [
        (3, "same type", mine.type is other.type),
        (2, "same region", _shares_region(mine, other)),
        (1, "same nation", mine.nation is other.nation and not _shares_region(mine, other)),
        (2, neighbours, bool(neighbours)),
    ]
    return Likeness(
        reasons=tuple(reason for _, reason, holds in found if holds),
        nearness=sum(weight for weight, _, holds in found if holds),
        is_neighbour=bool(neighbours),
    )


def groups(session: Session, council: Council, *, today: date) -> list[Group]:
    """Today's councils like this one: neighbours first, then by type and region, then by type.

    Each council stands in one group only; groups without any are left out.
    """
    query = select(Council).where(Council.nation == council.nation, Council.id != council.id)
    others = session.scalars(query.order_by(Council.short_name))
    found: dict[str, list[tuple[Council, str]]] = {
        "Neighbours": [],
        "Same type, same region": [],
        "Same type, same nation": [],
    }
    for other in others:
        likeness = between(council, other)
        label = _group_of(likeness)
        if label and other.is_current(today):
            found[label].append((other, likeness.words))
    return [
        Group(label=label, members=tuple(members)) for label, members in found.items() if members
    ]


def _group_of(likeness: Likeness) -> str:
    if likeness.is_neighbour:
        return "Neighbours"
    if "same type" not in likeness.reasons:
        return ""
    return f"Same type, {'same region' if 'same region' in likeness.reasons else 'same nation'}"


def _shares_region(mine: Council, other: Council) -> bool:
    """Outside England the register repeats the nation, which says nothing more."""
    return mine.region == other.region != "" and mine.region != mine.nation


def _neighbours(mine: Council, other: Council) -> str:
    """How the register says that they are neighbours, "" where it does not."""
    counties = {mine.county_code or mine.code, other.county_code or other.code}
    if len(counties) == 1:
        return "same county"
    if mine.combined_authority == other.combined_authority not in {"", LONDON}:
        return "same combined authority"
    return ""
