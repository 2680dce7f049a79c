from datetime import timedelta

from sqlalchemy import func, select

from kb import jobs
from kb.library import service as library
from kb.library.models import Standing
from kb.mail.models import Letter
from kb.upkeep.overdue import HISTORICAL_AFTER
from tests.factories import NOW, TODAY, make_case_study, make_council, make_user


def make_owned(runtime):
    with runtime.database.transaction() as session:
        study = make_case_study(session, checked=TODAY)
        study.owner, study.review_by = make_user(session, make_council(session)), TODAY
        return study.id


def test_the_worker_looks_after_pages_now_and_then():
    assert jobs.look_after_pages in jobs.REGULAR


def test_an_owner_is_reminded_once_however_often_the_job_runs(runtime):
    make_owned(runtime)
    tomorrow = NOW + timedelta(days=1)

    done = [jobs.look_after_pages(runtime, now=tomorrow) for _ in range(3)]

    with runtime.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Letter)) == 1
    assert done == [1, 0, 0]


def test_a_page_that_nobody_renewed_becomes_history(runtime):
    resource_id = make_owned(runtime)

    jobs.look_after_pages(runtime, now=NOW + HISTORICAL_AFTER)

    with runtime.database.reading() as session:
        assert library.get(session, resource_id).standing is Standing.HISTORICAL
