from datetime import timedelta

import pytest
from sqlalchemy import select

from kb.accounts.models import State as AccountState
from kb.councils.models import Nation
from kb.mail.models import Letter
from kb.submissions import daily
from kb.submissions.models import State
from tests.factories import NOW, make_case_study, make_council, make_user
from tests.submissions.sent import make_reviewer, make_sent

BASE = "https://swap.example"
FRIDAY, SATURDAY = NOW - timedelta(days=3), NOW - timedelta(days=2)
SAINT_ANDREW = NOW + timedelta(days=7)  # a bank holiday in Scotland alone


def tell(session, user, now=NOW):
    return daily.tell(session, user.id, base_url=BASE, now=now)


def letter(session):
    return session.scalar(select(Letter).order_by(Letter.id.desc()))


def wait_for_an_admin(session, **values):
    return make_user(session, **{"state": AccountState.WAITING} | values)


def test_a_reviewer_reads_how_much_waits_since_when_and_where(session):
    reviewer = make_reviewer(session)
    make_sent(session, sent_at=NOW - timedelta(days=4))
    make_sent(session)

    assert daily.due(session, now=NOW) == [reviewer.id]
    assert tell(session, reviewer)

    said = letter(session)
    assert (said.to, said.subject) == (reviewer.email, "2 drafts wait for an answer")
    assert "The oldest has waited since 19 November 2026, 2 working days." in said.text
    assert f"{BASE}/review\n" in said.text
    assert "tell one of the admins" in said.text


def test_nobody_is_told_of_what_they_may_not_decide(session):
    home = make_council(session)
    make_reviewer(session, home)
    other = make_reviewer(session)
    make_sent(session, make_user(session, home))
    make_sent(session, resource=make_case_study(session, councils=[home.code]))
    make_sent(session, state=State.CHANGES)

    assert daily.due(session, now=NOW) == [other.id]
    tell(session, other)

    assert letter(session).subject == "2 drafts wait for an answer"


def test_an_admin_is_told_of_people_too_in_the_same_letter(session):
    boss = make_user(session, is_admin=True)
    reviewer = make_reviewer(session)
    wait_for_an_admin(session, confirmed_at=FRIDAY)
    wait_for_an_admin(session, confirmed_at=None)

    assert daily.due(session, now=NOW) == [boss.id]
    assert not tell(session, reviewer)
    make_sent(session)
    assert tell(session, boss)

    said = letter(session)
    assert said.subject == "1 draft and 2 people wait for an answer"
    assert "It has waited since 23 November 2026." in said.text
    assert "The first has waited since 20 November 2026." in said.text
    assert f"{BASE}/admin/people?state=waiting" in said.text


def test_one_person_waits_in_the_singular(session):
    wait_for_an_admin(session)

    tell(session, make_user(session, is_admin=True))

    assert letter(session).subject == "1 person waits for an admin"
    assert "/review" not in letter(session).text


def test_there_is_one_letter_a_day(session):
    reviewer = make_reviewer(session)
    make_sent(session)

    assert [tell(session, reviewer) for _ in range(2)] == [True, False]

    assert daily.due(session, now=NOW + timedelta(hours=3)) == []
    assert daily.due(session, now=NOW + timedelta(days=1)) == [reviewer.id]


@pytest.mark.parametrize("now", [SATURDAY, NOW - timedelta(hours=4), NOW + timedelta(hours=11)])
def test_nobody_is_written_to_out_of_hours(session, now):
    make_reviewer(session)
    make_sent(session, sent_at=FRIDAY)

    assert daily.due(session, now=now) == []


def test_a_bank_holiday_counts_where_it_is_one(session):
    make_reviewer(session, make_council(session, nation=Nation.SCOTLAND))
    english = make_reviewer(session, make_council(session))
    make_sent(session)

    assert daily.due(session, now=SAINT_ANDREW) == [english.id]


def test_nobody_is_told_while_nothing_waits(session):
    reviewer, gone = make_reviewer(session), make_user(session, state=AccountState.CLOSED)
    make_user(session, is_admin=True)

    assert daily.due(session, now=NOW) == []
    assert not tell(session, reviewer)
    assert not tell(session, gone)
    assert not daily.tell(session, 999_999, base_url=BASE, now=NOW)
