import re

import pyotp
import pytest

from kb.accounts import passwords, second_step
from kb.accounts import service as accounts
from kb.accounts.models import State
from kb.clock import utcnow
from kb.web import qr
from tests.factories import make_user
from tests.people import Person
from tests.web.entering import PASSWORD, Newcomer

EMAIL = "sian@bryn.gov.uk"
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def store(runtime, **values):
    with runtime.database.transaction() as session:
        user = make_user(session, email=EMAIL, **values)
        passwords.set_password(user, PASSWORD)
        return user


def find(runtime):
    with runtime.database.reading() as session:
        return accounts.by_email(session, EMAIL)


def code(key=KEY):
    return pyotp.TOTP(key).at(utcnow())


def wrong():
    """A code that no clock near ours shows."""
    now = int(utcnow().timestamp())
    near = {pyotp.TOTP(KEY).at(now + seconds) for seconds in range(-90, 120, 30)}
    return next(text for n in range(10) if (text := f"{n:06}") not in near)


@pytest.fixture
def user(runtime):
    return store(runtime, totp_secret=KEY)


@pytest.fixture
def newcomer(app, user):
    """Somebody who knows the password, and has done the first step."""
    newcomer = Newcomer(app)
    newcomer.try_password(EMAIL, next="/feeds")
    return newcomer


def test_a_right_code_signs_in_and_leads_on(newcomer):
    page = newcomer.get("/sign-in/second-step")
    answer = newcomer.send("/sign-in/second-step", code=code())

    assert page.find(".//input[@id='code']")[0].get("autocomplete") == "one-time-code"
    assert (answer.status_code, answer.location) == (303, "/feeds")
    assert newcomer.is_in


def test_the_browser_gets_another_session(newcomer):
    before = newcomer.client.get_cookie("kb").value

    newcomer.send("/sign-in/second-step", code=code())

    assert newcomer.client.get_cookie("kb").value != before


def test_a_wrong_code_is_said_to_be_wrong_and_lets_nobody_in(newcomer):
    page = newcomer._page(newcomer.send("/sign-in/second-step", code=wrong()), 422)

    assert page.title.startswith("Error: Enter your code")
    assert "This is not the code that your app shows now." in page.words
    assert not newcomer.is_in


@pytest.mark.parametrize("text", ["", "<script>alert(1)</script>", "9" * 3000])
def test_what_is_no_code_is_shown_as_text(newcomer, text):
    page = newcomer._page(newcomer.send("/sign-in/second-step", code=text), 422)

    assert "<script>alert" not in page.text
    assert not newcomer.is_in


def test_a_code_that_was_seen_over_the_shoulder_does_not_work_again(app, newcomer):
    seen = code()
    newcomer.send("/sign-in/second-step", code=seen)
    thief = Newcomer(app)
    thief.try_password(EMAIL)

    answer = thief.send("/sign-in/second-step", code=seen)

    assert answer.status_code == 422
    assert not thief.is_in


def test_five_wrong_codes_a_minute_are_enough_from_wherever_they_come(app, user):
    for n in range(5):
        guesser = Newcomer(app, f"192.0.2.{n}")
        guesser.try_password(EMAIL)
        assert guesser.send("/sign-in/second-step", code=wrong()).status_code == 422

    last = Newcomer(app, "192.0.2.99")
    last.try_password(EMAIL)
    answer = last.send("/sign-in/second-step", code=code())

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert not last.is_in


def test_nobody_comes_in_by_a_code_alone(app, user):
    newcomer = Newcomer(app)

    shown = newcomer.response("/sign-in/second-step")
    answer = newcomer.send("/sign-in/second-step", code=code())

    assert (shown.status_code, shown.location) == (303, "/sign-in")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert not newcomer.is_in


def test_an_account_that_was_closed_meanwhile_lets_nobody_in(newcomer, runtime):
    with runtime.database.transaction() as session:
        accounts.of_email(session, EMAIL).state = State.CLOSED

    answer = newcomer.send("/sign-in/second-step", code=code())

    assert answer.location == "/sign-in"
    assert not newcomer.is_in


