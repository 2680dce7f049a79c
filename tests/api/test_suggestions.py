from urllib.parse import quote

import pytest

from tests.factories import make_council


def test_titles_councils_and_terms_are_suggested_with_their_addresses(get_seeded, seeded_browser):
    made = [
        each
        for text in ("topic", "kirk")
        for each in get_seeded(f"/suggestions?q={text}")["suggestions"]
    ]

    assert {each["kind"] for each in made} == {"title", "council", "term"}
    for each in made:
        seeded_browser.get(each["url"].removeprefix("http://127.0.0.1:8000"))


def test_a_council_is_found_by_any_word_of_its_names(get_seeded):
    found = [
        [each["text"] for each in get_seeded(f"/suggestions?q={quote(text)}")["suggestions"]]
        for text in ("Caerdydd", "ynys môn", "ynys mon")
    ]

    assert "Cardiff" in found[0]
    assert found[1] == found[2] != []


@pytest.mark.parametrize("text", ["", "   ", "?!", "\x00", "zzzzqqq", "x" * 10_000])
def test_where_nothing_begins_so_nothing_is_suggested(get_seeded, text):
    assert get_seeded(f"/suggestions?q={quote(text)}")["suggestions"] == []


def test_there_are_no_more_than_asked_for(get_seeded):
    one, many = (get_seeded(f"/suggestions?q=m&limit={limit}")["suggestions"] for limit in (1, 20))

    assert len(one) == 1
    assert 8 < len(many) <= 20


@pytest.mark.parametrize("limit", ["0", "21", "x"])
def test_a_limit_that_makes_no_sense_is_named(get_seeded, limit):
    assert list(get_seeded(f"/suggestions?limit={limit}", expect=400)["problems"]) == ["limit"]


def test_a_new_council_is_suggested_at_once(get, session):
    before = get("/suggestions?q=newshire")["suggestions"]
    make_council(session, short_name="Newshire")
    session.commit()

    after = get("/suggestions?q=newshire")["suggestions"]

    assert (before, [each["text"] for each in after]) == ([], ["Newshire"])
