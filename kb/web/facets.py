"""A facet beside a list: its options with their counts, and which of them are chosen."""

from dataclasses import dataclass
from typing import NamedTuple


class Option(NamedTuple):
    value: str
    label: str
    total: int
    is_on: bool


@dataclass(frozen=True, kw_only=True)
class FacetView:
    """`stays_open` shows its options even while none is chosen."""

    name: str
    label: str
    options: tuple[Option, ...]
    stays_open: bool

    @property
    def chosen(self) -> int:
        return sum(option.is_on for option in self.options)

    @property
    def is_open(self) -> bool:
        return self.stays_open or self.chosen > 0
