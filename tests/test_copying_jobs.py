from datetime import timedelta

from sqlalchemy import func, select

from kb import jobs
from kb.copying import reports
from kb.copying.reports import Outcome
from kb.jobs.copying import ask_copiers, remind_copiers, tell_copiers, tell_of_reports
from kb.mail.models import Letter
from tests.copying.making import make_copy
from tests.factories import NOW, TODAY, make_case_study


def letters(runtime):
    with runtime.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Letter))


def test_the_worker_asks_and_tells_by_itself():
    assert {ask_copiers, remind_copiers, tell_copiers, tell_of_reports} <= {*jobs.REGULAR}


def test_copiers_are_asked_twice_and_never_more(runtime):
    with runtime.database.transaction() as session:
        make_copy(session)
    before = letters(runtime)

    asked = [
        ask_copiers(runtime, now=NOW + timedelta(weeks=week)) for week in (3, 4, 4, 5, 12, 12, 40)
    ]

    assert asked == [0, 1, 0, 0, 1, 0, 0]
    assert letters(runtime) == before + 2


def test_copiers_are_told_of_each_change_once(runtime):
    with runtime.database.transaction() as session:
        copy = make_copy(session, make_case_study(session, steps=[{"text": "Ask."}]))
        ref = copy.resource.ref
    with runtime.database.transaction() as session:
        make_case_study(session, ref=ref, steps=[{"text": "Ask twice."}])

    assert [tell_copiers(runtime, now=NOW) for _ in range(2)] == [1, 0]


def test_who_shared_it_is_told_of_an_answer_once(runtime):
    with runtime.database.transaction() as session:
        copy = make_copy(session)
        reports.keep(session, copy, Outcome(status="doing"), week=4, now=NOW)
        session.flush()

    later = [NOW, NOW + reports.REST, NOW + 2 * reports.REST]
    assert [tell_of_reports(runtime, now=now) for now in later] == [0, 1, 0]


def test_copiers_are_reminded_of_a_date_once(runtime):
    with runtime.database.transaction() as session:
        make_copy(session, weeks=4, review_on=TODAY)

    assert [remind_copiers(runtime, now=NOW) for _ in range(2)] == [1, 0]
