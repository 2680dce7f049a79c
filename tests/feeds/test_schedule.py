from datetime import timedelta

import pytest

from kb.feeds import schedule
from kb.feeds.models import State
from kb.feeds.types import Platform
from tests.factories import NOW

HOUR = 3600
DAY = 24 * HOUR
BLOG, MODERNGOV = Platform.WEBSITE, Platform.MODERNGOV


def wait(interval_s, platform=BLOG, *, asked_s=None, chance=0.5):
    due = schedule.due(NOW, interval_s, platform, asked_s=asked_s, chance=chance)
    return (due - NOW).total_seconds()


@pytest.mark.parametrize(
    ("entries", "expected"), [(0, DAY), (1, DAY), (14, 6 * HOUR), (56, 1.5 * HOUR), (999, 1200)]
)
def test_the_interval_follows_the_last_fortnight(entries, expected):
    assert schedule.interval(entries, BLOG) == expected


def test_committee_papers_are_asked_for_twice_a_day_at_most():
    assert schedule.interval(999, MODERNGOV) == 12 * HOUR
    assert wait(12 * HOUR, MODERNGOV, chance=0) == 12 * HOUR


def test_silence_lengthens_the_interval():
    a_day_ago, long_ago = NOW - timedelta(days=1), NOW - timedelta(days=90)

    assert schedule.after_silence(HOUR, BLOG, NOW, now=NOW) == HOUR
    assert schedule.after_silence(HOUR, BLOG, a_day_ago, now=NOW) == 6 * HOUR
    assert schedule.after_silence(HOUR, BLOG, long_ago, now=NOW) == DAY


@pytest.mark.parametrize(("chance", "expected"), [(0, 0.9), (0.5, 1), (1, 1.1)])
def test_fetches_are_spread_by_a_tenth(chance, expected):
    assert wait(HOUR, chance=chance) == pytest.approx(expected * HOUR)


def test_nobody_is_asked_sooner_than_they_wish():
    assert wait(HOUR, asked_s=2 * HOUR, chance=0) == 2 * HOUR
    assert wait(HOUR, asked_s=60) == HOUR


def test_nobody_makes_us_wait_for_years():
    assert wait(HOUR, asked_s=315_360_000) == 7 * DAY


def test_each_failure_doubles_the_wait_up_to_a_day():
    waits = [schedule.after_failures(HOUR, failures, BLOG) for failures in (1, 2, 3, 4, 5, 60)]

    assert waits == [2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, DAY, DAY]


def test_sixty_days_of_failures_are_hopeless_unless_we_hardly_asked():
    then = NOW - schedule.GIVE_UP_AFTER

    assert schedule.is_hopeless(then, schedule.FEWEST_FAILURES, now=NOW)
    assert not schedule.is_hopeless(then, schedule.FEWEST_FAILURES - 1, now=NOW)
    assert not schedule.is_hopeless(then + timedelta(hours=1), 1_000, now=NOW)


def test_half_a_year_without_news_is_quiet():
    recently, long_ago = NOW - timedelta(days=179), NOW - timedelta(days=181)

    assert schedule.state_of(recently, now=NOW, added_at=long_ago) is State.OK
    assert schedule.state_of(long_ago, now=NOW, added_at=long_ago) is State.QUIET
    assert schedule.state_of(None, now=NOW, added_at=recently) is State.OK
