"""Links to the pages of a list, for the pagination component."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

NEIGHBOURS = 1  # of the current page; the first and the last page are always there


@dataclass(frozen=True, kw_only=True)
class PageLink:
    number: int
    url: str


@dataclass(frozen=True, kw_only=True)
class Paging:
    """`links` are in order; None stands for the pages left out there."""

    page: int
    last: int
    per_page: int
    total: int
    links: tuple[PageLink | None, ...]
    previous: str
    next: str

    @property
    def first_shown(self) -> int:
        return min((self.page - 1) * self.per_page + 1, self.total)

    @property
    def last_shown(self) -> int:
        return min(self.page * self.per_page, self.total)


def last_page(total: int, per_page: int) -> int:
    return max(1, ceil(total / per_page))


def paging(
    *, page: int, total: int, per_page: int, most: int, url_of_page: Callable[[int], str]
) -> Paging:
    """Pages up to `most`, however many there would be."""
    last = min(last_page(total, per_page), most)
    page = min(page, last)
    return Paging(
        page=page,
        last=last,
        per_page=per_page,
        total=total,
        links=tuple(
            PageLink(number=number, url=url_of_page(number)) if number else None
            for number in _numbers(page, last)
        ),
        previous=url_of_page(page - 1) if page > 1 else "",
        next=url_of_page(page + 1) if page < last else "",
    )


def _numbers(page: int, last: int) -> list[int | None]:
    near = range(page - NEIGHBOURS, page + NEIGHBOURS + 1)
    shown = sorted({1, last, *(number for number in near if 1 <= number <= last)})
    numbers: list[int | None] = []
    for before, number in zip([0, *shown], shown, strict=False):
        if number - before == 2:
            numbers.append(number - 1)
        elif number - before > 2:
            numbers.append(None)
        numbers.append(number)
    return numbers
