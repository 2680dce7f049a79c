"""What is kept in Whoosh's files, and in which shape."""

from array import array
from itertools import accumulate
from typing import Any

from whoosh.columns import VarBytesColumn
from whoosh.fields import COLUMN, ID, KEYWORD, TEXT, Schema
from whoosh.formats import Format

INDEX_NAME = "MAIN"
CRC_BYTES = 4  # at the end of every file


class Places(Format):  # type: ignore[misc]
    """Positions as 16-bit numbers, so that a whole block is read as one array."""

    def decode_positions(self, value: bytes) -> list[int]:
        return list(array("H", value))

    def decode_frequency(self, value: bytes) -> int:
        return len(value) // 2

    def decode_weight(self, value: bytes) -> float:
        return float(len(value) // 2)


def _schema() -> Any:
    text = TEXT()
    text.format = Places()
    column = VarBytesColumn()
    return Schema(
        key=ID(unique=True), text=text, title=KEYWORD(), facet=KEYWORD(),
        record=COLUMN(column), about=COLUMN(column), numbers=COLUMN(column),
    )  # fmt: skip


SCHEMA = _schema()


class Joined:
    """The values of a block in one piece, which reads faster than one by one."""

    def __init__(self, values: list[bytes]) -> None:
        self.values = b"".join(values)
        self.ends = array("I", accumulate(map(len, values)))

    def __getitem__(self, at: int) -> bytes:
        return self.values[self.ends[at - 1] if at else 0 : self.ends[at]]
