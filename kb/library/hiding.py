"""Words of older versions of a page that nobody is to read in its history any more."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.db.database import flush
from kb.library.models import Resource, Revision

NEVER = frozenset({"ref", "kind"})  # what a version is about
# That these words were hidden would say whose they are where they are told without a name.
SILENT = frozenset({"went_wrong"})


def hide(session: Session, resource: Resource, fields: Collection[str], *, before: int) -> None:
    """Take these fields out of every version older than `before`; see Revision.

    What everybody reads now is never touched, nor what was hidden already.
    """
    older = Revision.number < min(before, resource.version)
    query = select(Revision).where(Revision.resource_id == resource.id, older)
    locked = query.order_by(Revision.id).with_for_update()
    for revision in session.scalars(locked.execution_options(populate_existing=True)):
        found = {name: revision.content[name] for name in fields if name in revision.content}
        if wanted := found.keys() - NEVER - revision.hidden.keys():
            words = {name: found[name] for name in wanted}
            kept = {name: value for name, value in revision.content.items() if name not in words}
            revision.content = kept | _in_place_of(words, resource.title)
            revision.hidden = {**revision.hidden, **words}
    flush(session)


def _in_place_of(words: dict[str, object], title: str) -> dict[str, object]:
    """No version is without a title; and who copied six steps still says what became of six."""
    steps = words.get("steps")
    empty = [{"text": ""} for _ in steps] if isinstance(steps, list) else []
    given: dict[str, object] = {"title": title, "steps": empty}
    return {name: value for name, value in given.items() if name in words}
