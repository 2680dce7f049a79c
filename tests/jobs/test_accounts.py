from datetime import timedelta

from kb import jobs
from kb.accounts import limits, links, sign_ins
from kb.accounts.models import Purpose
from tests.factories import NOW, make_user


def test_what_is_over_is_forgotten_and_the_rest_is_kept(runtime):
    with runtime.database.transaction() as session:
        sign_ins.start(session, make_user(session), device="", now=NOW)
        links.make(session, Purpose.CONFIRM, "sian@bryn.gov.uk", now=NOW)
        limits.count(session, "ask", 1, limit=1, within=timedelta(minutes=1), now=NOW)

    assert jobs.tidy_accounts(runtime, now=NOW + timedelta(hours=1)) == 0
    assert jobs.tidy_accounts(runtime, now=NOW + timedelta(days=3)) == 3
    assert jobs.tidy_accounts(runtime, now=NOW + timedelta(days=3)) == 0
