import pytest

from kb.feeds import known
from kb.feeds.models import SourceAlias, State
from kb.feeds.types import Candidate, Platform
from tests.factories import make_source


def candidate(url, **values):
    return Candidate(url=url, title="A blog", platform=Platform.WEBSITE, **values)


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("http://a.example/feed", "https://a.example/feed"),
        ("HTTPS://WWW.A.example:443/feed/?utm_source=x&n=1", "http://a.example/feed?n=1"),
        ("https://a.example/feed?a=1&utm_source=x&b=%25_", "https://a.example/feed?a=1&b=%25_"),
        ("https://a.example/É", "http://a.example/É"),
    ],
)
def test_a_source_is_known_however_its_address_is_written(session, stored, asked):
    source = make_source(session, feed_url=stored)
    make_source(session, feed_url="https://a.example/other")

    assert known.by_address(session, asked) == source
    assert known.by_addresses(session, [asked]) == {asked: source}


def test_an_address_that_a_source_had_is_its_own(session):
    source = make_source(session)
    session.add(SourceAlias(url="http://old.example/feed", source_id=source.id))
    session.flush()

    assert known.by_address(session, "https://www.old.example/feed/") == source


def test_of_twins_the_one_that_is_written_just_so_is_meant(session):
    make_source(session, feed_url="http://a.example/feed")
    source = make_source(session, feed_url="https://a.example/feed")

    assert known.by_address(session, "https://a.example/feed") == source
    assert known.by_addresses(session, ["https://a.example/feed"]).popitem()[1] == source


def test_an_address_of_a_thousand_parts_is_looked_for(session):
    source = make_source(session, feed_url="https://a.example/feed?" + "&".join("x" * 1000))

    assert known.by_address(session, source.feed_url) == source
    assert known.by_address(session, "https://a.example/feed?" + "&".join("y" * 1000)) is None


def test_the_one_feed_of_a_page_is_that_of_a_source_whose_feed_nobody_found(session):
    page = "https://www.demsoc.example/"
    source = make_source(session, feed_url=page, state=State.OFF)
    found = [candidate("https://demsoc.example/a", site_url="http://demsoc.example")]
    second = candidate("https://demsoc.example/b", site_url="http://demsoc.example")

    assert known.among(session, found) == {found[0].url: source}
    assert known.among(session, [*found, second]) == {}


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.OFF, "on our list as “A”, switched off."),
        (State.PAUSED, "on our list as “A”, paused."),
        (State.RETIRED, "as “A” and retired it."),
        (State.OK, "follow this already as “A”."),
    ],
)
def test_a_sentence_says_how_the_source_that_we_have_is(session, state, words):
    assert known.sentence(make_source(session, name="A", state=state)).endswith(words)
