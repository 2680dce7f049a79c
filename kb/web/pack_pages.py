"""What pages and prints show of a pack: its blocks with their times, cards and letters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kb.clock import utcnow
from kb.library.models import Resource
from kb.training import clock, packs, scales
from kb.training.types import Block, Option, RoundKind
from kb.web.context import db_session
from kb.web.outside import clock_time, local

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123"  # as many as a block can have answers
MOST_LETTERS = 10  # of the cards; who has more answers lets people say them
SHARES = 40  # steps of the bar's widths; see static/css/packs.css
ASKED = {RoundKind.ONE, RoundKind.MANY, RoundKind.BARRIERS, RoundKind.SCALE}


@dataclass(frozen=True, kw_only=True, eq=False)
class Row:
    """One block as the agenda shows it. `share` is the class of its part of the time bar."""

    block: Block
    starts: str
    ends: str
    share: str
    resources: Sequence[Resource]
    answers: Sequence[tuple[str, Option]]


def rows(blocks: Sequence[Block], starts_at: datetime | None = None) -> list[Row]:
    """Each block with its time on the clock, or from 0:00 where no start is known."""
    found = packs.resources(db_session(), blocks)
    total = max(1, clock.length(blocks))
    begin = datetime(2000, 1, 1, tzinfo=UTC)  # only the minutes since then are shown
    slots = clock.times(blocks, starts_at or begin)
    say = clock_time if starts_at else _since(begin)
    return [
        Row(
            block=block,
            starts=say(slot.start),
            ends=say(slot.end),
            share=f"tb-{max(1, round(SHARES * block.minutes / total))}",
            resources=[found[ref] for ref in block.refs if ref in found],
            answers=lettered(block.round, block.options),
        )
        for block, slot in zip(blocks, slots, strict=True)
    ]


def over_run(blocks: Sequence[Block], starts: str, ends: str) -> str:
    """What to say where the blocks do not fit between two typed times; "" where they do."""
    start, end = moment(starts), moment(ends)
    return clock.over_run(blocks, start, end) if blocks and start and end else ""


def moment(typed: str) -> datetime | None:
    """A typed time such as 17:15, today; None for anything else."""
    plain = typed.strip()
    if not plain.isascii() or len(plain) != 5:
        return None
    try:
        at = time.fromisoformat(plain)
    except ValueError:
        return None
    return there(datetime.combine(local(utcnow()).date(), at))


def there(typed: datetime) -> datetime:
    """What clocks show in the councils, as a moment."""
    try:
        return typed.replace(tzinfo=ZoneInfo("Europe/London")).astimezone(UTC)
    except ZoneInfoNotFoundError:  # a machine that knows no time zones
        return typed.replace(tzinfo=UTC)


def card_sheets(blocks: Sequence[Block]) -> list[tuple[str, str]]:
    """Two words, letters or numbers a sheet, for all that this room is asked without devices."""
    has_gap = any(block.round is RoundKind.GAP for block in blocks)
    held = [block for block in blocks if block.round is not RoundKind.BARRIERS]  # too many
    said = [[letter for letter, _ in lettered(block.round, block.options)] for block in held]
    letters = max((each for each in said if "A" in each), key=len, default=[])
    numbers = next((each for each in said if "1" in each and "A" not in each), [])
    if not (has_gap or letters or numbers):
        letters = ["A", "B"]
    return [
        *([("Yes", "No")] if has_gap else []),
        *_pairs(letters[:MOST_LETTERS]),
        *_pairs(numbers),
    ]


def lettered(kind: RoundKind | None, options: Sequence[Option]) -> list[tuple[str, Option]]:
    """The answers with their letters, as the cards have them; a scale's are its numbers."""
    if kind is RoundKind.SCALE and (not options or scales.is_numbered(options)):
        steps = options or scales.options()
        return [(each.key, Option(key=each.key, label=scales.word(each))) for each in steps]
    return list(zip(LETTERS, options if kind in ASKED else (), strict=False))


def _pairs(words: Sequence[str]) -> list[tuple[str, str]]:
    """Two by two; an odd one has an empty card beside it."""
    even = [*words, *([""] if len(words) % 2 else [])]
    return [(even[n], even[n + 1]) for n in range(0, len(even), 2)]


def _since(begin: datetime) -> Callable[[datetime], str]:
    """Says 0:10, the time since the beginning."""

    def say(value: datetime) -> str:
        minutes = int((value - begin).total_seconds() // 60)
        return f"{minutes // 60}:{minutes % 60:02}"

    return say
