import pytest
from sqlalchemy import func, select

from kb.accounts import service as accounts
from kb.accounts.models import OneTimeLink, State, User
from tests.factories import make_council, make_user
from tests.people import Person
from tests.web.entering import Newcomer

EMAIL = "sian@bryn.gov.uk"


@pytest.fixture
def newcomer(app):
    return Newcomer(app)


def store_council(runtime, **values):
    with runtime.database.transaction() as session:
        return make_council(session, website="bryn.gov.uk", **values)


def find(runtime, email=EMAIL):
    with runtime.database.reading() as session:
        return accounts.by_email(session, email)


def sign_up(browser, email=EMAIL, **data):
    return browser.send("/sign-up", email=email, **{"name": "Siân Evans"} | data)


def test_a_stranger_with_a_council_address_signs_up(newcomer, runtime):
    council = store_council(runtime)

    answer = sign_up(newcomer, next="/feeds")
    told = newcomer.get(answer.location)
    code = newcomer.code(EMAIL)
    page = newcomer.get(f"/sign-up/confirmation?code={code}")
    before = find(runtime)
    arrived = newcomer.send("/sign-up/confirmation", code=code)

    assert "Open its link within 24 hours" in told.words
    assert council.name in page.words
    assert before is None
    assert arrived.location == "/feeds"
    assert f"You write for {council.name}" in newcomer.get("/account").words


def test_any_other_address_waits_for_an_admin(newcomer, runtime):
    store_council(runtime)
    sign_up(newcomer, "sian@evilbryn.gov.uk")
    code = newcomer.code("sian@evilbryn.gov.uk")

    page = newcomer.get(f"/sign-up/confirmation?code={code}")
    newcomer.send("/sign-up/confirmation", code=code)

    assert "an admin has a look" in page.words
    assert find(runtime, "sian@evilbryn.gov.uk").state is State.WAITING


def test_who_shares_a_domain_chooses_their_council(newcomer, runtime):
    names = ("Lower", "Upper")
    _, upper = [store_council(runtime, short_name=name) for name in names]
    other = store_council(runtime, short_name="Other")
    with runtime.database.transaction() as session:
        session.merge(other).website = "other.gov.uk"
    sign_up(newcomer)
    code = newcomer.code(EMAIL)

    page = newcomer.get(f"/sign-up/confirmation?code={code}")
    none = newcomer.send("/sign-up/confirmation", code=code)
    wrong = newcomer.send("/sign-up/confirmation", code=code, council=str(other.id))
    newcomer.send("/sign-up/confirmation", code=code, council=str(upper.id))

    assert len(page.find(".//input[@type='radio']")) == 2
    assert none.status_code == wrong.status_code == 422
    assert "Choose your council." in newcomer._page(none, 422).words
    assert find(runtime).council_id == upper.id


def test_a_link_confirms_once_and_says_so_kindly(newcomer, app):
    sign_up(newcomer)
    code = newcomer.code(EMAIL)
    newcomer.send("/sign-up/confirmation", code=code)

    again = Newcomer(app).send("/sign-up/confirmation", code=code)

    assert again.status_code == 410
    assert (
        "This link is over" in Newcomer(app).get(f"/sign-up/confirmation?code={code}", 410).words
    )


def test_who_has_an_account_gets_another_letter_and_the_same_answer(newcomer, runtime):
    with runtime.database.transaction() as session:
        make_user(session, email=EMAIL)

    answer = sign_up(newcomer)

    assert answer.location == "/sign-up/letter"
    assert newcomer.letters(EMAIL)[-1].subject == "You already have an account"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"name": ""}, "Enter your name."),
        ({"email": ""}, "Enter your email address."),
        ({"email": "sian"}, "Enter an email address in the form name@council.gov.uk."),
        ({"email": "x@саrdiff.gov.uk"}, "Enter the address in the letters a to z."),
        ({"email": "x" * 300 + "@x.uk"}, "That is too long to be an email address."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_still_there(newcomer, data, sentence):
    answer = newcomer.send("/sign-up", **{"name": "Siân", "email": EMAIL} | data)
    page = newcomer._page(answer, 422)

    assert page.title.startswith("Error: Sign up")
    assert sentence in page.words
    typed = {i.get("name"): i.get("value") for i in page.find(".//main//input")}
    assert typed["email"] == data.get("email", EMAIL)


def test_two_hundred_sign_ups_in_a_minute_reach_one_mailbox_three_times(app, newcomer):
    for n in range(200):
        sign_up(Newcomer(app, f"198.51.100.{n}"), f"sian+{n}@bryn.gov.uk")

    with newcomer.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(OneTimeLink)) == 3
        assert session.scalar(select(func.count()).select_from(User)) == 0


def test_two_hundred_sign_ups_in_a_minute_from_one_network_are_thirty(newcomer):
    answers = [sign_up(newcomer, f"x{n}@bryn.gov.uk").status_code for n in range(40)]

    assert answers == [303] * 30 + [429] * 10


def test_who_is_signed_in_needs_no_second_account(app, runtime):
    with runtime.database.transaction() as session:
        user = make_user(session)

    assert Person(app, user).response("/sign-up").location == "/account"
