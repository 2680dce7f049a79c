from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from sqlalchemy import update

from kb.accounts.models import SignIn, State
from kb.clock import utcnow
from tests.factories import make_council
from tests.people import Person
from tests.services import identity
from tests.web.entering import Newcomer
from tests.web.returning import EMAIL, come_back, find, go, say, sign_in, sites, store

BASE = "https://swap.example.org"
NEXT = "/sign-in?next=/share"


@pytest.fixture(scope="module")
def provider():
    with identity.provider() as provider:
        yield provider


@pytest.fixture
def liar():
    with identity.liar() as liar:
        yield liar


@pytest.fixture
def site(tmp_path, database_url):
    with sites(tmp_path, database_url) as site:
        yield site


def test_without_a_provider_nothing_is_there(browser):
    page = browser.get("/sign-in")

    assert "/sign-in/identity" not in page.text
    for path in ("", "/return", "/letter"):
        assert browser.response(f"/sign-in/identity{path}").status_code == 404


def test_the_sign_in_page_offers_it_and_keeps_where_people_were_going(site, provider):
    app, _ = site(provider)

    links = Newcomer(app).get(NEXT).links

    assert ("Sign in with Bryn Council", "/sign-in/identity?next=/share") in links


def test_a_provider_without_a_name_is_called_by_its_host(site, provider):
    app, _ = site(provider, oidc_name="")

    assert "Sign in with 127.0.0.1" in Newcomer(app).get("/sign-in").words


def test_somebody_new_comes_in_as_a_contributor_of_their_council(site, provider):
    app, runtime = site(provider)
    with runtime.database.transaction() as session:
        council = make_council(session, website="bryn.gov.uk")
    provider.knows("sian", email=EMAIL, email_verified=True, name="Siân Evans")
    newcomer = Newcomer(app)

    answer = sign_in(newcomer, provider, next_path="/feeds?page=1")

    assert (answer.status_code, answer.location) == (303, "/feeds?page=1")
    assert f"You write for {council.name}" in newcomer.get("/account").words
    assert find(runtime).subject == f"{provider.issuer}|sian"


def test_who_came_before_comes_into_the_same_account(site, provider):
    app, runtime = site(provider)
    provider.knows("sian", email=EMAIL, email_verified=True)
    sign_in(Newcomer(app), provider)
    before = find(runtime)
    provider.knows("sian", email="other@bryn.gov.uk")

    newcomer = Newcomer(app)
    sign_in(newcomer, provider)

    assert before.email in newcomer.get("/account").words
    assert find(runtime, "other@bryn.gov.uk") is None


def test_people_are_sent_back_to_our_own_address_whatever_a_browser_says(site, provider):
    app, _ = site(provider, base_url=BASE)
    newcomer = Newcomer(app)

    answer = newcomer.client.get(
        "/sign-in/identity", base_url=BASE, headers={"X-Forwarded-Host": "evil.example"}
    )

    said = parse_qs(urlsplit(answer.location).query)
    assert said["redirect_uri"] == [f"{BASE}/sign-in/identity/return"]
    assert said["code_challenge_method"] == ["S256"]


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil"])
def test_nobody_is_led_elsewhere(site, provider, elsewhere):
    app, _ = site(provider)
    provider.knows("sian", email=EMAIL, email_verified=True)

    assert sign_in(Newcomer(app), provider, next_path=elsewhere).location == "/account"


def test_signing_in_gives_the_browser_another_session(site, provider):
    app, _ = site(provider)
    provider.knows("sian", email=EMAIL, email_verified=True)
    newcomer, thief = Newcomer(app), Newcomer(app)
    back = provider.let_in(go(newcomer), "sian")
    planted = newcomer.client.get_cookie("kb").value
    thief.client.set_cookie("kb", planted)

    come_back(newcomer, back)

    assert newcomer.is_in
    assert newcomer.client.get_cookie("kb").value != planted
    assert not thief.is_in


