"""The agenda as it was planned, beside what was made of it."""

from collections import defaultdict
from collections.abc import Mapping

from kb.training.models import SessionState, TrainingSession
from kb.training.outcomes import Part


def as_it_ran(training: TrainingSession) -> tuple[Part, ...]:
    """Each block with the minutes it was to take and those it took, in the planned order.

    A block that ran twice took both times together; one that is no longer on the agenda
    stands at the end.
    """
    seconds: dict[str, int] = defaultdict(int)
    planned: dict[str, tuple[str, int]] = {
        block.key: (block.title, block.minutes) for block in training.blocks
    }
    for each in training.ran:
        key = str(each.get("key", ""))
        seconds[key] += _number(each, "seconds")
        planned.setdefault(key, (str(each.get("title", "")), _number(each, "minutes")))
    now = _running(training)
    return tuple(
        Part(
            title=title,
            planned=minutes,
            took=round(seconds[key] / 60) if key in seconds else None,
            is_now=key == now,
        )
        for key, (title, minutes) in planned.items()
    )


def that_ran(training: TrainingSession) -> set[str]:
    """The keys of the blocks that ran, and of the one that runs."""
    return {str(each.get("key", "")) for each in training.ran} | {_running(training)} - {""}


def held_minutes(training: TrainingSession) -> int:
    """How long a session that is over took, without what nobody ran; 0 where nothing did."""
    if training.state is not SessionState.CLOSED:
        return 0
    return round(sum(_number(each, "seconds") for each in training.ran) / 60)


def _running(training: TrainingSession) -> str:
    is_open = training.state is SessionState.OPEN and training.at_block < len(training.blocks)
    return training.blocks[training.at_block].key if is_open else ""


def _number(ran: Mapping[str, object], name: str) -> int:
    value = ran.get(name)
    return value if isinstance(value, int) else 0
