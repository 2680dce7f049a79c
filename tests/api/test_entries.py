from datetime import timedelta

import pytest

from kb.feeds import stories
from tests.factories import NOW, make_council, make_entry, make_source, make_term


@pytest.fixture
def filled(runtime):
    with runtime.database.transaction() as session:
        make_term(session, "theme", "housing", label="Housing")
        council = make_council(session, code="SWA", short_name="Swansea")
        source = make_source(session, name="Craffu", nation="Wales", council=council)
        make_entry(
            session,
            source,
            title="Damp",
            themes=["housing"],
            enclosures=[{"url": "https://example.org/a.mp3", "type": "audio/mpeg"}],
        )
        for number in range(3):
            age = timedelta(days=number + 1)
            make_entry(session, title=f"Post {number}", published_at=NOW - age)


def titles(answer):
    return [entry["title"] for entry in answer["entries"]]


def test_entries_come_newest_first_with_their_source(get, filled):
    answer = get("/entries")

    assert (answer["total"], answer["per_page"], answer["before"]) == (4, 20, None)
    assert titles(answer) == ["Damp", "Post 0", "Post 1", "Post 2"]
    first = answer["entries"][0]
    assert first["source_name"] == "Craffu"
    assert first["council"] == "SWA"
    assert first["url"] == f"http://127.0.0.1:8000/feeds/entries/{first['id']}"
    assert first["suggested_themes"] == ["housing"]
    assert first["enclosures"] == [
        {"url": "https://example.org/a.mp3", "type": "audio/mpeg", "title": ""}
    ]
    assert answer["facets"]["theme"] == [{"id": "housing", "label": "Housing", "count": 1}]


def test_filters_narrow_as_on_the_page(get, filled):
    for query in ("council=SWA", "nation=Wales&nation=England&theme=housing", "theme=housing"):
        assert titles(get(f"/entries?{query}")) == ["Damp"]


def test_one_source_is_read_alone(get, filled):
    number = get("/entries?council=SWA")["entries"][0]["source"]

    assert titles(get(f"/entries?source={number}")) == ["Damp"]
    assert get("/entries?source=1&source=2", expect=400)["problems"] == {
        "source": "“source” can be given once only."
    }


def test_a_story_says_who_else_tells_it_and_is_found_by_each(get, runtime):
    with runtime.database.transaction() as session:
        council = make_council(session, code="BST")
        make_council(session, code="LDS")
        first = make_entry(session, make_source(session, name="Here"), title="One")
        copy = make_entry(session, make_source(session, name="There", council=council))
        stories.join(session, copy, first)

    (entry,) = get("/entries")["entries"]
    (theirs,) = get("/entries?council=BST")["entries"]

    assert entry["also_seen_at"] == [
        {
            "id": copy.id,
            "url": f"http://127.0.0.1:8000/feeds/entries/{copy.id}",
            "link": copy.link,
            "source": copy.source_id,
            "source_name": "There",
            "council": "BST",
        }
    ]
    assert (theirs["id"], theirs["also_seen_at"][0]["source_name"]) == (copy.id, "Here")
    assert get("/entries?council=LDS")["total"] == 0


def test_older_entries_are_asked_for_by_the_last_one(get, filled):
    first = get("/entries?per_page=3")
    second = get(f"/entries?per_page=3&before={first['before']}")

    assert titles(first) + titles(second) == ["Damp", "Post 0", "Post 1", "Post 2"]
    assert second["before"] is None


@pytest.mark.parametrize(
    ("query", "name"),
    [
        *(("nation=Mars", "nation"), ("theme=x", "theme"), ("before=x", "before")),
        *(("per_page=101", "per_page"), ("q=x", "q"), ("council=%00", "council")),
        *(("source=x", "source"), ("source=99", "source"), ("source=", "source")),
    ],
)
def test_what_makes_no_sense_is_named(get, filled, query, name):
    assert list(get(f"/entries?{query}", expect=400)["problems"]) == [name]


def test_what_is_hidden_or_follows_another_is_left_out(get, runtime):
    with runtime.database.transaction() as session:
        make_entry(session, is_hidden=True)
        make_entry(session, leads=False)

    assert get("/entries")["entries"] == []
