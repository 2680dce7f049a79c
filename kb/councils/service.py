"""Look up councils by slug, code, old name and type."""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kb.councils.models import Council, CouncilAlias, CouncilType, Nation, Succession
from kb.errors import NotFound
from kb.names import slugify

MOST_NAMED = 3
LONGEST_NAME = 6  # words
SHORTEST_NAME = 4  # letters; the codes of the register have three


def by_slug(session: Session, slug: str) -> Council:
    """The council at this address or at one that it once had; compare `.slug` to redirect."""
    council = session.scalar(select(Council).where(Council.slug == slug))
    council = council or session.scalar(
        select(Council)
        .join(CouncilAlias, CouncilAlias.council_id == Council.id)
        .where(CouncilAlias.slug == slugify(slug))
    )
    if council is None:
        raise NotFound("There is no council at this address.")
    return council


def by_code(session: Session, code: str) -> Council:
    """The council with this code of the register, such as KIR."""
    council = session.scalar(select(Council).where(Council.code == code))
    if council is None:
        raise NotFound(f"No council has the code {code}.")
    return council


def everyone(
    session: Session,
    *,
    nation: Nation | None = None,
    type: CouncilType | None = None,
    text: str = "",
) -> list[Council]:
    """Councils by name; narrowed by nation, by type, by a part of a name or a code."""
    query = select(Council)
    if nation is not None:
        query = query.where(Council.nation == nation)
    if type is not None:
        query = query.where(Council.type == type)
    wanted = slugify(text) if text.strip() else ""
    if wanted:
        has_alias = select(CouncilAlias.id).where(
            CouncilAlias.council_id == Council.id,
            CouncilAlias.slug.contains(wanted, autoescape=True),
        )
        query = query.where(
            or_(Council.slug.contains(wanted, autoescape=True), has_alias.exists())
        )
    return list(session.scalars(query.order_by(Council.short_name)))


def named_in(session: Session, text: str) -> list[Council]:
    """Councils whose short or Welsh name stands in the text as whole words; at most three."""
    words = slugify(text).split("-")
    runs = {
        "-".join(words[start:end])
        for start in range(len(words))
        for end in range(start + 1, min(len(words), start + LONGEST_NAME) + 1)
    }
    runs = {run for run in runs if len(run) >= SHORTEST_NAME}
    known_by = select(CouncilAlias.council_id).where(CouncilAlias.slug.in_(runs))
    found = (
        select(Council)
        .where(or_(Council.slug.in_(runs), Council.id.in_(known_by)))
        .order_by(func.length(Council.slug).desc(), Council.slug)
        .limit(MOST_NAMED)
    )
    return list(session.scalars(found))


def successors(session: Session, council: Council) -> list[Council]:
    query = select(Council).join(Succession, Succession.successor_id == Council.id)
    return list(session.scalars(query.where(Succession.predecessor_id == council.id)))


def predecessors(session: Session, council: Council) -> list[Council]:
    query = select(Council).join(Succession, Succession.predecessor_id == Council.id)
    return list(session.scalars(query.where(Succession.successor_id == council.id)))
