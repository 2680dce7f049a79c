"""The questions of a tip card and of a full case, as data: pages, parts, fields and hints."""

from kb.library.content import Kind
from kb.submissions.asking import (
    MOST_STEPS,
    Answers,
    Ask,
    Options,
    Page,
    Question,
    is_answered,
    problem,
    problems,
    text,
    texts,
)
from kb.submissions.case import CASE
from kb.submissions.tip import TIP

__all__ = [
    "MOST_STEPS",
    "Answers",
    "Ask",
    "Options",
    "Page",
    "Question",
    "is_answered",
    "page_with",
    "pages",
    "problem",
    "problems",
    "questions",
    "text",
    "texts",
]

PARTS = ("The short version", "The useful part", "So that others can copy it", "Check and send")
FILES = "files"

PAGES: dict[Kind, tuple[Page, ...]] = {Kind.CASE_STUDY: CASE, Kind.TIP_CARD: TIP}


def pages(kind: Kind) -> tuple[Page, ...]:
    """The steps in their order; none for what is not written here."""
    return PAGES.get(kind, ())


def questions(kind: Kind) -> list[Question]:
    return [question for page in pages(kind) for question in page.questions]


def page_with(kind: Kind, question: str) -> str:
    """The name of the step that asks this; "" where none does."""
    return next((p.name for p in pages(kind) if any(q.name == question for q in p.questions)), "")
