"""What other features add to the page of a resource: its copies, questions, files and notes."""

from collections.abc import Mapping

from kb.db.database import Session
from kb.library import lessons
from kb.library.models import Resource
from kb.web import asking, copied, files


def of(session: Session, resource: Resource) -> Mapping[str, object]:
    """Everything that the partial templates `<feature>/_on_page.html` want to know.

    The page is kept for everyone alike until something changes, so nothing here may depend
    on who asks; a partial asks `person()` for that.
    """
    return {
        "lesson": lessons.for_peers(session, resource),
        "copies": copied.on_page(session, resource),
        "files": files.on_page(session, resource),
        "questions": asking.on_page(session, resource),
        "upkeep": resource,
    }
