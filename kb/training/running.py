"""Where a session is in its agenda: planned and actual times, and over-run in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from kb.training.models import SessionState, TrainingSession


@dataclass(frozen=True, kw_only=True)
class BlockTime:
    """One block of the agenda. `minutes` and the two times are as planned.

    `is_now` runs, `ran_s` is how many seconds it ran before.
    """

    index: int
    key: str
    title: str
    minutes: int
    starts_at: datetime
    ends_at: datetime
    is_now: bool
    ran_s: int


@dataclass(frozen=True, kw_only=True)
class Clock:
    """What runs and since when; `block_ends_at` is when it has taken its minutes.

    `starts_at` and `ends_at` are of the whole session. All are None or 0 before it opens.
    """

    index: int
    since: datetime | None
    minutes: int
    block_ends_at: datetime | None
    starts_at: datetime
    ends_at: datetime
    blocks: tuple[BlockTime, ...]


def clock(training: TrainingSession) -> Clock:
    """Plain times, which change only when the trainer does something; screens count themselves."""
    is_open = training.state is SessionState.OPEN
    block = training.blocks[training.at_block]
    since = training.block_at if is_open else None
    return Clock(
        index=training.at_block,
        since=since,
        minutes=block.minutes,
        block_ends_at=since + timedelta(minutes=block.minutes) if since else None,
        starts_at=training.starts_at,
        ends_at=training.ends_at,
        blocks=tuple(_times(training, is_open)),
    )


def expected_end(training: TrainingSession, *, now: datetime) -> datetime:
    """When it will end if the block that runs takes its minutes, and the later ones theirs."""
    if training.state is SessionState.CLOSED:
        return training.closed_at or training.ends_at
    if training.block_at is None:
        return training.ends_at
    minutes = [block.minutes for block in training.blocks[training.at_block :]]
    block_ends = training.block_at + timedelta(minutes=minutes[0])
    return max(now, block_ends) + timedelta(minutes=sum(minutes[1:]))


def over_run_words(training: TrainingSession, *, now: datetime) -> str:
    """ "This block is 2 minutes over. The session would end 3 minutes late.", or ""."""
    if training.state is not SessionState.OPEN or training.block_at is None:
        return ""
    words = []
    block_ends = training.block_at + timedelta(minutes=training.blocks[training.at_block].minutes)
    if over := _minutes(now - block_ends):
        words.append(f"This block is {over} over.")
    if late := _minutes(expected_end(training, now=now) - training.ends_at):
        words.append(f"The session would end {late} late.")
    return " ".join(words)


def time_words(training: TrainingSession, *, now: datetime) -> str:
    """ "4 minutes left", "2 minutes over", "Starts in 5 minutes": the timer of the block."""
    if training.state is SessionState.CLOSED:
        return "Over"
    if training.state is SessionState.PREPARED or training.block_at is None:
        return "Not started"
    if now < training.block_at:
        return f"Starts in {_minutes(training.block_at - now, up=True)}"
    minutes = training.blocks[training.at_block].minutes
    left = training.block_at + timedelta(minutes=minutes) - now
    if left > timedelta():
        return f"{_minutes(left, up=True)} left"
    over = _minutes(-left)
    return f"{over} over" if over else "Time is up"


def _times(training: TrainingSession, is_open: bool) -> list[BlockTime]:
    starts_at, found = training.starts_at, []
    for index, block in enumerate(training.blocks):
        ends_at = starts_at + timedelta(minutes=block.minutes)
        found.append(
            BlockTime(
                index=index,
                key=block.key,
                title=block.title,
                minutes=block.minutes,
                starts_at=starts_at,
                ends_at=ends_at,
                is_now=is_open and index == training.at_block,
                ran_s=_ran(training, block.key),
            )
        )
        starts_at = ends_at
    return found


def _ran(training: TrainingSession, key: str) -> int:
    spans = [each.get("seconds") for each in training.ran if each.get("key") == key]
    return sum(span for span in spans if isinstance(span, int))


def _minutes(span: timedelta, *, up: bool = False) -> str:
    """ "1 minute", "12 minutes", "" for less than one; counting up, a part is a whole one."""
    minutes = span.total_seconds() / 60
    whole = ceil(minutes) if up else int(minutes)
    if whole < 1:
        return ""
    return "1 minute" if whole == 1 else f"{whole} minutes"
