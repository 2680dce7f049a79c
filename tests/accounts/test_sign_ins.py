from datetime import timedelta

import pytest

from kb.accounts import sign_ins
from kb.accounts.models import State
from kb.errors import NotFound
from tests.factories import NOW, make_user

ALMOST = timedelta(seconds=1)


def start(session, user, now=NOW):
    return sign_ins.start(session, user, device="Firefox on Linux", now=now)


def test_a_sign_in_lasts_twenty_hours_however_busy(session):
    token = start(session, make_user(session))

    found = sign_ins.find(session, token, now=NOW + sign_ins.LASTS - ALMOST)
    found.seen_at = NOW + sign_ins.LASTS - ALMOST

    assert sign_ins.find(session, token, now=NOW + sign_ins.LASTS) is None


@pytest.mark.parametrize("role", ["is_reviewer", "is_admin"])
def test_who_decides_about_others_is_signed_out_after_half_an_hour(session, role):
    token = start(session, make_user(session, **{role: True}))

    assert sign_ins.find(session, token, now=NOW + sign_ins.IDLE - ALMOST)
    assert sign_ins.find(session, token, now=NOW + sign_ins.IDLE) is None


def test_who_is_seen_stays(session):
    token = start(session, make_user(session, is_admin=True))
    found = sign_ins.find(session, token, now=NOW)

    assert sign_ins.is_stale(found, now=NOW + timedelta(minutes=20))
    sign_ins.see(session, found.id, now=NOW + timedelta(minutes=20))

    assert sign_ins.find(session, token, now=NOW + timedelta(minutes=45))


@pytest.mark.parametrize("state", [State.CLOSED, State.UNCONFIRMED])
def test_a_closed_account_is_signed_in_nowhere(session, state):
    user = make_user(session)
    token = start(session, user)

    user.state = state

    assert sign_ins.find(session, token, now=NOW) is None


def test_where_somebody_is_signed_in_is_listed_the_newest_first(session):
    user = make_user(session)
    start(session, user)
    start(session, user, now=NOW + timedelta(hours=1))
    start(session, user, now=NOW - sign_ins.LASTS)
    start(session, make_user(session))

    found = sign_ins.of_user(session, user, now=NOW + timedelta(hours=2))

    assert [each.started_at for each in found] == [NOW + timedelta(hours=1), NOW]


def test_one_is_ended_by_itself_and_by_nobody_else(session):
    user, other = make_user(session), make_user(session)
    token = start(session, user)
    found = sign_ins.find(session, token, now=NOW)

    with pytest.raises(NotFound):
        sign_ins.end(session, other, found.id, now=NOW)
    sign_ins.end(session, user, found.id, now=NOW)

    assert sign_ins.find(session, token, now=NOW) is None


def test_all_are_ended_but_the_one_in_use(session):
    user = make_user(session)
    gone, here = start(session, user), start(session, user)
    kept = sign_ins.find(session, here, now=NOW)

    sign_ins.end_all(session, user, now=NOW, but=kept.id)
    session.expire_all()

    assert sign_ins.find(session, gone, now=NOW) is None
    assert sign_ins.find(session, here, now=NOW)


def test_sign_ins_that_are_long_over_are_forgotten(session):
    start(session, make_user(session))

    assert sign_ins.forget_old(session, now=NOW + timedelta(hours=43)) == 0
    assert sign_ins.forget_old(session, now=NOW + timedelta(hours=44)) == 1


def test_a_token_that_nobody_was_given_is_nobody_s(session):
    assert sign_ins.find(session, "made-up \ud800", now=NOW) is None
