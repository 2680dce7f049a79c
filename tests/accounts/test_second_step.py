from datetime import timedelta

import pyotp
import pytest

from kb.accounts import second_step, sign_ins
from kb.errors import Conflict, Invalid, NotAllowed
from tests.accounts.letters import last_to, letters_to
from tests.factories import NOW, make_user

BASE = "https://swap.example.org"
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP = timedelta(seconds=second_step.SECONDS)


def code(now=NOW, key=KEY):
    """What an app shows."""
    return pyotp.TOTP(key).at(now)


def turn_on(session, user, **options):
    given = {"key": KEY, "code": code(), "base_url": BASE, "now": NOW} | options
    second_step.turn_on(session, user, **given)


@pytest.fixture
def user(session):
    user = make_user(session)
    turn_on(session, user)
    return user


def check(session, user, text, now=NOW + STEP):
    second_step.check(session, user, text, now=now)


def test_it_is_on_once_the_app_has_shown_a_right_code(session):
    user = make_user(session)

    turn_on(session, user)

    assert second_step.is_on(user)
    assert "signing in needs a code" in last_to(session, user.email).text


@pytest.mark.parametrize(
    "wrong",
    [{"code": "000000"}, {"code": ""}, {"key": "short"}, {"key": KEY.lower()}, {"key": "1" * 32}],
)
def test_it_stays_off_without_a_right_code_for_a_right_key(session, wrong):
    user = make_user(session)

    with pytest.raises(Invalid):
        turn_on(session, user, **wrong)

    assert not second_step.is_on(user)
    assert letters_to(session, user.email) == []


def test_a_key_is_not_replaced_by_another(session, user):
    other = second_step.new_key()

    with pytest.raises(Conflict):
        turn_on(session, user, key=other, code=code(key=other))

    assert user.totp_secret == KEY


def test_turning_it_on_signs_out_everywhere(session):
    user = make_user(session)
    token = sign_ins.start(session, user, device="", now=NOW)

    turn_on(session, user)
    session.expire_all()

    assert sign_ins.find(session, token, now=NOW) is None


def test_the_code_that_turned_it_on_does_not_work_again(session, user):
    with pytest.raises(Invalid):
        check(session, user, code(), now=NOW)


def test_a_code_works_once(session, user):
    check(session, user, code(NOW + STEP))

    with pytest.raises(Invalid):
        check(session, user, code(NOW + STEP))


def test_a_code_that_is_older_than_the_last_one_used_does_not_work(session, user):
    now = NOW + 2 * STEP
    check(session, user, code(now + STEP), now=now)

    for older in (now, now - STEP):
        with pytest.raises(Invalid):
            check(session, user, code(older), now=now)


@pytest.mark.parametrize("late", [-1, 0, 1])
def test_a_clock_may_be_half_a_minute_off(session, user, late):
    now = NOW + 10 * STEP

    check(session, user, code(now + late * STEP), now=now)


@pytest.mark.parametrize("late", [-2, 2])
def test_a_clock_may_not_be_off_by_more(session, user, late):
    now = NOW + 10 * STEP

    with pytest.raises(Invalid):
        check(session, user, code(now + late * STEP), now=now)


@pytest.mark.parametrize("form", ["{} {}", " {}{} ", "{}\t{}"])
def test_a_code_may_be_typed_as_apps_show_it(session, user, form):
    shown = code(NOW + STEP)

    check(session, user, form.format(shown[:3], shown[3:]))


@pytest.mark.parametrize("wrong", ["", "x", "١٢٣٤٥٦", "1234567", "12345", "\ud800", "000000\0"])
def test_what_is_no_code_is_wrong(session, user, wrong):
    with pytest.raises(Invalid):
        check(session, user, wrong)


def test_nobody_passes_who_has_none(session):
    with pytest.raises(Invalid):
        check(session, make_user(session), code())


def test_switching_it_off_needs_a_code(session, user):
    with pytest.raises(Invalid):
        second_step.turn_off(session, user, code="000000", base_url=BASE, now=NOW + STEP)
    was_on = second_step.is_on(user)
    second_step.turn_off(session, user, code=code(NOW + STEP), base_url=BASE, now=NOW + STEP)

    assert was_on
    assert not second_step.is_on(user)
    assert "was taken off" in last_to(session, user.email).text


def test_a_code_does_not_work_again_after_switching_off_and_on(session, user):
    now = NOW + STEP
    second_step.turn_off(session, user, code=code(now), base_url=BASE, now=now)

    with pytest.raises(Invalid):
        turn_on(session, user, code=code(now), now=now)


def test_an_admin_takes_it_off_for_who_has_lost_the_device(session, user):
    token = sign_ins.start(session, user, device="", now=NOW)
    admin = make_user(session, is_admin=True)

    second_step.reset(session, user, by=admin, base_url=BASE, now=NOW + STEP)
    session.expire_all()

    assert not second_step.is_on(user)
    assert sign_ins.find(session, token, now=NOW) is None
    assert "was taken off" in last_to(session, user.email).text


@pytest.mark.parametrize("rights", [{}, {"is_reviewer": True}])
def test_nobody_else_takes_it_off(session, user, rights):
    with pytest.raises(NotAllowed):
        second_step.reset(session, user, by=make_user(session, **rights), base_url=BASE, now=NOW)

    assert second_step.is_on(user)


def test_an_admin_does_not_take_off_their_own_without_a_code(session, user):
    user.is_admin = True

    with pytest.raises(NotAllowed):
        second_step.reset(session, user, by=user, base_url=BASE, now=NOW)


def test_the_app_is_told_whose_key_it_is(session):
    user = make_user(session, email="siân@bryn.gov.uk")

    address = second_step.app_address(KEY, user, site_name="Scrutiny Swap")

    found = pyotp.parse_uri(address)
    assert (found.secret, found.name, found.issuer) == (KEY, user.email, "Scrutiny Swap")
