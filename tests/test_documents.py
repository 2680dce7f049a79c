from datetime import timedelta

import pytest

from kb import indexing, jobs
from kb.documents import of_resource
from kb.feeds import stories
from kb.feeds.models import Entry, Source
from kb.feeds.store import store
from kb.finding.service import find
from kb.search.engine import Query
from tests.factories import NOW, make_case_study, make_council, make_source
from tests.feeds.said import entry, feed


@pytest.fixture
def said(session):
    """Add an entry of a source, with these values, and commit."""

    def said(**values):
        about_source = values.pop("source", {})
        number = len(list(indexing.documents(session)))
        source = Source(
            name="A scrutiny blog",
            feed_url=f"https://blog.example/{number}",
            added_at=NOW,
            due_at=NOW,
            **about_source,
        )
        lines = ("link", "html", "text", "author", "language", "summary")
        lists = ("categories", "enclosures", "pictures", "purposes", "themes")
        entry = Entry(
            **dict.fromkeys(lines, "")
            | {name: [] for name in lists}
            | {"key": "1", "link_key": "1", "text_key": "1", "hash": "1", "title": "Buses"}
            | {"seen_at": NOW, "sort_at": NOW, "published_at": NOW - timedelta(days=1)}
            | values,
        )
        session.add(source)
        session.flush()
        entry.source_id = source.id
        session.add(entry)
        session.commit()
        return entry

    return said


def found(runtime, text, **query):
    jobs.update_index(runtime)
    return [hit.title for hit in runtime.search.search(Query(text=text, **query)).hits]


def test_an_entry_is_found_by_its_words_its_source_and_its_council(session, said):
    council = make_council(session, short_name="Kirklees", code="KIR")
    entry = said(text="What the inquiry heard.", source={"council_id": council.id})

    (document,) = indexing.documents(session)

    assert document.key == f"entry:{entry.id}"
    assert document.body == "What the inquiry heard."
    assert "Kirklees Council" in document.names
    assert document.facets["kind"] == ("feed",)
    assert document.facets["nation"] == ("England",)
    assert document.stored["years"] == "2026"
    assert document.weight < 1


def test_what_a_feed_says_is_found_once_it_is_noted(runtime, said):
    said(title="Buses and belonging")

    assert found(runtime, "belonging") == ["Buses and belonging"]
    assert found(runtime, "belonging", filters={"kind": frozenset({"tip-card"})}) == []


@pytest.mark.parametrize(
    "values", [{"leads": False}, {"is_hidden": True}, {"source": {"is_sample": True}}]
)
def test_samples_and_what_editors_hid_or_joined_are_not_found(runtime, said, values):
    said(**values)

    assert found(runtime, "buses") == []
    assert jobs.mend_index(runtime) is False


def test_a_story_is_found_by_everybody_who_tells_it(runtime, session, said):
    hull, leeds = (make_council(session, short_name=name) for name in ("Hull", "Leeds"))
    first = said(title="Buses", source={"council_id": hull.id})
    second = said(title="The buses", source={"council_id": leeds.id})
    of_leeds = {"filters": {"council": frozenset({leeds.code})}}
    assert found(runtime, "buses", **of_leeds) == ["The buses"]

    stories.join(session, second, first)
    session.commit()
    assert found(runtime, "leeds") == found(runtime, "buses", **of_leeds) == ["Buses"]

    second.is_hidden = True
    stories.lead_anew(session, second)
    session.commit()
    assert found(runtime, "buses", **of_leeds) == []
    assert found(runtime, "buses") == ["Buses"]


def test_what_comes_in_as_told_already_is_found_by_both_councils(runtime, session):
    one, other = (make_source(session, council=make_council(session)) for _ in range(2))
    for source in (one, other):
        store(session, source, feed(entry(1)), now=NOW)
        session.commit()
        jobs.update_index(runtime)

    for source in (one, other):
        of_it = {"council": frozenset({source.council.code})}
        assert found(runtime, "post", filters=of_it) == ["Post 1"]


def test_a_question_without_words_is_about_practice(runtime, session, said):
    said()
    make_case_study(session, title="Ask early")
    session.commit()
    jobs.update_index(runtime)

    everything = find(runtime, Query(count=("kind",))).page
    feeds = find(runtime, Query(filters={"kind": frozenset({"feed"})})).page

    assert [hit.title for hit in everything.hits] == ["Ask early"]
    assert everything.counts["kind"] == {"case-study": 1, "feed": 1}
    assert [hit.title for hit in feeds.hits] == ["Buses"]


def test_hiding_an_entry_takes_it_out_of_the_index(runtime, session, said):
    entry = said()
    assert found(runtime, "buses") == ["Buses"]

    entry.is_hidden = True
    session.commit()

    assert found(runtime, "buses") == []


def test_copiers_are_counted_and_found_by_type_and_nation(session):
    resource = make_case_study(session)
    copiers = [("UA", "England"), ("UA", "England"), ("WPA", "Wales")]

    document = of_resource(resource, {}, copiers)

    assert document.copied == document.stored["copied"] == 3
    assert document.facets["copier"] == ("UA England", "WPA Wales")
