from datetime import timedelta

import pytest

from kb.clock import utcnow
from tests.factories import make_case_study, make_council, make_tip_card, make_user
from tests.people import Reviewer
from tests.submissions.sent import make_sent


@pytest.fixture
def reviewer(app):
    return Reviewer(app)


@pytest.fixture
def draft(runtime):
    with runtime.database.transaction() as session:
        return make_sent(session)


def test_the_queue_says_what_waits_from_whom_and_for_how_long(reviewer, runtime, draft):
    with runtime.database.transaction() as session:
        page = make_tip_card(session, title="A card")
        make_sent(session, resource=page, base_version=1, flags=["A phone number"])
        make_case_study(session)

    queue = reviewer.get("/review")

    rows = [" ".join("".join(row.itertext()).split()) for row in queue.find(".//tbody/tr")]
    assert queue.heading == "Reviewers’ queue"
    assert "2 drafts wait" in queue.words
    assert "Change, version 1 to 2" in rows[0]
    assert "1 to look at" in rows[0]
    assert "New tip card" in rows[1]
    assert "All clear Nobody" in rows[1]


def test_an_empty_queue_says_so(reviewer):
    assert "Nothing waits here" in reviewer.get("/review").words


@pytest.mark.parametrize(
    ("show", "titles"),
    [
        ("new", ["Ask one question at a time"]),
        ("changes", []),
        ("notes", ["Doubted"]),
        ("dates", []),
        ("nonsense", ["Ask one question at a time", "Doubted"]),
    ],
)
def test_the_queue_can_be_narrowed(reviewer, browser, runtime, draft, show, titles):
    with runtime.database.transaction() as session:
        study = make_case_study(session, title="Doubted")
    browser.post(f"/p/{study.id}/notes")

    queue = reviewer.get(f"/review?show={show}")

    assert sorted(link.text for link in queue.find(".//tbody//th/a")) == titles


def test_a_burst_of_one_sender_stands_together(reviewer, runtime):
    with runtime.database.transaction() as session:
        council = make_council(session)
        for n in range(42):
            sender = make_user(session, council=council, email=f"n{n}@burst.example")
            make_sent(session, sender, answers={"title": f"Buy {n}"})
        make_sent(session, answers={"title": "Honest"})

    queue = reviewer.get("/review")

    assert "37 more from burst.example" in queue.words
    assert "Honest" in queue.words
    assert len(queue.find(".//tbody/tr")) == 6
    everything = reviewer.get("/review?sender=burst.example")
    later = reviewer.get("/review?sender=burst.example&page=9")
    assert "Showing 1 to 25 of 42" in everything.words
    assert ("2", "/review?sender=burst.example&page=2") in everything.links
    assert [len(page.find(".//tbody/tr")) for page in (everything, later)] == [25, 17]
    assert "Honest" not in everything.words + later.words


def test_flags_come_first_on_whatever_page_they_would_be(reviewer, runtime):
    with runtime.database.transaction() as session:
        for n in range(26):
            make_sent(session, answers={"title": f"Draft {n}"}, sent_at=utcnow() - timedelta(9))
        make_sent(session, answers={"title": "Flagged"}, flags=["A phone number"])

    first, last = (reviewer.get(f"/review?page={page}") for page in (1, 2))

    assert first.find(".//tbody//th/a")[0].text == "Flagged"
    assert [link.text for link in last.find(".//tbody//th/a")] == ["Draft 24", "Draft 25"]
    assert last.words.count("The oldest has waited") == 1
