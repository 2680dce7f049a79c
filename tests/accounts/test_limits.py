from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from kb.accounts import limits
from kb.accounts.errors import TooOften
from kb.accounts.models import Attempt
from tests.factories import NOW

MINUTE = timedelta(minutes=1)


def attempt(session, who="sian@x.gov.uk", what="password", limit=5, now=NOW):
    return limits.count(
        session, what, who, limit=limit, within=MINUTE, now=now, secret="a secret of the site"
    )


def test_the_sixth_attempt_in_a_minute_is_one_too_many(session):
    for second in range(5):
        attempt(session, now=NOW + timedelta(seconds=second))

    with pytest.raises(TooOften) as error:
        attempt(session, now=NOW + timedelta(seconds=20))

    assert error.value.wait_s == 40
    assert str(error.value).endswith("Try again in a minute.")


def test_of_many_attempts_at_the_same_moment_no_more_go_through(runtime):
    def one(_):
        try:
            with runtime.database.transaction(quietly=True) as session:
                attempt(session)
        except TooOften:
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(one, range(24)))

    assert sum(answers) == 5


def test_who_waits_may_try_again_and_going_on_makes_it_no_longer(session):
    for _ in range(5):
        attempt(session)
    for second in range(1, 60):
        with pytest.raises(TooOften):
            attempt(session, now=NOW + timedelta(seconds=second))

    again = attempt(session, now=NOW + MINUTE)

    assert again.id
    assert len(session.scalars(select(Attempt)).all()) == 6


def test_others_and_other_things_are_counted_by_themselves(session):
    attempt(session, limit=1)

    attempt(session, limit=1, who="tomos@x.gov.uk")
    attempt(session, limit=1, what="reset")

    with pytest.raises(TooOften):
        attempt(session, limit=1)


def test_what_went_well_does_not_count(session):
    first = attempt(session, limit=1)

    limits.take_back(session, [first])

    assert attempt(session, limit=1).id


def test_the_table_tells_nobody_s_address(session):
    one = attempt(session)
    other = limits.count(
        session, "password", "sian@x.gov.uk", limit=5, within=MINUTE, now=NOW, secret="another"
    )

    assert "sian" not in one.key
    assert one.key != other.key


def test_old_attempts_are_forgotten(session):
    attempt(session, now=NOW - limits.LONGEST)
    attempt(session, now=NOW - timedelta(minutes=5))

    assert limits.forget_old(session, now=NOW) == 1
    assert len(session.scalars(select(Attempt)).all()) == 1
