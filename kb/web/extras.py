"""What other features add to the page of a resource: its copies, questions, files and notes."""

from collections.abc import Mapping

from kb.db.database import Session
from kb.editions import PerEdition
from kb.library import lessons
from kb.library.models import Resource
from kb.web import asking, copied, files

_with_lessons = PerEdition(lessons.resources_with_any)


def of(session: Session, resource: Resource) -> Mapping[str, object]:
    """Everything that the partial templates `<feature>/_on_page.html` want to know.

    The page is kept for everyone alike until something changes, so nothing here may depend
    on who asks; a partial asks `person()` for that.
    """
    return {
        "lesson": _lesson(session, resource),
        "copies": copied.on_page(session, resource),
        "files": files.on_page(session, resource),
        "questions": asking.on_page(session, resource),
        "upkeep": resource,
    }


def _lesson(session: Session, resource: Resource) -> str:
    """Most pages have none, and learn it without asking."""
    is_told = resource.id in _with_lessons(session)
    return lessons.for_peers(session, resource) if is_told else ""
