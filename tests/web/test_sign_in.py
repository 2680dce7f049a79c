from datetime import timedelta

import pytest
from sqlalchemy import select, update

from kb.accounts import passwords
from kb.accounts.models import OneTimeLink, SignIn, State
from kb.clock import utcnow
from tests.factories import make_user
from tests.people import Person, token_of
from tests.web.entering import PASSWORD, Newcomer

EMAIL = "sian@bryn.gov.uk"


@pytest.fixture
def newcomer(app):
    return Newcomer(app)


@pytest.fixture
def user(runtime):
    return store(runtime, email=EMAIL)


def store(runtime, *, password=PASSWORD, **values):
    with runtime.database.transaction() as session:
        user = make_user(session, **values)
        if password:
            passwords.set_password(user, password)
        return user


def sign_ins_of(runtime, user):
    with runtime.database.reading() as session:
        query = select(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None))
        return list(session.scalars(query))


def cookie(browser):
    return browser.client.get_cookie("kb")


def test_the_right_password_signs_in(newcomer, user):
    answer = newcomer.try_password("Sian@Bryn.gov.uk")

    assert (answer.status_code, answer.location) == (303, "/account")
    assert user.name in newcomer.get("/account").text


@pytest.mark.parametrize("state", [State.CLOSED, State.UNCONFIRMED])
def test_an_account_that_is_not_open_lets_nobody_in(newcomer, runtime, state):
    store(runtime, email=EMAIL, state=state)

    assert newcomer.try_password(EMAIL).status_code == 422
    assert not newcomer.is_in


def test_who_waits_for_an_admin_may_sign_in(newcomer, runtime):
    store(runtime, email=EMAIL, state=State.WAITING)

    newcomer.try_password(EMAIL)

    assert "an admin has a look" in newcomer.get("/account").words


def test_a_wrong_password_shows_the_form_again_with_all_but_the_password(newcomer, user):
    page = newcomer._page(newcomer.try_password(EMAIL, "not the password"), 422)

    assert page.title.startswith("Error: Sign in")
    assert "The email address or the password is not right." in page.words
    assert page.find(".//input[@id='email']")[0].get("value") == EMAIL
    assert "not the password" not in page.text


def said(answer):
    """All that an answer says, but for what is random in each, and to the second."""
    ignored = {"Set-Cookie", "Content-Length", "Retry-After"}
    text = answer.text.replace(EMAIL, "").replace("nobody@bryn.gov.uk", "")
    text = "".join(line for line in text.splitlines() if "csrf_token" not in line)
    return answer.status_code, text, [h for h in answer.headers if h[0] not in ignored]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/sign-in", {"password": "not the password"}),
        ("/sign-in/link", {}),
        ("/sign-in/reset", {}),
        ("/sign-up", {"name": "Siân"}),
    ],
)
def test_no_answer_tells_whether_somebody_has_an_account(app, user, path, data):
    known, unknown = Newcomer(app), Newcomer(app, "192.0.2.2")
    for _ in range(7):
        one = known.send(path, email=EMAIL, **data)
        other = unknown.send(path, email="nobody@bryn.gov.uk", **data)

        assert said(one) == said(other)

    assert one.status_code == 429


@pytest.mark.parametrize("password", ["", PASSWORD])
def test_who_has_no_password_is_not_told_apart(app, runtime, password):
    store(runtime, password="", email=EMAIL)
    known, unknown = Newcomer(app), Newcomer(app, "192.0.2.2")

    one = known.try_password(EMAIL, password)
    other = unknown.try_password("nobody@bryn.gov.uk", password)

    assert said(one) == said(other)
    assert one.status_code == 422


def test_five_wrong_passwords_a_minute_are_enough_wherever_they_come_from(app, user):
    for n in range(5):
        newcomer = Newcomer(app, f"192.0.2.{n}")
        assert newcomer.try_password(EMAIL, f"wrong password {n}").status_code == 422

    answer = Newcomer(app, "192.0.2.99").try_password(EMAIL)

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert "Try again in a minute." in answer.text


def test_five_wrong_passwords_a_minute_are_enough_for_one_network(app, user):
    for n in range(5):
        assert Newcomer(app).try_password(f"x{n}@bryn.gov.uk").status_code == 422

    assert Newcomer(app).try_password(EMAIL).status_code == 429


def test_an_office_behind_one_address_can_sign_in_at_nine(app, runtime):
    for n in range(8):
        store(runtime, email=f"x{n}@bryn.gov.uk")

    answers = [Newcomer(app).try_password(f"x{n}@bryn.gov.uk").status_code for n in range(8)]

    assert answers == [303] * 8


