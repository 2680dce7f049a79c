"""What stops people, and the practice that got round it."""

import re
from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from kb.errors import NotFound
from kb.library.content import Kind
from kb.library.models import CaseStudy, Resource, ResourceTerm, Standing, Term

FACET = "barrier"
MOST_RELATED = 5
MOST_HEIRS = 10  # of a term that was merged into one that was merged
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_PUBLIC = Resource.standing != Standing.WITHDRAWN


def by_slug(session: Session, slug: str) -> Term:
    """The barrier with this id or, where it was merged, its heir; compare `.slug`."""
    is_slug = _SLUG.fullmatch(slug)
    named = select(Term).where(Term.facet == FACET, Term.slug == slug)
    term = session.scalar(named) if is_slug else None
    for _ in range(MOST_HEIRS):
        if term is None or term.replaced_by_id is None:
            break
        term = session.get(Term, term.replaced_by_id)
    if term is None:
        raise NotFound("We know no barrier by this name.")
    return term


def counts(session: Session) -> Mapping[str, Mapping[Kind, int]]:
    """Term id -> how many public resources of each kind get round it."""
    query = (
        select(Term.slug, Resource.kind, func.count())
        .join(ResourceTerm, ResourceTerm.term_id == Term.id)
        .join(Resource, Resource.id == ResourceTerm.resource_id)
        .where(_PUBLIC, Term.facet == FACET)
        .group_by(Term.slug, Resource.kind)
    )
    found: dict[str, dict[Kind, int]] = defaultdict(dict)
    for slug, kind, number in session.execute(query):
        found[slug][kind] = number
    return found


def practice(session: Session, term: Term, *, limit: int) -> list[CaseStudy]:
    """Case studies that got round it, the newest first."""
    newest = func.coalesce(CaseStudy.end_year, CaseStudy.start_year, 0).desc()
    query = (
        select(CaseStudy)
        .join(ResourceTerm, ResourceTerm.resource_id == CaseStudy.id)
        .where(_PUBLIC, ResourceTerm.term_id == term.id)
        .order_by(newest, CaseStudy.ref)
        .limit(limit)
    )
    return list(session.scalars(query))


def related(session: Session, term: Term) -> list[Term]:
    """Barriers that stand together with this one on some page, in the vocabulary's order."""
    theirs, ours = aliased(ResourceTerm), aliased(ResourceTerm)
    together = (
        select(theirs.term_id, func.count().label("pages"))
        .join(ours, ours.resource_id == theirs.resource_id)
        .join(Resource, Resource.id == theirs.resource_id)
        .join(Term, Term.id == theirs.term_id)
        .where(_PUBLIC, ours.term_id == term.id, theirs.term_id != term.id)
        .where(Term.facet == FACET, Term.replaced_by_id.is_(None))
        .group_by(theirs.term_id)
        .order_by(func.count().desc(), theirs.term_id)
        .limit(MOST_RELATED)
        .subquery()
    )
    query = select(Term).join(together, together.c.term_id == Term.id)
    return list(session.scalars(query.order_by(Term.position)))
