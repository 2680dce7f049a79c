import pytest

from tests.browser.forced_colours import lost
from tests.browser.pages import ALL, ON_A_PHONE, SHARING

PHONE = {"width": 320, "height": 640}
IN_FORCED_COLOURS = (
    *("draft", "question: cost with errors", "check", "review of a change", "shared case study"),
    *("copy", "plan of our copy", "planner with choices", "small plan"),
    *("results", "own view"),  # the other screens of a session: test_session.py, test_rooms.py
)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_axe_finds_nothing_on_any_kind_of_page(open_kind, axe, name, scripts):
    page = open_kind(name, scripts=scripts)

    assert axe(page) == []


@pytest.mark.parametrize("name", ON_A_PHONE)
def test_on_a_phone_nothing_scrolls_sideways_and_axe_finds_nothing(open_kind, axe, name):
    page = open_kind(name, viewport=PHONE)

    width = page.evaluate("document.documentElement.scrollWidth")

    assert width <= PHONE["width"]
    assert axe(page) == []


@pytest.mark.parametrize("name", SHARING)
def test_pages_of_sharing_are_sound_and_call_nobody(open_shared, axe, site, name):
    page, heard = open_shared(name)

    assert [url for url in heard.addresses if not url.startswith(site)] == []
    assert [text for text in heard.words if "status of 4" not in text] == []
    assert axe(page) == []


@pytest.mark.parametrize("name", SHARING)
def test_pages_of_sharing_fit_a_phone_without_scripts(open_shared, axe, name):
    page, _ = open_shared(name, viewport=PHONE, scripts=False)

    width = page.evaluate("document.documentElement.scrollWidth")

    assert width <= PHONE["width"]
    assert axe(page) == []


@pytest.mark.parametrize("name", ["home", "search", "case study", "tip card", "councils", "river"])
def test_nothing_is_lost_in_forced_colours(open_kind, axe, name):
    page = open_kind(name, forced_colors="active")

    assert lost(page) == []
    assert axe(page, off=["color-contrast"]) == []  # the colours are the reader's own


@pytest.mark.parametrize("name", IN_FORCED_COLOURS)
def test_nothing_of_sharing_is_lost_in_forced_colours(open_shared, axe, name):
    page, _ = open_shared(name, forced_colors="active")

    assert lost(page) == []
    assert axe(page, off=["color-contrast"]) == []


def test_no_page_calls_another_host(heard, site):
    assert heard.addresses
    assert [url for url in heard.addresses if not url.startswith(site)] == []


def test_the_content_security_policy_has_nothing_to_refuse(heard):
    assert [text for text in heard.words if "404" not in text] == []
