from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from kb.feeds import refresh
from kb.feeds.errors import FetchError, ParseError
from kb.feeds.identity import IDENTITY_REASONS
from kb.feeds.models import Entry, Source, State
from kb.feeds.refresh import Lease
from kb.feeds.types import NotModified, Validators
from tests.factories import NOW, make_source
from tests.feeds.refreshing import MIDDLE, answer, refreshed
from tests.feeds.said import entry

HOUR = timedelta(hours=1)
OURS, THEIRS = Lease(name="ours"), Lease(name="theirs")
VALIDATORS = Validators(etag='W/"one"', last_modified="yesterday")


@pytest.fixture
def source(session):
    return make_source(session)


def due(session, source):
    session.flush()
    return refresh.leased(session, [source.id])[0]


def unchanged(session, source, answer, *, lease=OURS, now=NOW):
    """Leased, asked for, and noted with many others at once."""
    refresh.lease_these(session, [source.id], now=now, lease=OURS)
    answered = [(due(session, source), answer)]
    refresh.note_unchanged(session, answered, now=now, lease=lease, chance=lambda: MIDDLE)
    session.refresh(source)


failing = partial(FetchError, "The site did not answer in time.")


def test_what_is_due_is_leased_longest_waiting_first(session):
    ids = [make_source(session, due_at=NOW - HOUR * n).id for n in (1, 3, 2)]
    make_source(session, due_at=NOW + HOUR)

    first = refresh.lease_due(session, now=NOW, limit=2, lease=OURS)

    assert sorted(first) == sorted([ids[1], ids[2]])
    assert refresh.lease_due(session, now=NOW, limit=9, lease=THEIRS) == [ids[0]]


@pytest.mark.parametrize("state", [State.OFF, State.PAUSED, State.MOVED, State.RETIRED])
def test_what_nobody_follows_is_not_due(session, state):
    make_source(session, state=state)

    assert refresh.lease_due(session, now=NOW, limit=9, lease=OURS) == []


def test_a_lease_ends_by_itself(session, source):
    refresh.lease_due(session, now=NOW, limit=9, lease=OURS)

    assert refresh.lease_due(session, now=NOW + refresh.LEASE, limit=9, lease=THEIRS) == []
    later = NOW + refresh.LEASE + timedelta(seconds=1)
    assert refresh.lease_due(session, now=later, limit=9, lease=THEIRS) == [source.id]


def test_a_lease_can_be_renewed_and_given_back(session, source):
    refresh.lease_due(session, now=NOW, limit=9, lease=OURS)
    refresh.renew(session, now=NOW + refresh.LEASE, lease=OURS)

    assert refresh.lease_due(session, now=NOW + HOUR / 5, limit=9, lease=THEIRS) == []
    refresh.give_back(session, OURS)
    assert refresh.lease_due(session, now=NOW + HOUR / 5, limit=9, lease=THEIRS) == [source.id]


def test_a_person_may_ask_for_what_is_not_due_but_not_for_what_is_over(session):
    later = make_source(session, due_at=NOW + HOUR, state=State.PAUSED)
    retired = make_source(session, state=State.RETIRED)
    taken = make_source(session, leased_until=NOW + HOUR, lease="theirs")

    ids = [later.id, retired.id, taken.id]
    assert refresh.lease_these(session, ids, now=NOW, lease=OURS) == [later.id]


def test_two_workers_never_lease_the_same_source(runtime):
    with runtime.database.transaction() as session:
        ids = {make_source(session).id for _ in range(20)}

    with runtime.database.transaction() as session:
        first = refresh.lease_due(session, now=NOW, limit=12, lease=OURS)
    with runtime.database.transaction() as session:
        second = refresh.lease_due(session, now=NOW, limit=12, lease=THEIRS)

    assert (len(first), len(second)) == (12, 8)
    assert {*first, *second} == ids


def test_we_ask_with_the_validators_but_for_one_in_fifty(session):
    known = due(session, make_source(session, etag=VALIDATORS.etag, last_modified="yesterday"))

    usual = refresh.request(known, chance=lambda: 0.02)
    rare = refresh.request(known, chance=lambda: 0.019)

    assert (usual.validators, rare.validators) == (VALIDATORS, Validators())


def test_what_seems_to_move_is_asked_in_full(session):
    known = due(session, make_source(session, etag="x", moved_to="https://new.example/feed"))

    assert refresh.request(known, chance=lambda: 1).validators == Validators()


def test_a_good_answer_is_kept_with_its_validators(session, source):
    outcome = refreshed(session, source, answer(validators=VALIDATORS))

    assert (outcome.new, outcome.changed, outcome.error) == (1, 0, "")
    assert (source.etag, source.last_modified) == ('W/"one"', "yesterday")
    assert (source.checked_at, source.heard_at, source.newest_at) == (NOW, NOW, NOW)
    assert source.due_at == NOW + timedelta(days=1)


