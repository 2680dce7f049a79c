"""What is worked out from the database once, and kept until its next edition."""

from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from kb import indexing

T = TypeVar("T")


class PerEdition(Generic[T]):
    """A function of the database that is asked again only after something has changed.

    Two threads that find it out of date at once both work it out, and agree.
    """

    def __init__(self, make: Callable[[Session], T]) -> None:
        self._make = make
        self._kept: WeakKeyDictionary[Engine | Connection, tuple[int, T]] = WeakKeyDictionary()

    def __call__(self, session: Session) -> T:
        database = session.get_bind()
        edition = indexing.edition(session)
        kept = self._kept.get(database)
        if kept is None or kept[0] != edition:
            kept = edition, self._make(session)
            self._kept[database] = kept
        return kept[1]
