"""The words of a request, read strictly: what makes no sense is named, never guessed."""

from collections.abc import Collection, Sequence
from typing import Self

from flask import request

from kb.errors import Invalid

MOST_VALUES = 20
LONGEST_SHOWN = 60


class Parameters:
    """Ask for each parameter, then `check`: it raises Invalid with a sentence for each bad one."""

    def __init__(self, given: dict[str, list[str]]) -> None:
        self.given = given
        self._asked: set[str] = set()
        self._problems: dict[str, str] = {}

    @classmethod
    def of_request(cls) -> Self:
        return cls(request.args.to_dict(flat=False))

    def text(self, name: str) -> str:
        """Text is never wrong, but it can be given once only."""
        self._asked.add(name)
        values = self.given.get(name, [])
        if len(values) > 1:
            self._problems[name] = f"“{name}” can be given once only."
        return values[0] if values else ""

    def number(self, name: str, *, default: int, most: int) -> int:
        text = self.text(name)
        if name not in self.given:
            return default
        if text.isascii() and text.isdigit() and len(text) <= len(str(most)):
            number = int(text)
            if 1 <= number <= most:
                return number
        self._problems.setdefault(name, f"“{name}” must be a whole number from 1 to {most}.")
        return default

    def choice(self, name: str, allowed: Sequence[str]) -> str:
        """One of these, or the empty text where it is not given."""
        text = self.text(name)
        if name in self.given and text not in allowed:
            self._problems.setdefault(name, f"“{name}” must be one of: {', '.join(allowed)}.")
        return text

    def choices(self, name: str, allowed: Collection[str]) -> None:
        """Any number of these within reason."""
        self._asked.add(name)
        values = self.given.get(name, [])
        if len(values) > MOST_VALUES:
            self._problems[name] = f"“{name}” can be given {MOST_VALUES} times at most."
        for value in values:
            if value not in allowed:
                shown = value[:LONGEST_SHOWN]
                self._problems[name] = f"“{shown}” is not a value that “{name}” can have."

    def check(self) -> None:
        for name in self.given:
            if name not in self._asked:
                shown = name[:LONGEST_SHOWN]
                self._problems[shown] = f"“{shown}” is not a parameter that we know."
        if self._problems:
            raise Invalid(self._problems)
