from datetime import timedelta

import pytest

from kb.accounts import by_mail, passwords, sign_ins
from kb.accounts.errors import LinkOver
from kb.accounts.models import OneTimeLink, State
from kb.errors import Invalid
from tests.accounts.letters import code_of, last_to, letters_to
from tests.factories import NOW, make_user

BASE = "https://swap.example.org"
EMAIL = "sian@bryn.gov.uk"
PASSWORD = "llwybr cyhoeddus 7"


def ask(session, **options):
    by_mail.ask_to_sign_in(session, EMAIL, base_url=BASE, now=NOW, **options)
    return last_to(session, EMAIL)


def ask_to_reset(session):
    by_mail.ask_to_reset(session, EMAIL, base_url=BASE, now=NOW)
    return last_to(session, EMAIL)


def test_a_link_brings_its_person_where_they_were_going(session):
    user = make_user(session, email=EMAIL)
    letter = ask(session, next_path="/share")

    assert f"{BASE}/sign-in/arrival?code=" in letter.text
    assert by_mail.arrive(session, code_of(letter), now=NOW) == (user, "/share")


@pytest.mark.parametrize("ask_somehow", [ask, ask_to_reset])
def test_who_has_no_account_is_told_so_by_mail_alone(session, ask_somehow):
    letter = ask_somehow(session)

    assert letter.subject == "There is no account with this address"
    assert "code=" not in letter.text
    assert session.query(OneTimeLink).count() == 1


@pytest.mark.parametrize("ask_somehow", [ask, ask_to_reset])
def test_a_closed_account_gets_no_link(session, ask_somehow):
    make_user(session, email=EMAIL, state=State.CLOSED)

    letter = ask_somehow(session)

    assert "code=" not in letter.text
    assert session.query(OneTimeLink).count() == 1


def test_a_link_to_an_account_that_was_closed_meanwhile_is_over(session):
    user = make_user(session, email=EMAIL)
    code = code_of(ask(session))
    user.state = State.CLOSED

    with pytest.raises(LinkOver):
        by_mail.arrive(session, code, now=NOW)


def test_a_new_password_ends_every_sign_in_and_every_other_link(session):
    user = make_user(session, email=EMAIL)
    token = sign_ins.start(session, user, device="", now=NOW)
    link, code = code_of(ask(session)), code_of(ask_to_reset(session))

    by_mail.reset(session, code, PASSWORD, base_url=BASE, now=NOW)
    session.expire_all()

    assert passwords.matches(user, PASSWORD)
    assert sign_ins.find(session, token, now=NOW) is None
    assert last_to(session, EMAIL).subject == "Your password was changed"
    for use in (by_mail.arrive, lambda *a, now: by_mail.reset(*a, PASSWORD, base_url="", now=now)):
        with pytest.raises(LinkOver):
            use(session, link if use is by_mail.arrive else code, now=NOW)


def test_a_password_that_is_refused_leaves_the_link_as_it_was(session):
    make_user(session, email=EMAIL)
    code = code_of(ask_to_reset(session))

    with pytest.raises(Invalid):
        by_mail.reset(session, code, "password", base_url=BASE, now=NOW)

    assert by_mail.reset(session, code, PASSWORD, base_url=BASE, now=NOW)


def test_a_link_to_sign_in_sets_no_password(session):
    make_user(session, email=EMAIL)
    code = code_of(ask(session))

    with pytest.raises(LinkOver):
        by_mail.reset(session, code, PASSWORD, base_url=BASE, now=NOW)


def test_a_password_can_be_changed_twice_at_any_moment(session):
    user = make_user(session, email=EMAIL)
    for moment in (NOW, NOW + timedelta(microseconds=1)):
        by_mail.change_password(session, user, PASSWORD, base_url=BASE, now=moment)

    assert len(letters_to(session, EMAIL)) == 2


def test_no_letter_goes_to_an_address_with_more_in_it(session):
    with pytest.raises(Invalid):
        by_mail.ask_to_sign_in(session, f"{EMAIL}\r\nBcc: x@y.org", base_url=BASE, now=NOW)
