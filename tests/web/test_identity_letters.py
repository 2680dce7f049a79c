from datetime import timedelta

import pytest
from flask import session as flask_session

from kb.accounts.provider import Claims
from kb.clock import utcnow
from kb.web import identity_letters
from tests.factories import make_council, make_user
from tests.services import identity
from tests.web.entering import Newcomer
from tests.web.returning import EMAIL, find, say, sites, store


@pytest.fixture
def liar():
    with identity.liar() as liar:
        yield liar


@pytest.fixture
def site(tmp_path, database_url):
    with sites(tmp_path, database_url) as site:
        yield site


def test_an_address_that_nobody_verified_opens_no_account(site, liar):
    app, runtime = site(liar)
    store(runtime, is_admin=True)
    thief, liar.claims = Newcomer(app), {"sub": "thief", "email_verified": None}

    answer = say(liar, thief)
    page = thief.get(answer.location)

    assert "Look in your mailbox" in page.words
    assert not thief.is_in
    assert find(runtime).subject is None


def test_the_letter_proves_it_and_the_next_time_no_letter_is_needed(site, liar):
    app, runtime = site(liar)
    user = store(runtime)
    newcomer, liar.claims = Newcomer(app), {"email_verified": None}
    say(liar, newcomer)

    newcomer.send("/sign-in/arrival", code=newcomer.code(EMAIL))
    again = Newcomer(app)
    answer = say(liar, again)

    assert newcomer.is_in
    assert find(runtime).subject == f"{liar.issuer}|sian"
    assert (answer.location, again.is_in) == ("/account", True)
    assert len(again.letters(user.email)) == 1


def test_somebody_new_proves_their_address_by_the_letter_too(site, liar):
    app, runtime = site(liar)
    newcomer, liar.claims = Newcomer(app), {"email_verified": None, "name": "Siân Evans"}
    say(liar, newcomer)

    newcomer.send("/sign-up/confirmation", code=newcomer.code(EMAIL))

    assert newcomer.is_in
    assert find(runtime).subject == f"{liar.issuer}|sian"
    assert find(runtime).name == "Siân Evans"


def test_a_victim_who_opens_the_letter_gives_nobody_their_account(site, liar):
    app, runtime = site(liar)
    store(runtime, is_reviewer=True)
    thief, liar.claims = Newcomer(app), {"sub": "thief", "email_verified": None}
    say(liar, thief)
    victim = Newcomer(app)

    victim.send("/sign-in/arrival", code=victim.code(EMAIL))
    say(liar, thief)

    assert victim.is_in
    assert find(runtime).subject is None
    assert not thief.is_in


def test_a_letter_to_another_address_proves_nothing(site, liar):
    app, runtime = site(liar)
    store(runtime, is_admin=True)
    thief, liar.claims = Newcomer(app), {"sub": "thief", "email_verified": None}
    say(liar, thief)
    with runtime.database.transaction() as session:
        make_user(session, email="thief@bryn.gov.uk")

    thief.send("/sign-in/link", email="thief@bryn.gov.uk")
    thief.send("/sign-in/arrival", code=thief.code("thief@bryn.gov.uk"))

    assert find(runtime).subject is None
    assert find(runtime, "thief@bryn.gov.uk").subject is None


@pytest.mark.parametrize("exists", [True, False])
def test_an_unverified_address_tells_nobody_whether_it_has_an_account(site, liar, exists):
    app, runtime = site(liar)
    if exists:
        store(runtime)
    newcomer, liar.claims = Newcomer(app), {"email_verified": False}

    answer = say(liar, newcomer)

    assert (answer.status_code, answer.location) == (303, "/sign-in/identity/letter")
    assert len(newcomer.letters(EMAIL)) == 1


def test_nobody_s_mailbox_is_filled_by_way_of_the_provider(site, liar):
    app, _ = site(liar)
    liar.claims = {"email_verified": None}

    answers = [say(liar, Newcomer(app, f"192.0.2.{n}")).status_code for n in range(7)]

    assert answers == [303] * 5 + [429] * 2
    assert len(Newcomer(app).letters(EMAIL)) == 5


def test_who_shares_a_domain_chooses_their_council_and_is_known_from_then_on(site, liar):
    app, runtime = site(liar)
    with runtime.database.transaction() as session:
        councils = [make_council(session, website="bryn.gov.uk") for _ in range(2)]
    newcomer = Newcomer(app)

    answer = say(liar, newcomer)
    page = newcomer.get(answer.location)
    code = page.find(".//input[@name='code']")[0].get("value")
    newcomer.send("/sign-up/confirmation", code=code, council=str(councils[1].id))

    assert newcomer.is_in
    assert find(runtime).council_id == councils[1].id
    assert find(runtime).subject == f"{liar.issuer}|sian"


@pytest.mark.parametrize(("late", "is_known"), [(0, True), (59, True), (60, False)])
def test_what_the_provider_said_is_believed_for_an_hour(site, liar, late, is_known):
    app, runtime = site(liar)
    user, now = store(runtime), utcnow()
    claims = Claims(subject="x|sian", email=f" {EMAIL.upper()}", is_verified=False, name="")
    with app.test_request_context(method="POST", headers={"Cookie": "kb=x"}):
        identity_letters.remember(claims, now=now)
        identity_letters.link(user, now=now + timedelta(minutes=late))

        assert user.subject == ("x|sian" if is_known else None)
        assert [*flask_session] == ["identity_by_letter"]
