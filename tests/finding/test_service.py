from dataclasses import replace

import pytest

from kb import jobs
from kb.finding.service import find, suggest
from kb.search.engine import Query, Sort
from tests.factories import make_case_study, make_term


@pytest.fixture
def broken(runtime):
    """A site with three case studies whose index was destroyed."""
    with runtime.database.transaction() as session:
        make_term(session, "purpose", "question")
        make_term(session, "purpose", "learn")
        old = {"start_year": 2010, "checked": "2026-11-01", "purpose": ["question"]}
        make_case_study(session, title="Ask early", summary="<b>Old</b> asking.", **old)
        make_case_study(session, title="Ask late", start_year=2020, purpose=["learn"])
        make_case_study(session, title="Wait", start_year=2020)
    jobs.update_index(runtime)
    for path in runtime.settings.index_dir.rglob("*"):
        if path.is_file():
            path.write_bytes(b"")
    return runtime


def titles(found):
    return [hit.title for hit in found.page.hits]


def test_the_index_answers_while_it_can(seeded_runtime):
    found = find(seeded_runtime, Query(text="webcast", count=("kind",)))

    assert found.is_from_index
    assert found.page.total == sum(found.page.counts["kind"].values())
    assert suggest(seeded_runtime, "webc")


def test_the_database_answers_while_the_index_is_broken(broken):
    found = find(broken, Query(text="ask", count=("purpose",)))

    assert not found.is_from_index
    assert titles(found) == ["Ask late", "Ask early"]
    assert found.page.counts == {"purpose": {"question": 1, "learn": 1}}
    assert suggest(broken, "ask") == ()


def test_the_database_narrows_sorts_and_pages_as_the_index_does(broken):
    only_questions = {"purpose": frozenset({"question"})}

    narrowed = find(broken, Query(text="ask", filters=only_questions, count=("purpose",)))
    by_check = find(broken, Query(text="ask", sort=Sort.CHECKED))
    second = find(broken, Query(text="ask", page=2, per_page=1))

    assert titles(narrowed) == ["Ask early"]
    assert narrowed.page.counts == {"purpose": {"question": 1, "learn": 1}}
    assert titles(by_check) == ["Ask early", "Ask late"]
    assert (titles(second), second.page.total) == (["Ask early"], 2)


def test_what_the_database_shows_is_escaped(broken):
    found = find(broken, Query(text='"early"'))

    assert found.page.hits[0].snippet == "&lt;b&gt;Old&lt;/b&gt; asking."


def test_a_broken_index_wakes_the_worker(broken):
    woken = []
    runtime = replace(broken, mend_soon=lambda: woken.append(True))

    find(runtime, Query(text="ask"))

    assert woken
