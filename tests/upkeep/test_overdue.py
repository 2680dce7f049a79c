from datetime import timedelta

import pytest
from sqlalchemy import select

from kb.accounts.models import State
from kb.library.models import Standing
from kb.library.publish import set_standing
from kb.library.state import State as Trust
from kb.library.state import state_of, weight_of
from kb.mail.models import Letter
from kb.upkeep import overdue
from kb.upkeep import service as upkeep
from tests.factories import NOW, TODAY, make_case_study, make_council, make_user

BASE = "https://swap.example"
DAY = timedelta(days=1)


@pytest.fixture
def study(session):
    council = make_council(session)
    study = make_case_study(session, title="Walks", councils=[council.code], checked=TODAY)
    study.owner, study.review_by = make_user(session, council=council), TODAY
    session.flush()
    return study


def pass_days(session, days):
    """What the job would do at the end of each of these days; the answer is when it wrote."""
    wrote = []
    for day in days:
        now = NOW + day * DAY
        for resource_id in overdue.to_remind(session, now=now):
            wrote += [day] * overdue.remind(session, resource_id, now=now, base_url=BASE)
    return wrote


def letters(session):
    return list(session.scalars(select(Letter).order_by(Letter.id)))


def test_owners_are_reminded_when_the_date_has_passed_and_after_four_weeks(session, study):
    wrote = pass_days(session, range(200))

    first, second, *_ = letters(session)
    assert wrote[:2] == [1, 29]
    assert len(letters(session)) == 2
    assert f"{BASE}/upkeep/{study.id}" in first.text
    assert "23 November 2026" in first.text
    assert "last reminder" in second.text


def test_who_renews_is_reminded_again_a_year_on_only(session, study):
    pass_days(session, range(3))
    upkeep.renew(session, study, by=study.owner, now=NOW + 3 * DAY)

    wrote = pass_days(session, range(3, 400))

    assert wrote == [369, 397]
    assert len(letters(session)) == 3


@pytest.mark.parametrize("why", ["nobody", "closed", "withdrawn", "no date"])
def test_nobody_is_reminded_where_nobody_can_act(session, study, why):
    if why == "nobody":
        study.owner = None
    elif why == "closed":
        study.owner.state = State.CLOSED
    elif why == "withdrawn":
        set_standing(session, study, Standing.WITHDRAWN)
    else:
        study.review_by = None
    session.flush()

    assert pass_days(session, range(100)) == []


def test_a_date_that_passed_turns_the_page_amber(session, study):
    assert state_of(study, today=TODAY) is Trust.CURRENT
    assert state_of(study, today=TODAY + DAY) is Trust.CHECK_BEFORE_USE


def test_two_years_after_its_last_check_a_page_is_history(session, study):
    fresh = make_case_study(session, checked=TODAY + DAY)
    later = NOW + overdue.HISTORICAL_AFTER

    assert overdue.to_call_historical(session, now=later - DAY) == []
    assert overdue.to_call_historical(session, now=later) == [study.id]
    assert overdue.call_historical(session, study.id, now=later)

    assert study.standing is Standing.HISTORICAL
    assert study.standing_note == "Nobody has said since 23 November 2026 that this is still true."
    assert weight_of(study) < 1
    assert not overdue.call_historical(session, study.id, now=later)
    assert not overdue.call_historical(session, fresh.id, now=later)


def test_what_was_never_checked_grows_old_from_its_publication(session):
    study = make_case_study(session)

    assert overdue.to_call_historical(session, now=NOW + overdue.HISTORICAL_AFTER) == [study.id]


def test_reviewers_look_after_what_nobody_owns(session, study):
    unowned = make_case_study(session, checked=TODAY)
    doubted = make_case_study(session, checked=TODAY)
    for days in (1, 2):
        upkeep.note(session, doubted, now=NOW + days * DAY, base_url=BASE)
    upkeep.note(session, study, now=NOW, base_url=BASE)

    soon = overdue.needing_reviewers(session, now=NOW + 3 * DAY, limit=5)
    late = overdue.needing_reviewers(session, now=NOW + 366 * DAY, limit=5)

    assert [(each.resource, each.notes, each.since) for each in soon] == [(doubted, 2, NOW + DAY)]
    assert {each.resource for each in late if each.is_overdue} == {unowned, doubted}