def test_a_link_signs_in_once_and_in_any_browser(app, newcomer, user):
    newcomer.send("/sign-in/link", email=EMAIL, next="/feeds")
    code = newcomer.code(EMAIL)
    other = Newcomer(app)

    page = other.get(f"/sign-in/arrival?code={code}")
    answer = other.send("/sign-in/arrival", code=code)

    assert EMAIL in page.words
    assert (answer.status_code, answer.location) == (303, "/feeds")
    assert other.is_in
    assert not newcomer.is_in
    assert "This link is over" in newcomer.get(f"/sign-in/arrival?code={code}", 410).words


def test_opening_a_link_does_nothing_because_programs_do_it_too(newcomer, user, runtime):
    newcomer.send("/sign-in/link", email=EMAIL)
    for _ in range(3):
        answer = newcomer.response(f"/sign-in/arrival?code={newcomer.code(EMAIL)}")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert sign_ins_of(runtime, user) == []


@pytest.mark.parametrize("form", ["{code}", " {link} ", "<{link}>"])
def test_the_link_or_its_code_can_be_pasted(newcomer, user, runtime, form):
    newcomer.send("/sign-in/link", email=EMAIL)
    code = newcomer.code(EMAIL)
    link = f"{runtime.settings.base_url}/sign-in/arrival?code={code}"

    newcomer.send("/sign-in/arrival", code=form.format(code=code, link=link))

    assert newcomer.is_in


@pytest.mark.parametrize("code", ["", "nonsense", "x" * 43, "x" * 3000])
def test_what_is_no_code_is_said_kindly(newcomer, code):
    page = newcomer._page(newcomer.send("/sign-in/arrival", code=code), 422)

    assert page.title.startswith("Error: ")
    assert ("ask for another link", "/sign-in") in page.links


def test_a_link_that_has_run_out_offers_a_new_one(newcomer, user, runtime):
    newcomer.send("/sign-in/link", email=EMAIL)
    with runtime.database.transaction() as session:
        ran_out = utcnow() - timedelta(seconds=1)
        session.execute(update(OneTimeLink).values(expires_at=ran_out))

    page = newcomer.get(f"/sign-in/arrival?code={newcomer.code(EMAIL)}", 410)

    assert ("Sign in, or ask for a new link", "/sign-in") in page.links


def test_a_new_password_by_letter_signs_out_everybody_else(app, newcomer, user):
    thief = Person(app, user)
    newcomer.send("/sign-in/reset", email=EMAIL)
    code = newcomer.code(EMAIL)

    page = newcomer.get(f"/sign-in/password?code={code}")
    refused = newcomer.send("/sign-in/password", code=code, password="password")
    answer = newcomer.send("/sign-in/password", code=code, password="llwybr newydd 8")

    assert EMAIL in page.words
    assert refused.status_code == 422
    assert answer.status_code == 303
    assert "Your new password is set." in newcomer.get("/account").words
    assert thief.response("/account").status_code == 303
    assert Newcomer(app).try_password(EMAIL, "llwybr newydd 8").status_code == 303
    assert newcomer.send("/sign-in/password", code=code, password=PASSWORD).status_code == 410


def test_five_letters_in_half_an_hour_are_enough_for_a_mailbox(app, user):
    for path in ("/sign-in/reset", "/sign-in/link"):
        before = len(Newcomer(app).letters(EMAIL))
        for n in range(20):
            Newcomer(app, f"192.0.2.{n}").send(path, email=EMAIL)

        assert len(Newcomer(app).letters(EMAIL)) == before + 5


def test_signing_in_gives_the_browser_another_session(newcomer, user):
    newcomer.get("/sign-in")
    before = cookie(newcomer).value

    newcomer.try_password(EMAIL)

    assert cookie(newcomer).value != before


def test_a_session_that_somebody_else_put_there_is_not_signed_in(app, newcomer, user):
    newcomer.get("/sign-in")
    planted = cookie(newcomer).value
    victim, thief = Newcomer(app), Newcomer(app)
    for browser in (victim, thief):
        browser.client.set_cookie("kb", planted)

    victim.try_password(EMAIL)

    assert victim.is_in
    assert not thief.is_in


def test_signing_in_again_ends_the_sign_in_before(newcomer, user, runtime):
    newcomer.try_password(EMAIL)
    [first] = sign_ins_of(runtime, user)

    newcomer.try_password(EMAIL)

    [second] = sign_ins_of(runtime, user)
    assert second.id != first.id


