"""Jobs that the worker runs again and again, whether or not anybody asks."""

from datetime import datetime
from typing import Protocol

from kb.runtime import Runtime


class Job(Protocol):
    """May be run twice, killed at any line and run again; says how much it did."""

    __name__: str

    def __call__(self, runtime: Runtime, *, now: datetime) -> int: ...
