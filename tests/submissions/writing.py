"""What somebody would answer, and drafts made of it."""

from kb.config import ROOT
from kb.library import vocabulary
from kb.library.content import Kind
from kb.submissions import drafts
from tests.factories import NOW, make_council, make_user

CASE = {
    "title": "Asked residents for topics on a postcard",
    "summary": "Postcards at the library brought 40 topics for the work programme.",
    "lang": "en",
    "form": ["work-programming"],
    "organisation": "",
    "years": "March to June 2025",
    "status": "doing",
    "purpose": ["topic-choose"],
    "reasons": "Nobody suggested topics.",
    "barrier": ["low-audience"],
    "steps": ["Print a postcard", "Leave it at the library", "Collect it each Friday"],
    "channel": ["paper"],
    "actions": "",
    "setup_time": "3 hours",
    "weekly_time": "15 minutes",
    "replaces": "The online form that nobody used",
    "money": "40",
    "money_for": "printing",
    "signoff": ["none"],
    "results": "40 people sent one.",
    "evidence": "2",
    "went_wrong": "The first box had no lock.",
    "visibility": "public",
    "differently": "",
    "next_step": "Ask the library for a table.",
    "source_url": "https://example.org/postcards",
    "source_title": "Postcards",
    "source_publisher": "A blog",
    "credit": "",
    "licence": "ogl-3",
}
TIP = {
    "title": "Ask one question at a time",
    "body": "People answer the first question. Post the second one a week later.",
    "watch_out": "The second post came too late.",
    "purpose": ["evid-call"],
    "setup_time": "45 minutes",
    "replaces": "",
    "money": "0",
    "signoff": ["comms"],
    "lang": "en",
    "try_this": "Write down the one question.",
    "credit": "",
    "licence": "ogl-3",
}
BASE_URL = "https://swap.example.org"


def know_terms(session):
    vocabulary.store(session, vocabulary.read(ROOT / "seed_data" / "vocabularies"))


def make_draft(session, owner=None, *, kind=Kind.CASE_STUDY, answers=None, **values):
    """A draft with everything answered, by somebody who writes for a council."""
    whole = CASE if kind is Kind.CASE_STUDY else TIP
    owner = owner or make_user(session, make_council(session))
    return drafts.start(
        session, by=owner, kind=kind, now=NOW, answers=whole | (answers or {}), **values
    )


def send(session, draft, **values):
    given = {"by": draft.owner, "flags": (), "now": NOW, "base_url": BASE_URL}
    drafts.send(session, draft, **given | values)
