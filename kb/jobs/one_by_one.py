"""Work on what is due, each in a transaction of its own: what fails costs that one alone."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from kb.db.database import Session
from kb.runtime import Runtime

T = TypeVar("T")


def one_by_one(
    runtime: Runtime,
    due: Callable[[Session], Iterable[T]],
    do: Callable[[Session, T], int],
    *,
    quietly: bool = True,
) -> int:
    """Look up what is due, then do it; the sum of what that answers.

    Unless done quietly, the worker is told after each that readers may see a change.
    """
    with runtime.database.reading() as session:
        waiting = list(due(session))
    done = 0
    for each in waiting:
        with runtime.database.transaction(quietly=quietly) as session:
            done += do(session, each)
    return done