def test_validators_of_what_could_not_be_read_are_not_kept(session, source):
    outcome = refreshed(
        session, source, answer(validators=VALIDATORS), said=ParseError("That is no feed.")
    )

    assert outcome.error == "That is no feed."
    assert (source.etag, source.last_modified, source.body_hash) == ("", "", "")
    assert source.state is State.FAILING


def test_what_stops_in_the_middle_is_kept_and_asked_for_again_in_full(session, source):
    cut = {"is_cut": True, "is_half": True, "problems": ("It stops.",)}

    said = [entry(1), entry(2, guid="")]
    outcome = refreshed(session, source, answer(validators=VALIDATORS), said=said, **cut)

    assert outcome.new == 1
    assert (source.etag, source.last_modified, source.body_hash) == ("", "", "")
    assert (source.state, source.reason) == (State.OK, "It stops.")
    refreshed(session, source, answer(validators=VALIDATORS))
    assert (source.etag, source.reason, source.problems) == ('W/"one"', "", "")


def test_what_had_to_be_mended_in_a_feed_is_told_for_as_long_as_it_is_so(session, source):
    refreshed(session, source, answer(), problems=("It is broken.", "It is long."))
    told = (State.OK, "It is broken. It is long.")
    assert (source.state, source.reason) == told

    unchanged(session, source, NotModified(url=source.feed_url))
    assert (source.state, source.reason) == told
    refreshed(session, source, failing())
    refreshed(session, source, answer(), said=AssertionError("was read"))
    assert (source.state, source.reason) == told

    refreshed(session, source, answer(b"mended"))
    assert (source.state, source.reason, source.problems) == (State.OK, "", "")


@pytest.mark.parametrize(("every_s", "hours"), [(0, 1.5), (60, 1.5), (4 * 3600, 4), (10**9, 24)])
def test_a_feed_says_how_rarely_to_ask_but_no_more_than_a_day(session, source, every_s, hours):
    said = [entry(n) for n in range(56)]

    refreshed(session, source, answer(), said=said, every_s=every_s)
    refreshed(session, source, NotModified(url="x"))

    assert source.interval_s == hours * 3600


def test_the_same_body_is_not_read_again(session, source):
    refreshed(session, source, answer(validators=VALIDATORS))

    newer = answer(validators=Validators(etag="two"))
    outcome = refreshed(session, source, newer, said=AssertionError("was read"))

    assert (outcome.new, outcome.error) == (0, "")
    assert (source.etag, source.last_modified) == ("two", "")


def test_a_busy_source_is_asked_more_often(session, source):
    refreshed(session, source, answer(), said=[entry(n) for n in range(56)])

    assert source.interval_s == 1.5 * 3600
    assert source.due_at == NOW + 1.5 * HOUR


@pytest.mark.parametrize("values", [{"max_age_s": 200_000}, {"retry_after_s": 200_000}])
def test_a_server_says_for_how_long_to_stay_away(session, source, values):
    refreshed(session, source, answer(**values))

    assert source.due_at == NOW + timedelta(seconds=200_000)


def test_a_failure_waits_longer_each_time_and_is_told_in_words(session, source):
    waits = []
    for n in range(6):
        refreshed(session, source, failing(), now=NOW)
        waits.append((source.due_at - NOW) / HOUR)
        assert source.failures == n + 1

    assert waits == [2, 4, 8, 16, 24, 24]
    assert (source.state, source.reason) == (State.FAILING, "The site did not answer in time.")
    assert source.heard_at is None


def test_after_three_days_an_editor_is_told(session, source):
    refreshed(session, source, failing())
    refreshed(session, source, failing(), now=NOW + timedelta(days=3))

    assert source.reason == (
        "The site did not answer in time. This has gone on since 23 November:"
        " an editor should have a look."
    )


def test_failures_of_sixty_days_end_it_however_often_we_ask(session, source):
    for _ in range(100):
        refreshed(session, source, failing())
    assert source.state is State.FAILING

    refreshed(session, source, failing(), now=NOW + timedelta(days=60))

    assert source.state is State.PAUSED
    assert source.reason == (
        "The site did not answer in time. After 60 days of this we no longer ask for it."
    )


def test_what_is_gone_is_paused_at_once(session, source):
    refreshed(session, source, FetchError("It is gone.", status=410))

    assert source.state is State.PAUSED
    assert "gone for good" in source.reason


