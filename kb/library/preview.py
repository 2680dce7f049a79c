"""A page as it would be, made of content that nobody has published."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.councils.models import Council
from kb.library.content import Content
from kb.library.facets import FACET_NAMES
from kb.library.models import (
    MODELS,
    Resource,
    ResourceCouncil,
    ResourceTerm,
    Standing,
    Term,
)
from kb.names import slugify


def page_of(
    session: Session, content: Content, *, now: datetime, like: Resource | None
) -> Resource:
    """What the templates of published pages can show. It is in no session, and stays out.

    `like` is the published page that this content would change.
    """
    model = MODELS[content.kind]
    columns = {*model.__mapper__.column_attrs.keys()}
    own = {
        name: list(value) if isinstance(value, tuple) else value
        for name in type(content).model_fields
        if name in columns and name != "kind"
        for value in [getattr(content, name)]
    }
    page = model(
        **own,
        id=like.id if like else 0,
        slug=like.slug if like else slugify(content.title),
        version=(like.version if like else 0) + 1,
        standing=Standing.LIVE,
        standing_note="",
        first_published_at=now,
        published_at=now,
        kind=content.kind,
    )
    page.term_links = [ResourceTerm(term=term) for term in _terms(session, content)]
    page.council_links = [ResourceCouncil(council=c) for c in _councils(session, content)]
    return page


def _terms(session: Session, content: Content) -> list[Term]:
    wanted = [(facet, slug) for facet in FACET_NAMES for slug in getattr(content, facet)]
    slugs = {slug for _, slug in wanted}
    found = session.scalars(select(Term).where(Term.slug.in_(slugs)))
    known = {(term.facet, term.slug): term for term in found}
    return [known[pair] for pair in wanted if pair in known]


def _councils(session: Session, content: Content) -> list[Council]:
    found = session.scalars(select(Council).where(Council.code.in_(content.councils)))
    known = {council.code: council for council in found}
    return [known[code] for code in content.councils if code in known]