@pytest.mark.parametrize(
    "elsewhere",
    [
        *("https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "//["),
        *("/\t/evil.example", "javascript:alert(1)", "/\\/evil.example", "///evil.example"),
        *(
            "evil.example",
            "/x\r\nSet-Cookie: a=b",
            "/" + "x" * 3000,
            "http:/evil.example",
            "/a\\b",
        ),
    ],
)
def test_nobody_is_led_elsewhere(app, user, elsewhere):
    one, other = Newcomer(app), Newcomer(app)

    by_password = one.try_password(EMAIL, next=elsewhere)
    other.send("/sign-in/link", email=EMAIL, next=elsewhere)
    by_link = other.send("/sign-in/arrival", code=other.code(EMAIL))

    assert by_password.location == by_link.location == "/account"
    already = one.client.get("/sign-in", query_string={"next": elsewhere})
    assert already.location == "/account"


def test_who_must_sign_in_comes_to_where_they_were_going(newcomer, user):
    answer = newcomer.response("/account/password")
    page = newcomer.get(answer.location)
    wanted = page.find(".//input[@name='next']")[0].get("value")

    assert newcomer.try_password(EMAIL, next=wanted).location == "/account/password"


def test_links_are_made_with_our_own_address_whatever_a_browser_says(app, user, runtime):
    newcomer = Newcomer(app)
    token = token_of(newcomer.get("/sign-in"))
    said = {"csrf_token": token, "email": EMAIL}

    newcomer.client.post("/sign-in/link", data=said, headers={"X-Forwarded-Host": "evil.example"})
    refused = newcomer.client.post("/sign-in/link", data=said, headers={"Host": "evil.example"})

    assert refused.status_code == 400
    [letter] = newcomer.letters(EMAIL)
    assert f"{runtime.settings.base_url}/sign-in/arrival" in letter.text
    assert "evil" not in letter.text


@pytest.mark.parametrize("path", ["/sign-in/link", "/sign-in/reset", "/sign-up"])
@pytest.mark.parametrize("more", ["\r\nBcc: all@bryn.gov.uk", "%0aBcc: x@y.org", ",x@y.org", '"'])
def test_nobody_adds_to_a_letter_s_headers(newcomer, runtime, path, more):
    answer = newcomer.send(path, email=f"{EMAIL}{more}", name="Siân")

    assert answer.status_code == 422
    assert newcomer.letters(EMAIL) == []


@pytest.mark.parametrize(
    "path",
    [
        *("/sign-in", "/sign-in/link", "/sign-in/arrival", "/sign-in/reset", "/sign-in/password"),
        *("/sign-out", "/sign-up", "/sign-up/confirmation"),
    ],
)
def test_no_form_is_taken_without_our_token(newcomer, user, path):
    data = {"email": EMAIL, "password": PASSWORD, "code": "x"}

    assert newcomer.client.post(path, data=data).status_code == 400
    assert newcomer.client.post(path, data=data | {"csrf_token": "made-up"}).status_code == 400


@pytest.mark.parametrize("value", ["", "made-up", "eyJfdXNlcl9pZCI6IjEifQ.aaaaaa.bbbbbbbbbb"])
def test_a_forged_cookie_is_nobody_s(newcomer, user, value):
    newcomer.client.set_cookie("kb", value)

    assert not newcomer.is_in


def test_signing_out_ends_it_for_whoever_kept_the_cookie(app, newcomer, user):
    newcomer.try_password(EMAIL)
    kept = cookie(newcomer).value

    newcomer.send("/sign-out")
    thief = Newcomer(app)
    thief.client.set_cookie("kb", kept)

    assert not newcomer.is_in
    assert not thief.is_in


def test_what_was_typed_is_shown_as_text(newcomer):
    script = '"><script>alert(1)</script>@bryn.gov.uk'

    page = newcomer._page(newcomer.send("/sign-in/link", email=script), 422)

    assert page.find(".//input[@id='email']")[0].get("value") == script
    assert "<script>alert" not in page.text


def test_the_header_says_who_is_here(app, browser, runtime, user):
    reviewer = Person(app, store(runtime, is_reviewer=True, name="<b>Tomos</b>"))

    assert browser.get("/").find(".//header//a[@href='/sign-in']")
    assert "Set-Cookie" not in browser.response("/").headers
    bar = reviewer.get("/account").find(".//nav[@class='who']")[0]
    assert [a.get("href") for a in bar.findall(".//a")] == ["/account", "/work", "/review"]
    own = Person(app, user).get("/account").find(".//nav[@class='who']//a")
    assert [a.get("href") for a in own] == ["/account", "/work"]
