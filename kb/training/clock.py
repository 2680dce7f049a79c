"""When each block of a session begins and ends, and whether it all fits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kb.training.types import Block


@dataclass(frozen=True, kw_only=True)
class Slot:
    """The time of one block."""

    start: datetime
    end: datetime


def length(blocks: Iterable[Block]) -> int:
    """Minutes of all blocks together."""
    return sum(block.minutes for block in blocks)


def times(blocks: Iterable[Block], starts_at: datetime) -> list[Slot]:
    """The slot of each block, one after another from the start."""
    slots = []
    start = starts_at
    for block in blocks:
        end = start + timedelta(minutes=block.minutes)
        slots.append(Slot(start=start, end=end))
        start = end
    return slots


def over_run(blocks: Sequence[Block], starts_at: datetime, ends_at: datetime) -> str:
    """What to say where the blocks take longer than there is time; "" where they fit."""
    takes, room = length(blocks), int((ends_at - starts_at).total_seconds() // 60)
    if room <= 0:
        return "The planned end is not after the start. Look at the two times again."
    if takes <= room:
        return ""
    return (
        f"These blocks take {in_words(takes)} and there are {in_words(room)}: "
        f"{in_words(takes - room)} too many. Shorten a block or remove one."
    )


def in_words(minutes: int) -> str:
    """1 minute, 45 minutes, 1 hour 30 minutes; an even hour is 60 minutes as people say it."""
    if minutes <= 60:
        return _many(minutes, "minute")
    hours, rest = divmod(minutes, 60)
    return f"{_many(hours, 'hour')} {_many(rest, 'minute')}" if rest else _many(hours, "hour")


def _many(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
