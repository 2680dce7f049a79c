"""When something goes wrong, a person is told what and what to do next."""

import pytest
from flask import abort

from kb.errors import Conflict, NotAllowed, NotFound
from tests.pages import Browser

SENTENCES = {
    400: "We could not read that request",
    403: "You cannot see this page",
    404: "Page not found",
    405: "That cannot be done here",
    409: "Somebody else changed this first",
    410: "This page was taken down",
    413: "That is too big",
    429: "Too many requests",
    500: "Sorry, something went wrong",
    503: "Sorry, the site is not available",
}


@pytest.fixture
def failing(app):
    """A browser on a site with pages that fail in every way."""
    app.add_url_rule("/fails/<int:status>", "fails", lambda status: abort(status))
    for error in (NotFound, NotAllowed, Conflict):
        app.add_url_rule(f"/{error.__name__}", error.__name__, raiser(error("Say this.")))
    app.add_url_rule("/bug", "bug", raiser(ZeroDivisionError("secret")))
    return Browser(app)


def raiser(error):
    def view():
        raise error

    return view


@pytest.mark.parametrize(("status", "heading"), SENTENCES.items())
def test_each_status_has_a_plain_page(failing, status, heading):
    page = failing.get(f"/fails/{status}", expect=status)

    assert page.heading == heading
    assert page.find(".//main//form[@role='search']")
    assert page.meta("robots") == "noindex"


@pytest.mark.parametrize(
    ("path", "status"), [("/NotFound", 404), ("/NotAllowed", 403), ("/Conflict", 409)]
)
def test_the_domain_says_in_its_own_words_what_is_wrong(failing, path, status):
    assert "Say this." in failing.get(path, expect=status).words


def test_a_bug_tells_nobody_about_its_inside(failing):
    page = failing.get("/bug", expect=500)

    assert page.heading == "Sorry, something went wrong"
    assert "secret" not in page.text
    assert "ZeroDivisionError" not in page.text


def test_a_wrong_method_says_which_ones_are_right(failing):
    response = failing.client.post("/privacy")

    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_an_error_without_a_page_of_ours_stays_what_it_is(failing):
    assert failing.response("/fails/418").status_code == 418


def test_a_bug_is_told_even_when_templates_cannot_be_rendered(failing, app):
    app.jinja_env.globals.pop("asset")

    page = failing.get("/bug", expect=500)

    assert page.heading == "Sorry, something went wrong"
    assert "home page" in page.words


def test_a_bug_is_told_even_when_the_database_is_gone(failing, runtime):
    runtime.database.close()
    (runtime.settings.data_dir / "kb.sqlite").unlink()

    page = failing.get("/how-we-check", expect=500)

    assert page.heading == "Sorry, something went wrong"


def test_what_a_reader_typed_is_not_echoed_as_markup(browser):
    page = browser.get("/<script>alert(1)</script>", expect=404)

    assert "<script>alert" not in page.text
