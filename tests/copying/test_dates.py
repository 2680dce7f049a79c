from datetime import timedelta

import pytest
from sqlalchemy import select

from kb.accounts.models import State
from kb.copying import dates
from kb.copying.models import Status
from kb.mail.models import Letter
from tests.copying.making import BASE, make_copy
from tests.factories import NOW, TODAY, make_user

DAY = timedelta(days=1)


def due(session, now=NOW):
    return dates.due(session, now=now)


def remind(session, copy, now=NOW):
    return dates.remind(session, copy.id, base_url=BASE, now=now)


def letter(session, copy, about):
    return session.scalar(select(Letter).where(Letter.key == f"copy {copy.id}, {about}"))


def test_the_owner_of_a_plan_hears_of_its_date_once(session):
    copy = make_copy(session, weeks=4, review_on=TODAY, status=Status.DOING)

    assert due(session, now=NOW - DAY) == []
    assert due(session) == [copy.id]
    assert [remind(session, copy) for _ in range(2)] == [True, False]

    said = letter(session, copy, "look again 2026-11-23")
    assert said.to == copy.owner.email
    assert said.subject == "Time to look again: Ask early"
    assert "look at it again on 23 November 2026" in said.text
    assert f"{BASE}/copies/{copy.id}/reports/new" in said.text
    assert due(session) == []


def test_a_date_that_was_missed_is_made_up_for_and_a_new_one_is_another(session):
    copy = make_copy(session, weeks=4, review_on=TODAY - DAY)
    remind(session, copy)
    copy.review_on = TODAY + DAY

    assert due(session) == []
    assert due(session, now=NOW + DAY) == [copy.id]


def test_a_first_step_is_a_nudge_while_the_copy_is_only_planned(session):
    planned = make_copy(session, weeks=1, first_step_by=TODAY, first_step="Ask comms.\nTwice.")
    make_copy(session, weeks=1, first_step_by=TODAY, status=Status.TRYING)

    assert due(session) == [planned.id]
    assert remind(session, planned)

    said = letter(session, planned, "first step 2026-11-23")
    assert "It is:\n> Ask comms.\n> Twice." in said.text
    assert f"{BASE}/copies/{planned.id}/edit" in said.text


def test_two_dates_on_one_day_are_one_letter(session):
    copy = make_copy(session, weeks=1, first_step_by=TODAY, review_on=TODAY)

    assert remind(session, copy)

    assert letter(session, copy, "look again 2026-11-23")
    assert due(session) == []


@pytest.mark.parametrize(
    "values",
    [
        {"status": Status.STOPPED},
        {"review_on": None},
        {"review_on": TODAY - dates.LATEST - DAY},
        {"review_on": TODAY - DAY, "saved_at": NOW},
    ],
)
def test_who_stopped_or_has_looked_since_is_left_alone(session, values):
    copy = make_copy(session, weeks=8, **{"review_on": TODAY} | values)

    assert due(session) == []
    assert not remind(session, copy)


def test_a_colleague_is_reminded_where_the_owner_has_left_and_else_nobody(session):
    copy = make_copy(session, weeks=4, review_on=TODAY)
    copy.owner.state = State.CLOSED
    assert due(session) == []
    colleague = make_user(session, copy.council)

    assert due(session) == [copy.id]
    assert remind(session, copy)

    assert letter(session, copy, "look again 2026-11-23").to == colleague.email