def test_being_asked_to_wait_is_told_at_once_and_no_fault_until_it_lasts_for_days(session, source):
    too_often = FetchError("Too often.", status=429, retry_after_s=7 * 3600)

    refreshed(session, source, too_often)
    assert (source.state, source.reason) == (State.OK, "Too often.")
    assert (source.failures, source.failing_since) == (1, NOW)
    assert source.due_at == NOW + 7 * HOUR
    waits = []
    for n in (1, 2, 3):
        refreshed(session, source, FetchError("Too often.", status=429), now=NOW + n * HOUR)
        waits.append((source.due_at - NOW) / HOUR - n)
    assert waits == [4, 8, 16]

    refreshed(session, source, too_often, now=NOW + timedelta(days=3))
    assert source.state is State.FAILING
    assert source.reason.startswith("Too often. This has gone on since 23 November")

    refreshed(session, source, NotModified(url=source.feed_url), now=NOW + timedelta(days=4))
    assert (source.state, source.reason, source.failures) == (State.OK, "", 0)


def test_our_own_faults_are_not_blamed_on_the_feed(session, source):
    outcome = refreshed(session, source, KeyError("secret"))

    assert outcome.error == refresh.OUR_FAULT == source.reason


def test_a_good_answer_ends_a_failure(session, source):
    refreshed(session, source, failing())
    refreshed(session, source, answer(), now=NOW + HOUR)

    assert (source.state, source.reason, source.last_error) == (State.OK, "", "")
    assert (source.failures, source.failing_since) == (0, None)


def test_what_we_paused_is_followed_again_once_it_answers(session, source):
    refreshed(session, source, FetchError("It is gone.", status=410))
    refreshed(session, source, answer(), now=NOW + HOUR)

    assert source.state is State.OK


@pytest.mark.parametrize("state", [State.OFF, State.PAUSED])
@pytest.mark.parametrize("came", [answer(), failing()])
def test_what_a_person_switched_off_stays_off(session, source, state, came):
    source.state, source.reason = state, "We were asked to."
    refreshed(session, source, came)

    assert (source.state, source.reason) == (state, "We were asked to.")
    assert source.failures == 0


def test_unreliable_ids_are_the_reason_that_people_read(session, source):
    refreshed(session, source, answer(), said=[entry(n, guid="same") for n in range(3)])

    assert (source.state, source.reason) == (State.OK, IDENTITY_REASONS[1])


def test_half_a_year_of_silence_is_quiet(session, source):
    long_ago = NOW - timedelta(days=200)
    refreshed(session, source, answer(), said=[entry(1, published_at=long_ago)])

    assert source.state is State.QUIET
    assert "half a year" in source.reason


def test_nothing_new_is_noted_of_many_at_once(session, source):
    source.state, source.failures, source.newest_at = State.FAILING, 2, NOW - timedelta(days=1)
    unchanged(session, source, NotModified(url=source.feed_url))

    assert (source.state, source.failures, source.reason) == (State.OK, 0, "")
    assert (source.checked_at, source.heard_at) == (NOW, NOW)
    assert (source.interval_s, source.due_at) == (6 * 3600, NOW + 6 * HOUR)
    assert (source.lease, source.leased_until) == ("", None)


def test_nothing_new_for_half_a_year_is_quiet(session, source):
    source.newest_at = NOW - timedelta(days=181)
    unchanged(session, source, NotModified(url=source.feed_url, max_age_s=100_000))

    assert source.state is State.QUIET
    assert source.due_at == NOW + timedelta(seconds=100_000)


def test_who_lost_the_lease_notes_nothing(session, source):
    unchanged(session, source, NotModified(url=source.feed_url), lease=THEIRS)

    assert source.heard_at is None
    assert source.lease == "ours"


def test_what_was_paused_meanwhile_stays_paused(session, source):
    refresh.lease_due(session, now=NOW, limit=1, lease=OURS)
    known = due(session, source)
    source.state = State.PAUSED
    session.flush()

    answered = [(known, NotModified(url=source.feed_url))]
    refresh.note_unchanged(session, answered, now=NOW, lease=OURS)

    session.refresh(source)
    assert source.state is State.PAUSED


def test_an_equal_body_with_equal_validators_is_nothing_new(session, source):
    refreshed(session, source, answer(validators=VALIDATORS))
    known = due(session, source)

    assert refresh.is_unchanged(known, answer(validators=VALIDATORS))
    assert refresh.is_unchanged(known, NotModified(url=""))
    assert not refresh.is_unchanged(known, answer(b"other", validators=VALIDATORS))
    assert not refresh.is_unchanged(known, answer())
    assert not refresh.is_unchanged(known, answer(validators=VALIDATORS, moved_to="https://n"))


def test_a_refresh_without_news_keeps_what_is_kept(session, source):
    refreshed(session, source, answer())
    refreshed(session, source, NotModified(url=source.feed_url), now=NOW + HOUR)

    assert len(list(session.scalars(select(Entry)))) == 1
    assert session.get(Source, source.id).checked_at == NOW + HOUR
