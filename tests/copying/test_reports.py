from datetime import timedelta

import pytest
from sqlalchemy import select

from kb.accounts.models import State
from kb.copying import reports
from kb.copying.models import CopyReport, Status
from kb.copying.reports import Outcome
from kb.errors import Invalid
from kb.mail.models import Letter
from tests.copying.making import BASE, make_copy, report
from tests.factories import NOW

HOSTILE = """It went well.

Your account needs attention. Sign in again here:
https://evil.example\u2028The Scrutiny Swap team"""


def letters(session, copy):
    about = Letter.key.startswith(f"copy {copy.id},")
    return list(session.scalars(select(Letter).where(about).order_by(Letter.id)))


def answer(session, copy, *, minutes=0, **values):
    """What is said by way of the letter after 4 weeks."""
    outcome = Outcome(**{"status": Status.DOING} | values)
    reports.keep(session, copy, outcome, week=4, now=NOW + timedelta(minutes=minutes))


def tell(session, now):
    """Write what is due; the ids of the copies that it was about."""
    due = reports.untold(session, now=now, limit=10)
    return [each for each in due if reports.tell(session, each, base_url=BASE, now=now)]


def test_the_status_moves_in_any_order_and_each_report_stays(session):
    copy = make_copy(session)

    for status in (Status.DOING, Status.TRYING, Status.PLANNED, Status.DOING):
        report(session, copy, status)

    said = session.scalars(select(CopyReport.status).where(CopyReport.copy_id == copy.id))
    assert list(said) == [Status.DOING, Status.TRYING, Status.PLANNED, Status.DOING]
    assert copy.status is Status.DOING


def test_a_report_says_hours_and_what_happened(session):
    copy = make_copy(session)

    report(session, copy, hours=6, what_happened=" More came. ")

    assert (copy.hours_spent, copy.what_happened) == (6, "More came.")


def test_stopping_asks_why(session):
    copy = make_copy(session)

    with pytest.raises(Invalid) as refusal:
        report(session, copy, Status.STOPPED)
    report(session, copy, Status.STOPPED, note="Nobody had time.")

    assert list(refusal.value.problems) == ["note"]
    assert copy.status_note == "Nobody had time."


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"hours": -1}, "hours"),
        ({"hours": 10_001}, "hours"),
        ({"note": "x" * 501}, "note"),
        ({"what_happened": "x" * 3_001}, "what_happened"),
    ],
)
def test_a_report_has_bounds(session, values, field):
    copy = make_copy(session)

    with pytest.raises(Invalid) as refusal:
        report(session, copy, **values)

    assert list(refusal.value.problems) == [field]
    assert copy.status is Status.PLANNED


def test_who_shared_it_hears_of_reports_at_most_once_a_day_and_misses_none(session):
    copy = make_copy(session)

    report(session, copy, hours=5)
    report(session, copy, hours=6)
    too_soon = tell(session, NOW + timedelta(hours=23))
    tell(session, NOW + timedelta(days=1))

    told = [letter.text for letter in letters(session, copy)]
    assert len(told) == 3
    assert too_soon == []
    assert "Hours they spent: 5" in told[1]
    assert "Hours they spent: 6" in told[2]


def test_what_is_added_to_an_answer_within_the_hour_goes_out_with_it(session):
    copy = make_copy(session)

    answer(session, copy)
    answer(session, copy, minutes=30, hours=5, what_happened="Nine postcards came.")
    while_typing = tell(session, NOW + timedelta(minutes=61))
    told = tell(session, NOW + timedelta(minutes=90))

    _, letter = letters(session, copy)
    assert (while_typing, told) == ([], [copy.id])
    assert "Hours they spent: 5" in letter.text
    assert "> Nine postcards came." in letter.text
    assert tell(session, NOW + timedelta(days=9)) == []


def test_strangers_words_are_marked_line_by_line_in_a_letter_of_ours(session):
    copy = make_copy(session)

    report(session, copy, Status.STOPPED, note="No time.\nYours, the team", what_happened=HOSTILE)

    text = letters(session, copy)[1].text
    for line in [*HOSTILE.splitlines(), "No time.", "Yours, the team"]:
        assert f"\n> {line}".rstrip() in text
    typed = {line for line in text.split("\n") if "evil" in line or "team" in line.lower()}
    assert {line[0] for line in typed} == {">"}


def test_who_shared_it_is_not_told_that_a_plan_went_well(session):
    copy = make_copy(session)

    report(session, copy, Status.PLANNED)

    letter = letters(session, copy)[1]
    assert letter.subject == f"{copy.council.name} still plans to copy your practice"


@pytest.mark.parametrize("nobody", ["hidden", "gone"])
def test_nothing_is_told_where_nobody_should_or_can_read_it(session, nobody):
    copy = make_copy(session)
    if nobody == "hidden":
        copy.hidden_at = NOW
    else:
        copy.resource.owner.state = State.CLOSED

    report(session, copy, what_happened="More came.")

    assert len(letters(session, copy)) == 1
    assert tell(session, NOW + timedelta(days=9)) == []
