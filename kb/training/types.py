"""What a pack is made of, and what one round asks."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

LONGEST_LINE = 300
LONGEST_TEXT = 4_000

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_LINE)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_TEXT)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{1,12}$")]


class RoundKind(StrEnum):
    """`GAP` asks "would like to" and then "already do", and counts who wants to and does not."""

    GAP = "gap"
    ONE = "one choice"
    MANY = "several choices"
    SCALE = "scale"
    BARRIERS = "barriers"
    IDEAS = "ideas"
    PLEDGE = "pledge"


class Option(BaseModel):
    """One answer that can be chosen. `key` is a term's slug where it is one of a vocabulary."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    label: Line


class Block(BaseModel):
    """One part of a session: what the trainer does, how long, and perhaps what the room is asked.

    `round` is None for a block without questions. `question` is what the room sees; a gap
    has a second one. `refs` are the resources that it is made from or shows.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: Key
    title: Line
    minutes: Annotated[int, Field(ge=0, le=480)]
    notes: Text = ""
    round: RoundKind | None = None
    question: Line = ""
    second_question: Line = ""
    options: Annotated[tuple[Option, ...], Field(max_length=30)] = ()
    refs: Annotated[tuple[str, ...], Field(max_length=20)] = ()
