"""Look up resources."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session, lazyload, load_only

from kb.councils.models import Council
from kb.errors import NotFound
from kb.library.content import Kind
from kb.library.models import (
    CaseStudy,
    Resource,
    ResourceCouncil,
    ResourceTerm,
    Standing,
    Term,
    TipCard,
)

# Columns of the table, not of the classes: a class would narrow the answer to its own kind.
_READABLE = [
    Resource.__table__.c[name]
    for name in """title summary body organisation actions results our_reading try_this""".split()
]
_TELLING = {"purpose", "channel", "barrier", "form", "moment"}
_WITHOUT_TERMS = lazyload(Resource.term_links)
_BARE = (_WITHOUT_TERMS, lazyload(Resource.council_links))  # for lists of titles
_LINKED = (
    *(Resource.ref, Resource.kind, Resource.slug, Resource.title, Resource.lang),
    *(Resource.organisation, Resource.years),
)
_LINKS = (load_only(*_LINKED), *_BARE)
_PUBLIC = Resource.standing != Standing.WITHDRAWN


def get(session: Session, resource_id: int) -> Resource:
    resource = session.get(Resource, resource_id)
    if resource is None:
        raise NotFound("There is no such page.")
    return resource


def by_ids(session: Session, resource_ids: Iterable[int]) -> dict[int, Resource]:
    """Id -> the resource, of any standing; ids that are nobody's are left out."""
    query = select(Resource).where(Resource.id.in_(list(resource_ids)))
    return {resource.id: resource for resource in session.scalars(query)}


def by_slug(session: Session, kind: Kind, slug: str) -> Resource:
    found = session.scalar(select(Resource).where(Resource.kind == kind, Resource.slug == slug))
    if found is None:
        raise NotFound(f"There is no {kind.label.lower()} at this address.")
    return found


def by_ref(session: Session, ref: str) -> Resource:
    resource = session.scalar(select(Resource).where(Resource.ref == ref))
    if resource is None:
        raise NotFound(f"There is nothing with the ref {ref}.")
    return resource


def latest(session: Session, *, kind: Kind | None = None, limit: int = 20) -> list[Resource]:
    """What was last published, newest first."""
    query = select(Resource).where(_PUBLIC)
    if kind is not None:
        query = query.where(Resource.kind == kind)
    return list(
        session.scalars(query.order_by(Resource.published_at.desc(), Resource.id).limit(limit))
    )


def latest_practice(session: Session, *, limit: int = 6) -> list[CaseStudy]:
    """Case studies by when they happened, newest first; the undated ones last."""
    query = select(CaseStudy).where(_PUBLIC).options(_WITHOUT_TERMS)
    newest = func.coalesce(CaseStudy.end_year, CaseStudy.start_year, 0).desc()
    return list(session.scalars(query.order_by(newest, CaseStudy.ref).limit(limit)))


def all_of(session: Session, kind: Kind) -> list[Resource]:
    """Every public resource of a kind by title."""
    query = select(Resource).where(_PUBLIC, Resource.kind == kind)
    return list(session.scalars(query.order_by(Resource.title)))


def tip_cards(
    session: Session, *, deck: str = "", barrier: str = "", numbers: Sequence[int] = ()
) -> list[TipCard]:
    """Cards by number; narrowed to a deck, to a barrier they answer, to some numbers."""
    query = select(TipCard).where(_PUBLIC).options(*_BARE)
    for facet, slug in (("deck", deck), ("barrier", barrier)):
        if slug:
            query = query.where(TipCard.term_links.any(_is_term(facet, slug)))
    if numbers:
        query = query.where(TipCard.number.in_(numbers))
    unnumbered_last = func.coalesce(TipCard.number, 100_001)
    return list(session.scalars(query.order_by(unnumbered_last, TipCard.title)))


def of_council(session: Session, council: Council) -> list[Resource]:
    """What one council shared, by when it happened, newest first."""
    query = select(Resource).where(
        _PUBLIC, Resource.council_links.any(ResourceCouncil.council_id == council.id)
    )
    newest = func.coalesce(Resource.end_year, Resource.start_year, 0).desc()
    return list(session.scalars(query.order_by(newest, Resource.title)))


