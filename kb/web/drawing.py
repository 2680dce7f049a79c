"""Pictures of numbers, worked out here so that templates only draw them."""

from dataclasses import dataclass
from math import ceil

MOST_HANDS = 60  # above that, nobody counts hands in a picture
WIDEST_ROW = 30
NARROWEST_ROW = 10
HAND_WIDTH, ROW_HEIGHT = 34, 62
LOWERED = 34  # how far a lowered hand sinks behind the line


@dataclass(frozen=True)
class Hand:
    """`state` is "up", "down" for who would like to and does not, or "no"."""

    x: int
    state: str


@dataclass(frozen=True)
class Hands:
    """Raised and lowered hands in rows, each `ROW_HEIGHT` high."""

    rows: tuple[tuple[Hand, ...], ...]
    width: int

    @property
    def height(self) -> int:
        return len(self.rows) * ROW_HEIGHT


def hands(up: int, down: int, people: int) -> Hands | None:
    """`up` raised, `down` lowered, and those of the rest; None for too many to draw."""
    if not 0 < people <= MOST_HANDS:
        return None
    states = (["up"] * up + ["down"] * down + ["no"] * people)[:people]
    rows = ceil(people / WIDEST_ROW)
    columns = max(ceil(people / rows), NARROWEST_ROW)
    return Hands(
        rows=tuple(
            tuple(
                Hand(place * HAND_WIDTH, state)
                for place, state in enumerate(states[row * columns : (row + 1) * columns])
            )
            for row in range(rows)
        ),
        width=columns * HAND_WIDTH,
    )


def share(number: int, whole: int) -> str:
    """How wide a bar is, of 100, as an attribute of a drawing."""
    return f"{max(0, min(100, 100 * number / whole)):.2f}" if whole else "0"
