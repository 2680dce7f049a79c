import pytest

from kb.feeds.models import State
from kb.feeds.types import Platform
from tests.factories import make_council, make_source


@pytest.fixture
def filled(runtime):
    with runtime.database.transaction() as session:
        council = make_council(session, code="SWA")
        new = make_source(session, name="New", council=council, platform=Platform.MEDIUM)
        make_source(
            session,
            name="Old",
            state=State.RETIRED,
            reason="It moved to Medium.",
            successor_id=new.id,
            is_sample=True,
        )


def names(answer):
    return [source["name"] for source in answer["sources"]]


def test_every_source_says_how_it_is(get, filled):
    answer = get("/sources")

    assert answer["total"] == 2
    new, old = answer["sources"]
    assert (new["name"], new["state"], new["council"]) == ("New", "ok", "SWA")
    assert (old["state"], old["reason"]) == ("retired", "It moved to Medium.")
    assert old["successor"] == new["id"]
    assert old["is_sample"]
    assert new["url"] == f"http://127.0.0.1:8000/feeds/sources/{new['id']}"
    assert new["last_heard"]
    assert new["next"]


def test_every_feed_has_a_whole_address(get, runtime):
    with runtime.database.transaction() as session:
        make_source(session, is_sample=True, feed_url="/feeds/samples/one.xml")
        make_source(session, feed_url="https://a.example/feed")

    addresses = {source["feed_url"] for source in get("/sources")["sources"]}

    assert addresses == {
        "http://127.0.0.1:8000/feeds/samples/one.xml",
        "https://a.example/feed",
    }


def test_sources_are_narrowed_by_state_and_platform(get, filled):
    assert names(get("/sources?state=retired")) == ["Old"]
    assert names(get("/sources?platform=medium")) == ["New"]
    assert names(get("/sources?platform=medium&state=retired")) == []


@pytest.mark.parametrize(
    ("query", "name"), [("state=x", "state"), ("platform=x", "platform"), ("page=1", "page")]
)
def test_what_makes_no_sense_is_named(get, query, name):
    assert list(get(f"/sources?{query}", expect=400)["problems"]) == [name]


def test_it_says_nothing_that_is_ours_alone(get, filled):
    secret = {"etag", "last_modified", "lease", "leased_until", "body_hash", "last_error"}

    assert not secret & {*get("/sources")["sources"][0]}
