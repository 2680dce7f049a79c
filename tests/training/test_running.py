from datetime import timedelta

import pytest

from kb.training import running, sessions
from tests.factories import NOW
from tests.training.making import make_block, make_session


def after(minutes):
    return NOW + timedelta(minutes=minutes)


@pytest.fixture
def training(session):
    return make_session(session, make_block("a", minutes=5), make_block("b", minutes=10))


def test_the_clock_knows_planned_and_actual_times(session, training):
    sessions.go_to(session, training, 1, now=after(7))

    clock = running.clock(training)

    assert (clock.index, clock.since, clock.block_ends_at) == (1, after(7), after(17))
    assert [(each.starts_at, each.ends_at) for each in clock.blocks] == [
        (after(0), after(5)),
        (after(5), after(15)),
    ]
    assert [(each.ran_s, each.is_now) for each in clock.blocks] == [(420, False), (0, True)]


def test_before_it_opens_nothing_runs(session):
    training = make_session(session, is_open=False)

    clock = running.clock(training)

    assert (clock.since, clock.block_ends_at) == (None, None)
    assert running.time_words(training, now=NOW) == "Not started"
    assert running.over_run_words(training, now=NOW) == ""
    assert running.expected_end(training, now=NOW) == training.ends_at


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "5 minutes left"),
        (1.5, "4 minutes left"),
        (4.5, "1 minute left"),
        (5, "Time is up"),
        (6, "1 minute over"),
        (8, "3 minutes over"),
    ],
)
def test_the_timer_of_a_block_is_in_words(training, minutes, words):
    assert running.time_words(training, now=after(minutes)) == words


def test_the_timer_of_a_block_that_is_still_to_come_says_when_it_starts(training):
    training.block_at = after(10)

    assert running.time_words(training, now=NOW) == "Starts in 10 minutes"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (5, ""),
        (6, "This block is 1 minute over. The session would end 1 minute late."),
        (9, "This block is 4 minutes over. The session would end 4 minutes late."),
    ],
)
def test_over_run_is_said_in_words(training, minutes, words):
    assert running.over_run_words(training, now=after(minutes)) == words


def test_what_began_late_ends_late(session, training):
    sessions.go_to(session, training, 1, now=after(8))

    assert running.expected_end(training, now=after(8)) == after(18)
    assert (
        running.over_run_words(training, now=after(8)) == "The session would end 3 minutes late."
    )


def test_a_closed_session_is_over(session, training):
    sessions.close(session, training, now=after(9))

    assert running.time_words(training, now=after(10)) == "Over"
    assert running.over_run_words(training, now=after(99)) == ""
    assert running.expected_end(training, now=after(99)) == after(9)