def test_who_is_signed_in_already_changes_over_and_the_old_sign_in_ends(site, provider):
    app, runtime = site(provider)
    provider.knows("sian", email=EMAIL, email_verified=True)
    person, kept = Person(app, store(runtime, email="tomos@bryn.gov.uk")), Newcomer(app)
    kept.client.set_cookie("kb", person.client.get_cookie("kb").value)

    sign_in(person, provider)

    assert EMAIL in person.get("/account").words
    assert not kept.is_in


def test_who_was_not_seen_for_a_while_does_not_wait_for_themselves(site, provider):
    app, runtime = site(provider)
    provider.knows("sian", email=EMAIL, email_verified=True)
    person = Person(app, store(runtime, email="tomos@bryn.gov.uk"))
    back = provider.let_in(go(person), "sian")
    with runtime.database.transaction() as session:
        session.execute(update(SignIn).values(seen_at=utcnow() - timedelta(minutes=5)))

    assert come_back(person, back).location == "/account"


def test_the_second_step_is_asked_here_too(site, provider):
    app, runtime = site(provider)
    key = pyotp.random_base32()
    store(runtime, totp_secret=key)
    provider.knows("sian", email=EMAIL, email_verified=True)
    newcomer = Newcomer(app)

    answer = sign_in(newcomer, provider, next_path="/feeds")
    was_in = newcomer.is_in
    after = newcomer.send("/sign-in/second-step", code=pyotp.TOTP(key).at(utcnow()))

    assert answer.location == "/sign-in/second-step"
    assert not was_in
    assert after.location == "/feeds"


def failed(browser, answer, status):
    """A clear page with a way back; nobody is in."""
    page = browser._page(answer, status)
    assert page.heading == "We could not sign you in with Bryn Council"
    assert [address.partition("?")[0] for _, address in page.links] == [
        "/sign-in/identity",
        "/sign-in",
    ]
    assert not browser.is_in
    return page


@pytest.mark.parametrize("state", [None, "", "made-up", "\ud800", "x" * 5000])
def test_a_wrong_or_missing_state_is_a_clear_page(site, liar, state):
    app, runtime = site(liar)
    newcomer = Newcomer(app)

    query = {"state": state} if state is None else {"state": state.encode("utf-8", "replace")}
    page = failed(newcomer, say(liar, newcomer, **query), 400)

    assert "began in another window or browser" in page.words
    assert find(runtime) is None


def test_a_return_that_nobody_began_is_a_clear_page(site, liar):
    app, _ = site(liar)
    newcomer = Newcomer(app)

    failed(newcomer, newcomer.response("/sign-in/identity/return?state=&code=x"), 400)
    failed(newcomer, newcomer.response("/sign-in/identity/return"), 400)


def test_a_code_of_somebody_else_s_sign_in_is_of_no_use(site, provider):
    app, runtime = site(provider)
    provider.knows("thief", email="thief@bryn.gov.uk", email_verified=True)
    thief, victim = Newcomer(app), Newcomer(app)
    back = provider.let_in(go(thief), "thief")
    go(victim)

    failed(victim, come_back(victim, back), 400)

    assert find(runtime, "thief@bryn.gov.uk") is None


def test_a_return_works_once(site, provider):
    app, _ = site(provider)
    provider.knows("sian", email=EMAIL, email_verified=True)
    newcomer = Newcomer(app)
    back = provider.let_in(go(newcomer), "sian")
    cookie = newcomer.client.get_cookie("kb").value
    come_back(newcomer, back)
    newcomer.send("/sign-out")

    again = come_back(newcomer, back)
    thief = Newcomer(app)
    thief.client.set_cookie("kb", cookie)

    failed(newcomer, again, 400)
    failed(thief, come_back(thief, back), 400)


def test_who_changes_their_mind_there_comes_back_to_a_clear_page(site, provider):
    app, _ = site(provider)
    newcomer = Newcomer(app)

    page = failed(newcomer, come_back(newcomer, provider.refuse(go(newcomer))), 400)

    assert "You did not finish signing in there" in page.words


