from datetime import timedelta

import pytest

from kb.library.models import Standing
from kb.library.publish import set_standing
from kb.library.state import State, state_of, weight_of
from tests.factories import TODAY, make_case_study, make_term


@pytest.mark.parametrize(
    ("days", "channel", "state"),
    [
        (0, None, State.CURRENT),
        (365, None, State.CURRENT),
        (366, None, State.CHECK_BEFORE_USE),
        (183, "x", State.CURRENT),
        (184, "x", State.CHECK_BEFORE_USE),
        (184, "webcast", State.CURRENT),
    ],
)
def test_advice_ages_and_faster_about_social_channels(session, days, channel, state):
    if channel:
        make_term(session, "channel", channel)
    checked = TODAY - timedelta(days=days)
    resource = make_case_study(session, checked=checked, channel=[channel] if channel else [])

    assert state_of(resource, today=TODAY) is state


def test_what_nobody_has_checked_must_be_checked_before_use(session):
    assert state_of(make_case_study(session), today=TODAY) is State.CHECK_BEFORE_USE


def test_people_can_call_it_historical_and_then_it_counts_less(session):
    resource = make_case_study(session, checked=TODAY)
    assert weight_of(resource) == 1

    set_standing(session, resource, Standing.HISTORICAL)

    assert state_of(resource, today=TODAY) is State.HISTORICAL
    assert weight_of(resource) < 1


def test_what_is_withdrawn_says_so(session):
    resource = make_case_study(session)

    set_standing(session, resource, Standing.WITHDRAWN)

    assert state_of(resource, today=TODAY) is State.WITHDRAWN
    assert not resource.is_public
