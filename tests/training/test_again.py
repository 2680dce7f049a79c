from datetime import UTC, datetime

import pytest

from kb.errors import Invalid
from kb.training import again, sessions
from kb.training.models import SessionState
from tests.factories import NOW
from tests.training.past import gap_block, make_block, make_session


def test_it_is_the_same_day_of_the_week_thirteen_weeks_on(session):
    training = make_session(session, opened_at=datetime(2026, 11, 23, 17, 15, tzinfo=UTC))

    assert again.when(training) == datetime(2027, 2, 22, 17, 15, tzinfo=UTC)


def test_it_is_the_same_time_by_the_clock_when_summer_has_come(session):
    training = make_session(session, opened_at=datetime(2027, 1, 11, 17, 15, tzinfo=UTC))

    assert again.when(training) == datetime(2027, 4, 12, 16, 15, tzinfo=UTC)


def test_the_new_session_asks_the_same_gap_and_knows_the_first(session):
    training = make_session(session, blocks=[make_block("talk"), gap_block()])

    new, token = again.prepare(
        session, training, starts_at=again.when(training), owner=None, now=NOW
    )

    assert [block.key for block in new.blocks] == ["gap"]
    assert new.before_id == training.id
    assert new.state is SessionState.PREPARED
    assert sessions.of_trainer(session, new.id, token) is new


def test_without_a_gap_there_is_nothing_to_ask_again(session):
    training = make_session(session, blocks=[make_block("talk")])

    with pytest.raises(Invalid):
        again.prepare(session, training, starts_at=NOW, owner=None, now=NOW)
