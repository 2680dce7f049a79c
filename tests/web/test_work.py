"""Your work: drafts, pages, copies and questions on one page, and as a table."""

import csv
from datetime import timedelta
from io import StringIO

import pytest

from kb.accounts.models import CouncilRole, State
from kb.clock import utcnow
from kb.copying.models import Status
from kb.library.content import Kind
from kb.submissions.models import Draft
from kb.submissions.models import State as DraftState
from kb.upkeep.models import ReaderNote
from kb.web.work_done import ordinal
from tests.copying.making import make_copy, make_practice, make_writer
from tests.factories import NOW, TODAY, make_council, make_user
from tests.people import Person
from tests.questions.asking import make_question, make_shown


def signed_in(app, session, user):
    session.commit()
    return Person(app, user)


def make_draft(session, owner, state=DraftState.DRAFT, title="A draft"):
    is_sent = state is not DraftState.DRAFT
    draft = Draft(
        kind=Kind.CASE_STUDY,
        owner_id=owner.id,
        council_id=owner.council_id,
        answers={"title": title},
        state=state,
        started_at=NOW,
        saved_at=NOW,
        sent_at=NOW if is_sent else None,
    )
    session.add(draft)
    session.flush()
    return draft


def make_editor(session, council):
    return make_user(session, council, council_role=CouncilRole.EDITOR)


def table(person):
    response = person.response("/work.csv")
    assert response.mimetype == "text/csv"
    return list(csv.DictReader(StringIO(response.text.removeprefix("\ufeff"))))


def section(page, name):
    found = page.find(f".//section[@aria-labelledby='{name}']")
    return " ".join(" ".join("".join(each.itertext()).split()) for each in found)


def test_a_visitor_is_led_to_sign_in(browser):
    for path in ("/work", "/work.csv"):
        assert browser.response(path).location == f"/sign-in?next={path}"


def test_whoever_is_new_finds_a_way_to_begin(app, session):
    for user in (make_writer(session), make_user(session, state=State.WAITING)):
        page = signed_in(app, session, user).get("/work")
        assert "Nothing yet" in page.words
        assert ("Share something", "/share") in page.links


def test_the_bar_of_every_page_leads_to_it(app, session):
    page = signed_in(app, session, make_writer(session)).get("/cookies")

    assert "/work" in [a.get("href") for a in page.find(".//nav[@class='who']//a")]


def test_drafts_say_how_they_stand_and_where_in_the_queue(app, session):
    me = make_writer(session)
    make_draft(session, make_writer(session), DraftState.WAITING)
    make_draft(session, me, title="Not sent")
    make_draft(session, me, DraftState.WAITING, title="Sent")
    make_draft(session, me, DraftState.DROPPED, title="Thrown away")

    words = section(signed_in(app, session, me).get("/work"), "drafts")

    assert "Not sent Not sent yet" in words
    assert "Sent With a reviewer 2nd in the queue" in words
    assert "Thrown away" not in words


def test_pages_show_their_dates_and_what_readers_doubt(app, session):
    study = make_practice(session, title="Walks", checked=TODAY)
    study.review_by = utcnow().date() - timedelta(days=1)
    session.add(ReaderNote(resource_id=study.id, resource_version=1, made_at=NOW))

    page = signed_in(app, session, study.owner).get("/work")

    assert "Check before use 1" in section(page, "pages")
    assert ("Walks", f"/upkeep/{study.id}") in page.links
    assert "Nobody has copied it yet." in section(page, "elsewhere")


def test_it_says_what_happened_to_what_we_shared(app, session):
    study = make_practice(session)
    make_copy(session, study, status=Status.DOING)
    make_copy(session, study, status=Status.PLANNED)
    by = make_writer(session, short_name="Testford")
    make_copy(session, study, by=by, status=Status.STOPPED, status_note="No time.")

    words = section(signed_in(app, session, study.owner).get("/work"), "elsewhere")

    assert "Copied by 2 councils: 1 doing it, 1 stopped. 1 more plans to." in words
    assert "Testford stopped: No time." in words


def test_copies_of_my_council_show_their_next_date(app, session):
    me = make_writer(session)
    first_step = utcnow().date() + timedelta(days=3)
    copy = make_copy(session, by=make_user(session, me.council), first_step_by=first_step)
    make_copy(session)

    page = signed_in(app, session, me).get("/work")

    words = section(page, "copies")
    assert "Plans to do it" in words
    assert f"{first_step.day} {first_step:%B %Y}" in words
    assert [a for _, a in page.links if a.startswith("/copies/")] == [
        f"/copies/{copy.id}",
        f"/copies/{copy.id}/reports/new",
    ]


