"""What a council takes away of its copies: a table, and the beginning of a case study."""

import csv
from io import StringIO

from sqlalchemy import select

from kb.copying.models import Status
from kb.library.models import Standing
from kb.library.publish import set_standing
from kb.mail.models import Letter
from kb.submissions.models import Draft
from tests.copying.making import make_copy, make_practice


def test_the_table_of_a_council_holds_no_formulas(officer, copy, session):
    copy.first_step, copy.status_note, copy.what_happened = '=HYPERLINK("x")', "@SUM(1)", "+1\n-2"
    make_copy(session, make_practice(session, title="Anothers"))
    session.commit()

    answer = officer.response("/copies.csv")
    rows = list(csv.reader(StringIO(answer.text.removeprefix("\ufeff"))))

    assert answer.mimetype == "text/csv"
    assert len(rows) == 2
    assert {'\'=HYPERLINK("x")', "'@SUM(1)", "'+1\n-2"} <= set(rows[1])
    assert not [cell for row in rows for cell in row if cell[:1] in set("=+-@\t\r")]


def test_the_table_links_no_case_study_that_was_taken_down(officer, copy, session):
    copy.result = make_practice(session, title="What came of it")
    session.commit()
    public = officer.response("/copies.csv").text
    set_standing(session, copy.result, Standing.WITHDRAWN, note="It was wrong.")
    session.commit()

    assert "/what-came-of-it" in public
    assert "/what-came-of-it" not in officer.response("/copies.csv").text


def test_a_copy_begins_a_case_study_with_what_is_known(officer, copy, session):
    copy.hours_spent, copy.what_happened = 6, "More came."
    copy.changes = [
        {**copy.changes[0], "choice": "change", "text": "One post.", "why": "We had one."},
        {**copy.changes[1], "why": "It was easy."},
        {"step": "Ring *round*.", "choice": "drop", "text": "", "why": "No time."},
    ]
    session.commit()

    path = f"/copies/{copy.id}/case-study"
    sent = {"csrf_token": officer.token()}
    first, second = (officer.client.post(path, data=sent) for _ in range(2))

    [draft] = session.scalars(select(Draft))
    assert first.status_code == second.status_code == 303
    assert first.location == second.location == f"/share/{draft.id}"
    assert draft.copy_id == copy.id
    [link] = [each for each in session.scalars(select(Letter)) if each.subject == "Your draft"]
    assert f"/share/{draft.id}\n" in link.text
    assert draft.answers["steps"] == ["One post.", "Ask comms for ten minutes."]
    assert draft.answers["actions"] == (
        "What we changed and why:\n\n"
        "- Instead of “Write three posts.” we did “One post.”: We had one.\n"
        "- We left out “Ring *round*.”: No time."
    )
    assert draft.answers["results"] == "More came."
    assert draft.answers.keys().isdisjoint({"title", "differently"})
    assert draft.answers["setup_time"] == "6 hours"
    assert draft.answers["credit"].startswith("Copied from “Ask early” (Testshire")


def test_the_councils_between_are_credited_too(officer, study, session):
    first = make_copy(session, study)
    second = make_copy(session, study, parent=first)
    mine = make_copy(session, study, session.merge(officer.user), parent=second, status="doing")
    session.commit()

    officer.post(f"/copies/{mine.id}/case-study")

    [draft] = session.scalars(select(Draft))
    between = f"{first.council.name} and {second.council.name}"
    assert draft.answers["credit"].startswith("Copied from “Ask early” (Testshire")
    assert draft.answers["credit"].endswith(f"), by way of {between}")


def test_a_copy_is_written_up_once_it_was_begun(officer, copy, session):
    path, button = f"/copies/{copy.id}", ".//form[@action='/copies/1/case-study']//button"

    planned = officer.get(path).find(button)
    copy.status = Status.DOING
    session.commit()
    done = officer.get(path)
    copy.status, copy.status_note = Status.STOPPED, "Nobody came."
    session.commit()
    stopped = officer.get(path)

    assert planned == []
    assert [each.text for each in done.find(button)] == ["Make it a case study"]
    assert [each.text for each in stopped.find(button)] == ["Write it up as a case study"]
    assert "Did it work out?" not in stopped.words
    officer.post(f"{path}/case-study")
    [draft] = session.scalars(select(Draft))
    assert draft.answers["results"] == "Why we stopped: Nobody came."
    assert "actions" not in draft.answers
