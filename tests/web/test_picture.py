"""The national picture, as everybody sees it."""

import csv
from io import StringIO
from xml.etree import ElementTree

import pytest

from kb.training import sessions
from tests.pages import words
from tests.training.past import gap_block, make_barriers, make_gap, make_session

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def rooms(session):
    found = []
    for _ in range(3):
        training = make_session(
            session, blocks=[gap_block()], title="<b>Secret</b>", host="Secret council"
        )
        make_gap(session, training, hands=(23, 4), people=25)
        make_barriers(session, training, {"skills": 7, "time": 1}, people=25)
        found.append(training)
    session.commit()
    return found


def test_a_fresh_site_says_that_there_is_nothing_yet(browser):
    page = browser.get("/sessions/picture")

    assert "Not enough sessions yet" in page.words
    assert "How it is counted" in page.words
    assert page.find(f".//{SVG}svg[@role='img']") == []


def test_the_picture_tells_figures_in_text_and_tables(browser, rooms):
    page = browser.get("/sessions/picture")

    assert "57 of 75 people want to and do not yet." in page.words
    assert "Of 75 people in 3 sessions, 69 would like to and 12 already do." in page.words
    rows = [[words(cell) for cell in row] for row in page.find(".//tbody/tr")]
    assert ["Skills", "21", "3"] in rows
    assert ["Time", "Too few to tell", "Not told"] in rows
    assert "Open Government Licence" in page.words
    assert "Secret" not in page.text


def test_the_drawing_says_what_it_shows(browser, rooms):
    answer = browser.response("/sessions/picture.svg")

    tree = ElementTree.fromstring(answer.text)
    assert answer.mimetype == "image/svg+xml"
    assert tree.find(f"{SVG}title").text == "The gap and what gets in the way"
    assert "69 would like to" in tree.find(f"{SVG}desc").text
    assert not [e for e in tree.iter() if e.tag in {f"{SVG}script", f"{SVG}foreignObject"}]


def test_on_the_page_it_is_drawn_once_for_a_wide_screen_and_once_for_a_phone(browser, rooms):
    wide, narrow = browser.get("/sessions/picture").find(f".//{SVG}svg[@role='img']")

    assert [each.get("viewBox").split()[2] for each in (wide, narrow)] == ["720", "340"]
    for each in (wide, narrow):
        assert [text.text for text in each.iter(f"{SVG}text")][:2] == ["Would like to", "69"]
        assert len(each.findall(f".//{SVG}rect[@class='down']")) == 1


def test_an_empty_drawing_is_a_drawing(browser):
    ElementTree.fromstring(browser.response("/sessions/picture.svg").text)


def test_the_data_is_open(browser, rooms):
    found = browser.response("/sessions/picture.json").json

    assert found["gap"] == {"sessions": 3, "people": 75, "would": 69, "do": 12, "gap": 57}
    assert found["barriers"]["chosen"][0]["number"] == 21
    assert found["barriers"]["chosen"][1]["number"] is None
    assert "open-government-licence" in found["licence"]
    assert "Secret" not in str(found)


def test_the_table_leaves_small_numbers_empty(browser, rooms):
    answer = browser.response("/sessions/picture.csv")

    rows = list(csv.reader(StringIO(answer.text.removeprefix("\ufeff"))))
    assert ["Want to and do not yet", "57", "75", "3"] in rows
    assert next(row for row in rows if row[0] == "Barrier: Time")[1] == ""


def test_a_session_that_is_taken_out_changes_the_page_at_once(browser, session, rooms):
    before = browser.response("/sessions/picture")
    sessions.make_public(session, rooms[0], is_public=False)
    session.commit()

    tag = {"If-None-Match": before.headers["ETag"]}
    after = browser.response("/sessions/picture", headers=tag)

    assert after.status_code == 200
    assert "Not enough sessions yet" in after.text


def test_what_happens_in_rooms_that_run_leaves_kept_pages_alone(browser, session, rooms):
    before = browser.response("/sessions/picture")
    sessions.prepare(
        session,
        title="Soon",
        blocks=[gap_block()],
        starts_at=rooms[0].starts_at,
        now=rooms[0].starts_at,
    )
    session.commit()

    tag = {"If-None-Match": before.headers["ETag"]}

    assert browser.response("/sessions/picture", headers=tag).status_code == 304
