"""When a source is asked again, and what its state is called meanwhile."""

from datetime import datetime, timedelta

from kb.feeds.models import State
from kb.feeds.types import Platform

SHORTEST_S = 20 * 60
LONGEST_S = 24 * 3600
MODERNGOV_S = 12 * 3600
LONGEST_ASKED_S = 7 * 24 * 3600  # nobody makes us stay away for longer
FORTNIGHT = timedelta(days=14)
ASKS_FOR_EACH = 4  # how often we ask in the time in which one entry comes
SPREAD = 0.1
QUIET_AFTER = timedelta(days=180)
TELL_AFTER = timedelta(days=3)
GIVE_UP_AFTER = timedelta(days=60)
FEWEST_FAILURES = 7  # within that time: that nobody asked meanwhile is no fault of a source
UNCONDITIONAL = 0.02
FOLLOWED = (State.OK, State.QUIET, State.FAILING)


def interval(entries: int, platform: Platform) -> int:
    """Seconds between two fetches of a source that said so much in the last fortnight."""
    wanted = FORTNIGHT.total_seconds() / (entries * ASKS_FOR_EACH) if entries else LONGEST_S
    return _bounded(wanted, platform)


def after_silence(
    interval_s: int, platform: Platform, newest_at: datetime | None, *, now: datetime
) -> int:
    """The interval of a source that said nothing new: it grows with the silence."""
    silence = (now - newest_at).total_seconds() if newest_at else LONGEST_S
    return _bounded(max(interval_s, silence / ASKS_FOR_EACH), platform)


def after_failures(interval_s: int, failures: int, platform: Platform) -> int:
    """Twice as long after each failure, up to a day."""
    return _bounded(interval_s * 2.0 ** min(failures, 10), platform)


def due(
    now: datetime, interval_s: int, platform: Platform, *, asked_s: int | None, chance: float
) -> datetime:
    """The time of the next fetch: spread by a tenth, never before what the server asked for.

    `chance` is a number from 0 to 1. Nobody makes us wait for more than a week.
    """
    spread = interval_s * (1 - SPREAD + 2 * SPREAD * chance)
    floor = MODERNGOV_S if platform is Platform.MODERNGOV else 0
    asked = min(asked_s or 0, LONGEST_ASKED_S)
    return now + timedelta(seconds=max(spread, floor, asked))


def is_hopeless(failing_since: datetime, failures: int, *, now: datetime) -> bool:
    """Has it failed for so long that it is no longer asked?"""
    return failures >= FEWEST_FAILURES and now - failing_since >= GIVE_UP_AFTER


def state_of(newest_at: datetime | None, *, now: datetime, added_at: datetime) -> State:
    """Ok, or quiet when nothing new came for half a year."""
    return State.QUIET if now - (newest_at or added_at) > QUIET_AFTER else State.OK


def _bounded(seconds: float, platform: Platform) -> int:
    shortest = MODERNGOV_S if platform is Platform.MODERNGOV else SHORTEST_S
    return int(min(max(seconds, shortest), LONGEST_S))