def test_it_is_set_up_with_a_picture_or_a_key(app, runtime):
    person = Person(app, store(runtime))

    page = person.get("/account/second-step")
    key = page.find(".//input[@name='key']")[0].get("value")
    said = person.post("/account/second-step", key=key, code=code(key))

    assert page.headers["Cache-Control"] == "no-store"
    assert key in page.words.replace(" ", "")
    assert "Your second step is on." in said.words
    assert find(runtime).totp_secret == key
    assert key not in said.text


def test_the_picture_says_what_the_key_says(app, runtime):
    user = store(runtime)

    page = Person(app, user).get("/account/second-step")

    key = page.find(".//input[@name='key']")[0].get("value")
    address = second_step.app_address(key, user, site_name="Scrutiny Swap")
    assert qr.secret_drawing(address) in page.text


def test_a_wrong_code_keeps_the_key_and_switches_nothing_on(app, runtime):
    person = Person(app, store(runtime))

    page = person.post("/account/second-step", 422, key=KEY, code=wrong())

    assert page.title.startswith("Error: ")
    assert page.find(".//input[@name='key']")[0].get("value") == KEY
    assert find(runtime).totp_secret == ""


@pytest.mark.parametrize("key", ["", "short", '"><script>alert(1)</script>', "A" * 33])
def test_what_is_no_key_is_replaced_by_a_new_one(app, runtime, key):
    person = Person(app, store(runtime))

    page = person.post("/account/second-step", 422, key=key, code="123456")

    assert re.fullmatch(r"[A-Z2-7]{32}", page.find(".//input[@name='key']")[0].get("value"))
    assert "<script>alert" not in page.text


def test_setting_it_up_signs_out_everywhere_else_and_renews_this_sign_in(app, runtime):
    user = store(runtime)
    person, other, thief = Person(app, user), Person(app, user), Newcomer(app)
    thief.client.set_cookie("kb", person.client.get_cookie("kb").value)

    person.post("/account/second-step", key=KEY, code=code())

    assert person.response("/account").status_code == 200
    assert other.response("/account").status_code == 303
    assert not thief.is_in


def test_nobody_puts_another_key_over_the_one_in_use(app, user, runtime):
    person = Person(app, user)
    other = "A" * 32

    person.post("/account/second-step", 409, key=other, code=code(other))

    assert find(runtime).totp_secret == KEY


def test_switching_it_off_needs_a_code(app, user, runtime):
    person = Person(app, user)

    page = person.get("/account/second-step")
    refused = person.post("/account/second-step/end", 422, code=wrong())
    was_on = find(runtime).totp_secret
    said = person.post("/account/second-step/end", code=code())

    assert KEY not in page.text.replace(" ", "")
    assert refused.title.startswith("Error: Switch off")
    assert was_on == KEY
    assert "Your second step is off." in said.words
    assert find(runtime).totp_secret == ""


def test_who_has_none_is_led_to_where_it_is_switched_on(app, runtime):
    person = Person(app, store(runtime, totp_secret=""))

    page = person.post("/account/second-step/end", code=code())

    assert page.heading == person.get("/account/second-step").heading


def test_nobody_guesses_codes_in_a_browser_that_was_left_open(app, user):
    person = Person(app, user)
    for _ in range(5):
        person.post("/account/second-step/end", 422, code=wrong())

    page = person.post("/account/second-step/end", 429, code=code())

    assert page.headers["Retry-After"]


@pytest.mark.parametrize("path", ["/account/second-step", "/account/second-step/end"])
def test_nothing_changes_without_our_token_or_a_sign_in(app, user, path):
    person, stranger = Person(app, user), Newcomer(app)

    assert person.client.post(path, data={"code": code()}).status_code == 400
    assert stranger.send(path, code=code()).status_code == 403
    assert stranger.client.post("/sign-in/second-step", data={"code": "1"}).status_code == 400


def test_the_account_page_says_whether_it_is_on(app, user):
    links = Person(app, user).get("/account").links

    assert ("Switch off your second step", "/account/second-step") in links
