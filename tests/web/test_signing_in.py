from datetime import timedelta

import pytest
from flask import session as flask_session

from kb.accounts import passwords
from kb.clock import utcnow
from kb.web import signing_in
from tests.factories import make_user
from tests.web.entering import PASSWORD, Newcomer


@pytest.fixture
def user(runtime):
    with runtime.database.transaction() as session:
        user = make_user(session, email="sian@bryn.gov.uk", totp_secret="SECRET")
        passwords.set_password(user, PASSWORD)
        return user


def test_who_has_a_second_step_is_not_in_before_it(app, user):
    newcomer = Newcomer(app)

    answer = newcomer.try_password(user.email, next="/feeds")

    assert answer.location == signing_in.SECOND_STEP
    assert not newcomer.is_in


def test_a_link_does_not_get_round_the_second_step(app, user):
    newcomer = Newcomer(app)
    newcomer.send("/sign-in/link", email=user.email)

    answer = newcomer.send("/sign-in/arrival", code=newcomer.code(user.email))

    assert answer.location == signing_in.SECOND_STEP
    assert not newcomer.is_in


def test_a_new_password_does_not_get_round_the_second_step(app, user):
    newcomer = Newcomer(app)
    newcomer.send("/sign-in/reset", email=user.email)
    code = newcomer.code(user.email)

    newcomer.send("/sign-in/password", code=code, password="llwybr newydd 8")

    assert not newcomer.is_in


def test_who_has_to_do_the_second_step_is_known_for_ten_minutes(app, user):
    now = utcnow()
    with app.test_request_context(headers={"Cookie": "kb=x"}):
        signing_in.arrive(user, next_path="/feeds", now=now)

        found = signing_in.pending(now=now + timedelta(minutes=9))
        assert found == signing_in.Pending(user_id=user.id, next_path="/feeds")
        assert signing_in.pending(now=now + timedelta(minutes=10)) is None
        assert [*flask_session] == ["second_step"]
