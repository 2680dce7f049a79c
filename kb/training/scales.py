"""A scale from 1 to 5, and the words that say which end is which."""

import re
from collections.abc import Sequence

from kb.training.types import Option

STEPS = 5
LONGEST_END = 60  # on a wall it stands below a fifth of the picture
_NUMBERS = tuple(str(n) for n in range(1, STEPS + 1))
_NUMBER = re.compile(rf"^[1{STEPS}](?:\s*[:=.)–]\s*|\s+-\s*|\s*-\s+)")  # not of “1-to-1”


def options(low: str = "", high: str = "") -> tuple[Option, ...]:
    """1 to 5; the words of an end stand behind its number: “1: Not at all”."""
    words = {_NUMBERS[0]: low, _NUMBERS[-1]: high}
    return tuple(
        Option(key=key, label=f"{key}: {said}" if (said := words.get(key, "")) else key)
        for key in _NUMBERS
    )


def is_numbered(options: Sequence[Option]) -> bool:
    """Is this 1 to 5, and no choice of answers of its own?"""
    return tuple(option.key for option in options) == _NUMBERS


def word(option: Option) -> str:
    """What this number means; "" for one between the ends."""
    return option.label.removeprefix(option.key).removeprefix(": ")


def ends(options: Sequence[Option]) -> tuple[str, str]:
    """What 1 and 5 mean, or "" twice."""
    return (word(options[0]), word(options[-1])) if is_numbered(options) else ("", "")


def without_number(typed: str) -> str:
    """“1 = not at all” is typed as readily as the words alone."""
    return _NUMBER.sub("", typed)
