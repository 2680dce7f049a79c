from sqlalchemy import select

from kb import jobs
from kb.mail.models import Letter
from tests.factories import NOW
from tests.submissions.sent import make_reviewer, make_sent


def test_each_reviewer_is_told_once_a_day_however_often_the_worker_runs(runtime):
    with runtime.database.transaction() as session:
        to = sorted(make_reviewer(session).email for _ in range(2))
        make_sent(session)

    done = [jobs.tell_who_decides(runtime, now=NOW) for _ in range(3)]

    with runtime.database.reading() as session:
        assert sorted(session.scalars(select(Letter.to))) == to
    assert done == [2, 0, 0]
    assert jobs.tell_who_decides in jobs.REGULAR