def test_questions_to_me_and_from_me_are_told_apart(app, session):
    study = make_practice(session)
    me = study.owner
    received = make_question(session, study)
    asked = make_shown(session, by=me)

    page = signed_in(app, session, me).get("/work")

    words = section(page, "questions")
    assert words.index("Waits for your answer") < words.index("From you") < words.index("On the")
    links = [a for _, a in page.links]
    assert f"/questions/{received.id}" in links
    assert f"/questions/{asked.id}" in links


def test_a_contributor_sees_nothing_of_a_colleagues(app, session):
    study = make_practice(session)
    make_question(session, study)
    make_draft(session, study.owner, DraftState.WAITING)

    page = signed_in(app, session, make_user(session, study.owner.council)).get("/work")

    assert "Nothing yet" in page.words


def test_a_council_editor_sees_all_of_the_council_and_opens_what_is_their_own(app, session):
    study = make_practice(session, title="Walks")
    question = make_question(session, study, text="A secret?")
    private = make_draft(session, study.owner, title="Private thoughts")
    sent = make_draft(session, study.owner, DraftState.WAITING, title="Sent by a colleague")
    editor = make_editor(session, study.owner.council)

    person = signed_in(app, session, editor)
    page = person.get("/work")

    links = [a for _, a in page.links]
    assert "Sent by a colleague" in section(page, "drafts")
    assert "Waits for an answer" in section(page, "questions")
    assert "Walks" in section(page, "pages")
    for secret in ("Private thoughts", "A secret?"):
        assert secret not in page.text
        assert secret not in person.response("/work.csv").text
    for path in (f"/questions/{question.id}", f"/share/{private.id}", f"/share/{sent.id}"):
        assert path not in links
        person.get(path, expect=404)


def test_an_editor_sees_nothing_of_another_council(app, session):
    study = make_practice(session)
    make_question(session, study)
    make_draft(session, study.owner, DraftState.WAITING)
    make_copy(session)

    page = signed_in(app, session, make_editor(session, make_council(session))).get("/work")

    assert "Nothing yet" in page.words


def test_reviewers_are_led_to_what_waits_for_them(app, session):
    page = signed_in(app, session, make_user(session, is_reviewer=True)).get("/work")

    assert {"/review", "/questions"} <= {a for _, a in page.links}


def test_the_report_holds_everything_line_by_line(app, session, runtime):
    study = make_practice(session, title="Walks")
    me = study.owner
    by = make_writer(session, short_name="Môn")
    make_copy(session, study, by=by, status=Status.STOPPED, status_note="No time.")
    copy = make_copy(session, by=me, status=Status.DOING, hours_spent=3)
    make_question(session, study)
    make_question(session, by=me)
    make_draft(session, me)
    session.add(ReaderNote(resource_id=study.id, resource_version=1, made_at=NOW))

    rows = table(signed_in(app, session, me))

    whats = ["Shared by us", "Copied by us", "Question from us", "Question to us", "Draft"]
    base_url = runtime.settings.base_url
    assert [row["What"] for row in rows] == whats
    assert rows[0]["Address"] == f"{base_url}/case-studies/{study.slug}"
    assert "Môn stopped: No time." in rows[0]["What happened"]
    assert "1 note of a reader to look at." in rows[0]["What happened"]
    assert rows[1]["Address"] == f"{base_url}/copies/{copy.id}"
    assert "3 hours spent." in rows[1]["What happened"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_no_cell_is_a_formula(app, session, start):
    formula = f'{start}HYPERLINK("https://evil.example")'
    me = make_writer(session)
    make_copy(session, by=me, status=Status.STOPPED, status_note=formula, what_happened=formula)
    make_draft(session, me, title=formula)

    rows = table(signed_in(app, session, me))

    cells = [cell for row in rows for cell in row.values()]
    assert [cell for cell in cells if cell.startswith(start)] == []
    assert any("HYPERLINK" in cell for cell in cells)


@pytest.mark.parametrize(
    ("number", "word"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (112, "112th")],
)
def test_places_in_the_queue_are_said_as_people_say_them(number, word):
    assert ordinal(number) == word
