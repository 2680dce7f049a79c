import pytest

from tests.browser.forced_colours import lost
from tests.browser.pages import ALL, ON_A_PHONE

PHONE = {"width": 320, "height": 640}
IN_FORCED_COLOURS = (
    *("home", "search", "case study", "tip card", "councils", "river"),
    *("draft", "question: cost with errors", "check", "review of a change", "shared case study"),
    *("copy", "plan of our copy", "planner with choices", "small plan"),
    *("national picture", "results"),
    "own view",  # the other screens of a session: test_session.py, test_rooms.py
)


@pytest.mark.parametrize("name", ALL)
def test_every_kind_of_page_is_sound_and_calls_nobody(open_kind, axe, site, name):
    page, heard = open_kind(name)

    assert axe(page) == []
    assert heard.addresses
    assert [url for url in heard.addresses if not url.startswith(site)] == []
    assert [text for text in heard.words if "status of 4" not in text] == []


@pytest.mark.parametrize("name", sorted(ON_A_PHONE))
def test_every_kind_of_page_fits_a_phone_without_scripts(open_kind, axe, name):
    page, _ = open_kind(name, viewport=PHONE, scripts=False)

    width = page.evaluate("document.documentElement.scrollWidth")

    assert width <= PHONE["width"]
    assert axe(page) == []


@pytest.mark.parametrize("name", IN_FORCED_COLOURS)
def test_nothing_is_lost_in_forced_colours(open_kind, axe, name):
    page, _ = open_kind(name, forced_colors="active")

    assert lost(page) == []
    assert axe(page, off=["color-contrast"]) == []  # the colours are the reader's own
