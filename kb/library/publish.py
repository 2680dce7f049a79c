"""Publish resources; every publication leaves a revision that can be restored."""

import hashlib
import json
import zlib
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.councils.models import Council
from kb.db.database import flush
from kb.errors import Invalid, NotFound
from kb.files.models import StoredFile
from kb.library.content import Content, check
from kb.library.facets import FACET_LABELS, FACET_NAMES
from kb.library.models import (
    MODELS,
    Resource,
    ResourceCouncil,
    ResourceFile,
    ResourceTerm,
    Revision,
    Standing,
    Term,
)
from kb.names import slugify

_LINKED = {"councils", "kind", *FACET_NAMES}


class Outcome(StrEnum):
    """What publishing did."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "the same"


def publish(
    session: Session, content: Content, *, author: str, now: datetime, note: str = ""
) -> Resource:
    """Make this content what everyone reads under its ref, and keep it as a revision.

    Content that is already what everyone reads changes nothing. Raises Invalid
    for a council or term that does not exist, or another kind under the same ref.
    """
    return publish_many(session, [content], author=author, now=now, note=note)[0]


def publish_many(
    session: Session, contents: Iterable[Content], *, author: str, now: datetime, note: str = ""
) -> list[Resource]:
    """Publish each of these, with one look-up for all of them; see `publish`."""
    contents = list(contents)
    batch = _Batch(session, contents)
    published = [batch.publish(content, author=author, now=now, note=note) for content in contents]
    flush(session)
    batch.keep_revisions()
    flush(session)
    return published


def publish_each(
    session: Session, contents: Iterable[Content], *, author: str, now: datetime, note: str = ""
) -> list[Outcome | Invalid]:
    """Publish those that can be, each ref once; say of each, in order, what became of it.

    What is already what everyone reads costs no more than a look at its hash.
    """
    contents = list(contents)
    same = _unchanged(session, contents)
    batch = _Batch(session, [content for content in contents if content.ref not in same])
    outcomes = [
        Outcome.SAME
        if content.ref in same
        else batch.attempt(content, author=author, now=now, note=note)
        for content in contents
    ]
    flush(session)
    batch.keep_revisions()
    flush(session)
    return outcomes


def content_of(resource: Resource) -> Content:
    """What the resource says, as it was published."""
    kept = {name: getattr(resource, name) for name in _own_fields(resource)}
    terms = {facet: tuple(t.slug for t in resource.terms(facet)) for facet in FACET_NAMES}
    codes = tuple(council.code for council in resource.councils)
    return check({"kind": resource.kind, "councils": codes, **terms, **kept})


def hash_of(content: Content) -> str:
    """The same for the same content, whatever the order of its fields."""
    text = json.dumps(content.to_json(), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def restore(
    session: Session,
    resource: Resource,
    number: int,
    *,
    author: str,
    now: datetime,
    reason: str = "",
) -> Resource:
    """Publish an earlier revision again, as a new one; its note says so, and why if known.

    What is hidden in that revision stays as it is on the page today.
    """
    revision = session.scalar(
        select(Revision).where(Revision.resource_id == resource.id, Revision.number == number)
    )
    if revision is None:
        raise NotFound(f"“{resource.title}” has no version {number}.")
    note = f"Version {number} restored." + (f" {reason}" if reason else "")
    today = content_of(resource).model_dump(mode="json")
    values = {**revision.content, **{name: today[name] for name in revision.hidden}}
    return publish(session, check(values), author=author, now=now, note=note)


def set_standing(
    session: Session, resource: Resource, standing: Standing, *, note: str = ""
) -> None:
    """Withdraw a resource, call it historical, or make it live again."""
    resource.standing = standing
    resource.standing_note = note
    flush(session)


def _unchanged(session: Session, contents: list[Content]) -> set[str]:
    """The refs of those that everyone can read already, word for word."""
    refs = {content.ref for content in contents}
    kept = select(Resource.ref, Resource.content_hash).where(Resource.ref.in_(refs))
    hashes = dict(session.execute(kept).all())
    return {content.ref for content in contents if hashes.get(content.ref) == hash_of(content)}


class _Batch:
    """Everything that publishing a list of contents needs to know from the database."""

    def __init__(self, session: Session, contents: list[Content]) -> None:
        self._session = session
        self._known = self._existing({content.ref for content in contents})
        self._terms = {(term.facet, term.slug): term for term in session.scalars(select(Term))}
        self._councils = self._named({code for content in contents for code in content.councils})
        self._files = self._kept({a.digest for content in contents for a in content.attachments})
        self._slugs = self._taken({slugify(content.title) for content in contents})
        self._revisions: list[tuple[Resource, Revision]] = []

    def publish(self, content: Content, *, author: str, now: datetime, note: str) -> Resource:
        digest = hash_of(content)
        resource = self._known.get(content.ref)
        if resource is not None and resource.content_hash == digest:
            return resource
        self._check(content, resource)
        if resource is None:
            resource = self._new(content, now)
        resource.version += 1
        resource.published_at = now
        resource.content_hash = digest
        self._fill(resource, content)
        revision = Revision(
            number=resource.version,
            published_at=now,
            author=author,
            note=note,
            content=content.to_json(),
        )
        self._revisions.append((resource, revision))
        return resource

    def attempt(
        self, content: Content, *, author: str, now: datetime, note: str
    ) -> Outcome | Invalid:
        outcome = Outcome.CHANGED if content.ref in self._known else Outcome.NEW
        try:
            self.publish(content, author=author, now=now, note=note)
        except Invalid as problem:
            return problem
        return outcome

    def keep_revisions(self) -> None:
        for resource, revision in self._revisions:
            revision.resource_id = resource.id
            self._session.add(revision)

    def _existing(self, refs: set[str]) -> dict[str, Resource]:
        found = self._session.scalars(select(Resource).where(Resource.ref.in_(refs)))
        return {resource.ref: resource for resource in found}

    def _named(self, codes: set[str]) -> dict[str, Council]:
        codes = {code for code in codes if code.isprintable()}  # PostgreSQL takes no NUL
        found = self._session.scalars(select(Council).where(Council.code.in_(codes)))
        return {council.code: council for council in found}

    def _kept(self, digests: set[str]) -> dict[str, int]:
        """Digest -> id of the files that we have."""
        if not digests:
            return {}
        query = select(StoredFile.digest, StoredFile.id).where(StoredFile.digest.in_(digests))
        return dict(self._session.execute(query).all())

    def _taken(self, slugs: set[str]) -> set[str]:
        return set(self._session.scalars(select(Resource.slug).where(Resource.slug.in_(slugs))))

    def _check(self, content: Content, resource: Resource | None) -> None:
        problems = {
            facet: f"“{slug}” is not a term of {FACET_LABELS[facet].lower()}."
            for facet in FACET_NAMES
            for slug in getattr(content, facet)
            if (facet, slug) not in self._terms
        }
        for code in content.councils:
            if code not in self._councils:
                problems["councils"] = f"“{code}” is not the code of a council in the register."
        for attachment in content.attachments:
            if attachment.digest not in self._files:
                problems["attachments"] = f"The file “{attachment.name}” is not kept here."
        if resource is not None and resource.kind != content.kind:
            problems["kind"] = f"{content.ref} is already a {resource.kind.label.lower()}."
        if problems:
            raise Invalid(problems)

    def _new(self, content: Content, now: datetime) -> Resource:
        model = MODELS[content.kind]
        slug = self._free_slug(content)
        resource = model(
            ref=content.ref, slug=slug, version=0, first_published_at=now, standing=Standing.LIVE
        )
        self._known[content.ref] = resource
        self._session.add(resource)
        return resource

    def _free_slug(self, content: Content) -> str:
        slug = slugify(content.title)
        if slug in self._slugs:
            slug = f"{slug}-{zlib.crc32(content.ref.encode()):08x}"
        self._slugs.add(slug)
        return slug

    def _fill(self, resource: Resource, content: Content) -> None:
        if resource.attachments or content.attachments:
            self._offer(resource, {self._files[a.digest] for a in content.attachments})
        for name in _own_fields(resource):
            value = getattr(content, name)
            setattr(resource, name, list(value) if isinstance(value, tuple) else value)
        terms = [self._terms[f, slug].id for f in FACET_NAMES for slug in getattr(content, f)]
        councils = [self._councils[code].id for code in content.councils]
        linked_terms = {link.term_id: link for link in resource.term_links}
        linked_councils = {link.council_id: link for link in resource.council_links}
        resource.term_links = [
            linked_terms.get(i) or ResourceTerm(term_id=i) for i in dict.fromkeys(terms)
        ]
        resource.council_links = [
            linked_councils.get(i) or ResourceCouncil(council_id=i)
            for i in dict.fromkeys(councils)
        ]
        for position, term_link in enumerate(resource.term_links):
            term_link.position = position
        for position, council_link in enumerate(resource.council_links):
            council_link.position = position

    def _offer(self, resource: Resource, files: set[int]) -> None:
        """Everybody may have what a public page offers, and nothing that it no longer does."""
        with self._session.no_autoflush:
            linked = {link.file_id: link for link in resource.file_links}
        resource.file_links = [linked.get(i) or ResourceFile(file_id=i) for i in sorted(files)]


def _own_fields(resource: Resource) -> list[str]:
    """The content fields that are columns of this kind's own."""
    columns = type(resource).__mapper__.column_attrs.keys()
    return [name for name in Content.model_fields if name in columns and name not in _LINKED]