def test_trying_again_leads_to_where_people_were_going(site, liar):
    app, _ = site(liar)
    newcomer = Newcomer(app)
    state = parse_qs(urlsplit(go(newcomer, "/feeds")).query)["state"][0]

    answer = newcomer.response(f"/sign-in/identity/return?error=access_denied&state={state}")

    page = failed(newcomer, answer, 400)
    assert ("try again with Bryn Council", "/sign-in/identity?next=/feeds") in page.links


def test_what_an_error_says_never_stands_on_our_page(site, liar):
    app, _ = site(liar)
    newcomer = Newcomer(app)

    answer = say(liar, newcomer, error="x<script>", error_description="Call 0900 now <script>")

    assert "0900" not in failed(newcomer, answer, 400).text
    assert "<script>" not in answer.text


@pytest.mark.parametrize(
    "claims",
    [{"nonce": "another"}, {"aud": "another"}, {"iss": "https://evil.example"}, {"exp": 1}],
)
def test_a_token_that_proves_nothing_lets_nobody_in(site, liar, claims):
    app, runtime = site(liar)
    store(runtime)
    newcomer, liar.claims = Newcomer(app), claims

    failed(newcomer, say(liar, newcomer), 400)

    assert find(runtime).subject is None


@pytest.mark.parametrize("path", ["/token", "/keys"])
@pytest.mark.parametrize("answer", [None, (500, {}), (200, "<html>")])
def test_a_provider_that_breaks_on_the_way_is_a_clear_page(site, liar, path, answer):
    app, _ = site(liar)
    newcomer, liar.answers[path] = Newcomer(app), answer

    page = failed(newcomer, say(liar, newcomer), 503)

    assert "It does not answer at the moment." in page.words


def test_a_provider_that_is_down_is_a_clear_page(site):
    with identity.liar() as gone:
        app, _ = site(gone)
    newcomer = Newcomer(app)

    failed(newcomer, newcomer.response("/sign-in/identity?next=/feeds"), 503)


def test_an_expired_code_is_a_clear_page(site, liar):
    app, _ = site(liar)
    newcomer, liar.answers["/token"] = Newcomer(app), (400, {"error": "invalid_grant"})

    failed(newcomer, say(liar, newcomer), 400)


def test_who_runs_the_site_reads_in_the_log_what_is_set_wrong(site, liar, capsys):
    app, _ = site(liar)
    newcomer = Newcomer(app)

    for error in ("invalid_client", "Siân Evans, sian@bryn.gov.uk"):
        liar.answers["/token"] = (401, {"error": error, "error_description": EMAIL})
        failed(newcomer, say(liar, newcomer), 400)

    logged = capsys.readouterr().err
    assert '"problem": "The provider says: invalid_client."' in logged
    assert '"problem": "The provider says: something else."' in logged
    assert "@bryn" not in logged


def test_an_answer_in_the_name_of_another_provider_is_refused(site, liar):
    app, _ = site(liar)
    newcomer = Newcomer(app)

    failed(newcomer, say(liar, newcomer, iss="https://evil.example"), 400)

    assert say(liar, newcomer, iss=liar.issuer).status_code == 303


def test_somebody_without_an_address_is_told_so(site, liar):
    app, _ = site(liar)
    newcomer, liar.claims = Newcomer(app), {"email": None}

    page = failed(newcomer, say(liar, newcomer), 403)

    assert "It did not tell us your email address" in page.words


def test_the_account_of_somebody_else_there_stays_theirs(site, liar):
    app, runtime = site(liar)
    store(runtime, subject="https://other.example|sian", is_admin=True)
    newcomer = Newcomer(app)

    failed(newcomer, say(liar, newcomer), 403)

    assert find(runtime).subject == "https://other.example|sian"


def test_a_closed_account_lets_nobody_in(site, liar):
    app, runtime = site(liar)
    store(runtime, state=State.CLOSED)
    newcomer = Newcomer(app)

    failed(newcomer, say(liar, newcomer), 403)


def test_a_name_from_there_is_shown_as_text(site, liar):
    app, _ = site(liar)
    newcomer, liar.claims = Newcomer(app), {"name": "<script>alert(1)</script>"}
    say(liar, newcomer)

    page = newcomer.get("/account")

    assert "<script>alert" not in page.text
    assert "alert(1)" in page.text
