"""Valid things with one line; say only what the test is about."""

from datetime import UTC, datetime
from itertools import count

from kb.councils.models import Council, CouncilType, Nation
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


def _publish(session, *, now=NOW, author="Somebody", **values):
    return publish(session, make_content(**values), author=author, now=now)


def _add(session, thing):
    session.add(thing)
    session.flush()
    return thing
