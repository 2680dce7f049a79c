"""Documents for tests of search; a test states only what it is about."""

from kb.search.engine import Document, Query

SYNONYMS = (
    ("overview and scrutiny", "O&S", "OSC", "select committee"),
    ("task and finish", "T&F", "inquiry"),
    ("ModernGov", "mod.gov"),
    ("pre-decision", "pre-dec"),
    ("call-in", "call in", "called in"),
    ("Twitter", "X", "tweet"),
)


def make(key, title="", body="", **values):
    return Document(**{"key": key, "kind": "case-study", "title": title, "body": body} | values)


def keys(page):
    return [hit.key for hit in page.hits]


def ask(engine, text="", **values):
    return engine.search(Query(text=text, **values))


def found(engine, text="", **values):
    """The keys that a text finds, when every word must be there."""
    page = ask(engine, text, **values)
    return sorted(keys(page))
