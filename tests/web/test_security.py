from dataclasses import replace

import pytest
from flask import session as flask_session

from kb.config import Settings
from kb.web.context import public
from kb.web.security import MAX_ADDRESS, MAX_BODY
from tests.apps import create_app
from tests.pages import Browser

READING = [
    *("/", "/search?q=topics", "/councils", "/tip-cards", "/training", "/nothing-here"),
    *("/healthz", "/readyz", "/api/v1/search?q=topics", "/robots.txt", "/assets/nothing.css"),
]


@pytest.fixture
def site_at(runtime):
    """The site as it is under some address."""

    def build(base_url):
        settings = Settings(
            data_dir=runtime.settings.data_dir, base_url=base_url, secret_key="x" * 40
        )
        parts = replace(runtime, settings=settings)
        return create_app(parts)

    return build


@pytest.fixture
def remembers(app):
    """A page that puts something into the visitor's session, as signing in will."""
    return with_session(app)


def with_session(app):
    @app.get("/remember")
    @public
    def remember():
        flask_session["colour"] = "mauve"
        return "Remembered."

    return Browser(app)


@pytest.mark.parametrize("path", READING)
def test_every_answer_forbids_what_no_page_needs(seeded_browser, path):
    headers = seeded_browser.response(path).headers

    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; script-src 'self'; worker-src 'self'; "
        "font-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_a_page_that_breaks_forbids_the_same(app, browser):
    @app.get("/broken")
    @public
    def broken():
        raise RuntimeError

    response = browser.response("/broken")

    assert response.status_code == 500
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", READING)
def test_reading_sets_no_cookie(seeded_browser, path):
    assert "Set-Cookie" not in seeded_browser.response(path).headers


def test_browsers_are_told_to_insist_on_https_only_where_there_is_https(site_at):
    plain = site_at("http://127.0.0.1:8000").test_client().get("/healthz")
    secure = site_at("https://swap.example.org").test_client()

    told = secure.get("/healthz", headers={"Host": "swap.example.org"})

    assert "Strict-Transport-Security" not in plain.headers
    assert told.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_a_cookie_is_for_this_site_and_no_script(remembers):
    cookie = remembers.response("/remember").headers["Set-Cookie"]

    assert cookie.startswith("kb=")
    assert cookie.endswith("; HttpOnly; Path=/; SameSite=Lax")


def test_over_https_a_cookie_is_bound_to_the_host(site_at):
    browser = with_session(site_at("https://swap.example.org"))

    response = browser.response("/remember", headers={"Host": "swap.example.org"})

    assert response.headers["Set-Cookie"].startswith("__Host-kb=")
    assert response.headers["Set-Cookie"].endswith("; Secure; HttpOnly; Path=/; SameSite=Lax")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost:8000", "LOCALHOST", "[::1]", "[::1]:8000"]
)
def test_on_ones_own_machine_all_its_names_are_answered(browser, host):
    assert browser.get("/", headers={"Host": host})


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "[::1", "", "a b"]
)
def test_other_names_are_refused_with_a_page(browser, host):
    page = browser.get("/", expect=400, headers={"Host": host})

    assert "evil" not in page.text


def test_a_public_site_answers_to_its_own_name_alone(site_at):
    client = site_at("https://swap.example.org").test_client()

    statuses = {
        host: client.get("/healthz", headers={"Host": host}).status_code
        for host in ("swap.example.org", "swap.example.org:443", "localhost", "www.example.org")
    }

    assert statuses == {
        "swap.example.org": 200,
        "swap.example.org:443": 200,
        "localhost": 400,
        "www.example.org": 400,
    }


def test_what_a_proxy_may_claim_is_not_believed(browser):
    page = browser.get(
        "/", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher"}
    )

    assert "evil.example" not in page.text
    assert "gopher" not in page.text


@pytest.mark.parametrize("path", ["/", "/search", "/healthz", "/nothing-here"])
def test_a_body_that_is_too_large_is_refused_everywhere(browser, path):
    response = browser.client.post(path, data=b"x" * (MAX_BODY + 1))

    assert response.status_code == 413
    assert "Content-Security-Policy" in response.headers


def test_an_address_that_is_too_long_is_refused(browser):
    browser.get("/search?q=" + "x" * MAX_ADDRESS, expect=400)


def test_a_question_of_ten_thousand_characters_gets_a_page(browser):
    assert browser.get("/search?q=" + "x" * 10_000)
