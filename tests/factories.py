"""Valid things with one line; say only what the test is about."""

from datetime import UTC, datetime
from itertools import count

from kb.accounts.models import CouncilRole, User
from kb.accounts.models import State as AccountState
from kb.councils.models import Council, CouncilType, Nation
from kb.feeds.models import Entry, Lead, Source
from kb.library.content import check
from kb.library.models import Term
from kb.library.publish import publish
from kb.names import slugify

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
_number = count(1)


def make_council(session, **values):
    n = next(_number)
    name = values.get("short_name", f"Testshire {n}")
    defaults = {
        "code": f"T{n:02}",
        "gss_code": f"E99{n:06}",
        "slug": slugify(name),
        "name": f"{name} Council",
        "short_name": name,
        "type": CouncilType.UNITARY,
        "nation": Nation.ENGLAND,
    }
    texts = (
        *("welsh_name", "region", "county_code", "combined_authority", "website"),
        *("committee_site", "committee_software", "former_gss_codes", "note", "seed_hash"),
    )
    return _add(session, Council(**dict.fromkeys(texts, "") | defaults | values))


def make_user(session, council=None, **values):
    n = next(_number)
    defaults = {
        "email": f"somebody{n}@testshire{n}.gov.uk",
        "name": f"Somebody {n}",
        "council": council,
        "council_role": CouncilRole.CONTRIBUTOR if council else None,
        "state": AccountState.ACTIVE,
        "created_at": NOW,
        "confirmed_at": NOW,
    }
    return _add(session, User(**defaults | values))


def make_term(session, facet, slug, **values):
    defaults = {"label": slug.capitalize(), "synonyms": "", "position": next(_number)}
    return _add(session, Term(facet=facet, slug=slug, **defaults | values))


def make_content(**values):
    n = next(_number)
    defaults = {"kind": "case-study", "ref": f"test:{n}", "title": f"Practice {n}"}
    return check(defaults | values)


def make_case_study(session, **values):
    return _publish(session, kind="case-study", **values)


def make_tip_card(session, **values):
    return _publish(session, kind="tip-card", **values)


def make_training(session, **values):
    return _publish(session, kind="training", **values)


def make_source(session, **values):
    n = next(_number)
    address = f"https://feeds{n}.example.org"
    defaults = {
        "name": f"Source {n}",
        "nation": "England",
        "kind": "blog",
        "site_url": f"{address}/",
        "feed_url": f"{address}/feed.xml",
        "added_at": NOW,
        "due_at": NOW,
    }
    return _add(session, Source(**defaults | values))


def make_entry(session, source=None, **values):
    n = next(_number)
    text = values.get("text", f"What entry {n} says.")
    defaults = {
        "source": source or make_source(session),
        **{name: f"{name}-{n}" for name in ("key", "link_key", "text_key", "hash")},
        "title": f"Entry {n}",
        "link": f"https://example.org/entries/{n}",
        "html": f"<p>{text}</p>",
        "text": text,
        "summary": text[:300],
        "author": "",
        "language": "en",
        "published_at": NOW,
        "seen_at": NOW,
        "sort_at": values.get("published_at") or NOW,
        **{name: [] for name in ("categories", "enclosures", "pictures", "purposes", "themes")},
    }
    return _add(session, Entry(**defaults | values))


def make_lead(session, entry=None, **values):
    defaults = {
        "entry": entry or make_entry(session),
        "why": "Worth writing up.",
        "marked_at": NOW,
    }
    return _add(session, Lead(**defaults | values))


def _publish(session, *, now=NOW, author="Somebody", **values):
    return publish(session, make_content(**values), author=author, now=now)


def _add(session, thing):
    session.add(thing)
    session.flush()
    return thing
