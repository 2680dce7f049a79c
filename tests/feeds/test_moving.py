from datetime import timedelta

import pytest
from sqlalchemy import select

from kb.feeds import refresh
from kb.feeds.errors import ParseError
from kb.feeds.models import SourceAlias, State
from kb.feeds.refresh import Lease
from kb.feeds.types import Validators
from tests.factories import NOW, make_source
from tests.feeds.refreshing import answer, refreshed

HOUR = timedelta(hours=1)
LATER = NOW + 48 * HOUR
OURS = Lease(name="ours")
VALIDATORS = Validators(etag='W/"one"', last_modified="yesterday")


@pytest.fixture
def source(session):
    return make_source(session)


def moves(session, source, new):
    """It is answered from there three times in two days."""
    for hours in (0, 24, 48):
        refreshed(session, source, answer(moved_to=new), now=NOW + hours * HOUR)


def test_a_move_is_followed_after_three_times_and_two_days(session, source):
    old, new = source.feed_url, "https://new.example/feed"
    for hours, expected in [(0, old), (24, old), (47, old), (48, new)]:
        moved = answer(f"at {hours}".encode(), moved_to=new, validators=VALIDATORS)
        refreshed(session, source, moved, now=NOW + hours * HOUR)
        assert source.feed_url == expected

    (alias,) = session.scalars(select(SourceAlias))
    assert (alias.url, alias.source_id) == (old, source.id)
    assert (source.etag, source.moves, source.moved_to) == ("", 0, "")


def test_a_move_that_does_not_parse_does_not_count(session, source):
    moved = answer(moved_to="https://new.example/feed")
    for hours in (0, 24, 48, 72):
        refreshed(session, source, moved, said=ParseError("No."), now=NOW + hours * HOUR)

    assert source.moves == 0


def test_a_move_that_is_taken_back_is_forgotten(session, source):
    refreshed(session, source, answer(moved_to="https://new.example/feed"))
    refreshed(session, source, answer(b"other"))

    assert (source.moves, source.moved_to, source.moved_since) == (0, "", None)


def test_who_moves_to_what_we_follow_has_a_successor(session, source):
    other = make_source(session, name="The new blog")

    moves(session, source, other.feed_url)

    assert (source.state, source.successor_id) == (State.MOVED, other.id)
    assert source.reason == "It moved to an address that we follow already, as “The new blog”."


@pytest.mark.parametrize("written", ["http://www.blog.example/feed/", "https://BLOG.example/feed"])
def test_what_we_follow_is_known_however_its_address_is_written(session, source, written):
    other = make_source(session, feed_url="https://blog.example/feed")

    moves(session, source, written)

    assert (source.state, source.successor_id) == (State.MOVED, other.id)


def test_the_same_address_written_anew_is_no_other_source(session):
    source = make_source(session, feed_url="http://www.blog.example/feed")

    moves(session, source, "https://blog.example/feed/")

    assert (source.state, source.feed_url) == (State.OK, "https://blog.example/feed/")


def test_who_moves_to_where_another_once_was_reads_it_alone(session, source):
    other, once = make_source(session), "https://once.example/feed"
    session.add(SourceAlias(url=once, source_id=other.id))

    moves(session, source, once)

    assert (source.state, source.feed_url) == (State.OK, once)


def test_who_moves_to_what_nobody_has_probed_is_read_on_there(session, source):
    other = make_source(session, name="The new blog", state=State.OFF, reason="Nobody has.")

    moves(session, source, other.feed_url)

    assert (source.state, source.successor_id) == (State.MOVED, other.id)
    assert "which we follow from now on" in source.reason
    assert (other.state, other.reason) == (State.OK, "")
    assert refresh.lease_due(session, now=LATER, limit=9, lease=OURS) == [other.id]


@pytest.mark.parametrize("state", [State.PAUSED, State.RETIRED, State.MOVED])
def test_who_moves_to_what_is_not_followed_is_read_on_where_it_was(session, source, state):
    other = make_source(session, name="The new blog", state=state, reason="Over.")

    moves(session, source, other.feed_url)

    assert (source.state, source.successor_id) == (State.OK, None)
    assert "“The new blog”, which we do not follow now" in source.reason
    assert (other.state, other.reason) == (state, "Over.")

    other.state = State.OK
    refreshed(session, source, answer(b"later", moved_to=other.feed_url), now=LATER + HOUR)

    assert source.successor_id == other.id


def test_a_source_that_somebody_paused_does_not_end_by_moving(session, source):
    source.state = State.PAUSED

    moves(session, source, make_source(session).feed_url)

    assert (source.state, source.successor_id, source.moves) == (State.PAUSED, None, 0)


def test_a_source_that_moves_back_and_forth_keeps_its_aliases(session, source):
    one, other = source.feed_url, "https://new.example/feed"
    for day, new in enumerate([other] * 3 + [one] * 3 + [other] * 3):
        refreshed(session, source, answer(moved_to=new), now=NOW + timedelta(days=day))

    assert source.feed_url == other
    assert {alias.url for alias in session.scalars(select(SourceAlias))} == {one, other}