def related(
    session: Session, resource: Resource, *, limit: int = 4, kind: Kind | None = None
) -> list[Resource]:
    """What the resource itself names, then what shares the most terms with it.

    They come with what a link says of them; the rest of each is fetched when asked for.
    """
    alike = _alike(session, resource, limit=limit + len(resource.related), kind=kind)
    query = select(Resource).where(
        _PUBLIC, or_(Resource.ref.in_(resource.related), Resource.id.in_(alike))
    )
    if kind is not None:
        query = query.where(Resource.kind == kind)
    found = session.scalars(query.options(*_LINKS)).all()
    by_ref, by_id = ({getattr(other, key): other for other in found} for key in ("ref", "id"))
    named = [by_ref[ref] for ref in resource.related if ref in by_ref]
    return list(dict.fromkeys([*named, *(by_id[id] for id in alike if id in by_id)]))[:limit]


def addresses(session: Session, *, limit: int = 50_000) -> list[tuple[Kind, str, datetime]]:
    """Kind, slug and date of every public resource, what was last published first."""
    query = select(Resource.kind, Resource.slug, Resource.published_at).where(_PUBLIC)
    newest = query.order_by(Resource.published_at.desc(), Resource.id).limit(limit)
    return [(kind, slug, at) for kind, slug, at in session.execute(newest)]


def refs_with_words(session: Session, words: Sequence[str], *, limit: int = 500) -> list[str]:
    """Refs of what holds every one of these words somewhere in its text."""
    query = select(Resource.ref).where(_PUBLIC)
    for word in words:
        query = query.where(
            or_(*(column.icontains(word, autoescape=True) for column in _READABLE))
        )
    return list(session.scalars(query.order_by(Resource.id).limit(limit)))


def counts(session: Session) -> dict[Kind, int]:
    """How many public resources there are of each kind."""
    query = select(Resource.kind, func.count()).where(_PUBLIC).group_by(Resource.kind)
    return dict.fromkeys(Kind, 0) | dict(session.execute(query).all())


def counts_by_council(session: Session) -> dict[int, int]:
    """Council id -> how many public resources it has; councils without any are left out."""
    query = (
        select(ResourceCouncil.council_id, func.count())
        .join(Resource, Resource.id == ResourceCouncil.resource_id)
        .where(_PUBLIC)
        .group_by(ResourceCouncil.council_id)
    )
    return dict(session.execute(query).all())


def counts_by_term(session: Session, facet: str) -> dict[str, int]:
    """Term id -> how many public resources have it; terms without any are left out."""
    query = (
        select(Term.slug, func.count())
        .join(ResourceTerm, ResourceTerm.term_id == Term.id)
        .join(Resource, Resource.id == ResourceTerm.resource_id)
        .where(_PUBLIC, Term.facet == facet)
        .group_by(Term.slug)
    )
    return dict(session.execute(query).all())


def of_councils_like(session: Session, council: Council, *, limit: int = 4) -> list[CaseStudy]:
    """Practice of other councils of its nation, newest first; those of its own type lead."""
    query = (
        select(CaseStudy)
        .join(ResourceCouncil, ResourceCouncil.resource_id == CaseStudy.id)
        .join(Council, Council.id == ResourceCouncil.council_id)
        .where(_PUBLIC, Council.nation == council.nation, Council.id != council.id)
        .group_by(CaseStudy.id)
        .order_by(
            func.max(case((Council.type == council.type, 1), else_=0)).desc(),
            func.max(func.coalesce(Resource.end_year, Resource.start_year, 0)).desc(),
            CaseStudy.id,
        )
        .limit(limit)
    )
    return list(session.scalars(query))


def titled(session: Session, titles: Sequence[str]) -> dict[str, tuple[Kind, str]]:
    """Title -> kind and slug of what is public under it; of several the first published."""
    query = select(Resource.title, Resource.kind, Resource.slug).where(
        _PUBLIC, Resource.title.in_(titles)
    )
    found = session.execute(query.order_by(Resource.id.desc()))
    return {title: (kind, slug) for title, kind, slug in found}


def _alike(session: Session, resource: Resource, *, limit: int, kind: Kind | None) -> list[int]:
    """Ids alone: to sort whole rows by what they share takes four times as long."""
    own = [link.term_id for link in resource.term_links if link.term.facet in _TELLING]
    query = (
        select(ResourceTerm.resource_id)
        .join(Resource, Resource.id == ResourceTerm.resource_id)
        .where(_PUBLIC, ResourceTerm.term_id.in_(own), Resource.id != resource.id)
        .group_by(ResourceTerm.resource_id)
        .order_by(func.count().desc(), ResourceTerm.resource_id)
        .limit(limit)
    )
    if kind is not None:
        query = query.where(Resource.kind == kind)
    return list(session.scalars(query))


def _is_term(facet: str, slug: str) -> ColumnElement[bool]:
    return ResourceTerm.term.has((Term.facet == facet) & (Term.slug == slug))
