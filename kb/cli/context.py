"""What commands share: the runtime, errors that are one plain line, and a patient Ctrl-C."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import Event
from typing import ParamSpec, cast

import click
from flask import current_app

from kb.errors import KbError
from kb.runtime import Runtime

P = ParamSpec("P")


def runtime() -> Runtime:
    return cast(Runtime, current_app.extensions["kb"])


def plainly(command: Callable[P, None]) -> Callable[P, None]:
    """Say what the domain says is wrong, without a traceback; exit code 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except KbError as error:
            raise click.ClickException(str(error)) from error

    return run


@contextmanager
def finishing_first() -> Iterator[Event]:
    """Ctrl-C sets the event, so that what has begun can be finished; a second one interrupts."""
    asked = Event()

    def ask(*_: object) -> None:
        asked.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)
