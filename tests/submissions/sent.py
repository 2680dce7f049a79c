"""Drafts that were sent: a tip card with an answer to everything that must have one."""

from sqlalchemy import select

from kb.library.content import Kind
from kb.library.models import Term
from kb.submissions import history
from kb.submissions.models import Draft, State, Verdict
from tests.factories import NOW, make_council, make_term, make_user

TERMS = (
    *(("purpose", "engage"), ("signoff", "none"), ("licence", "ogl-3"), ("setup", "hour")),
    *(("cost", "free"), ("channel", "x")),
)
ANSWERS = {
    "title": "Ask one question at a time",
    "body": "People answer one question. They scroll past five.",
    "watch_out": "Ours was too long at first.",
    "purpose": ["engage"],
    "setup_time": "30 minutes",
    "money": "0",
    "signoff": ["none"],
    "lang": "en",
    "try_this": "Write one question.",
    "licence": "ogl-3",
}


def make_sent(session, owner=None, *, sent_at=NOW, state=State.WAITING, **values):
    """A draft that waits for a reviewer; `answers` are put over the good ones."""
    make_terms(session)
    owner = owner or make_user(session, council=make_council(session))
    answers = ANSWERS | values.pop("answers", {})
    defaults = {
        "kind": Kind.TIP_CARD,
        "owner": owner,
        "council": owner.council,
        "started_at": sent_at,
        "saved_at": sent_at,
        "sent_at": sent_at,
        "flags": [],
    }
    draft = Draft(answers=answers, state=state, **defaults | values)
    session.add(draft)
    session.flush()
    history.record(session, Verdict.SENT, by=owner, draft=draft, now=sent_at)
    return draft


def make_terms(session):
    known = set(session.execute(select(Term.facet, Term.slug)).all())
    for facet, slug in TERMS:
        if (facet, slug) not in known:
            make_term(session, facet, slug)


def make_reviewer(session, council=None):
    return make_user(session, council=council, is_reviewer=True)
