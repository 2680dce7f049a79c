"""Structured logs: one JSON object a line on standard error, and nobody's personal data.

What people send (queries, addresses, names, cookies) is never logged, and neither are
the words of an exception, which may quote it: its type and where it was raised tell enough.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog

Event = MutableMapping[str, Any]
Raised = tuple[type[BaseException], BaseException, TracebackType | None]
MOST_FRAMES = 12
QUIET = {"alembic": logging.WARNING, "huey": logging.WARNING, "_granian": logging.WARNING}


class Stderr:
    """Writes each line whole to what standard error is at that moment."""

    def msg(self, line: str) -> None:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    debug = info = warning = error = critical = exception = msg


class _Handler(logging.Handler):
    """Lines of libraries look like ours."""

    def emit(self, record: logging.LogRecord) -> None:
        Stderr().msg(self.format(record))


def configure() -> None:
    """Log this way from here on; harmless to do twice."""
    structlog.configure(
        processors=[*_SHARED, *_LAST],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: Stderr(),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    if not any(isinstance(handler, _Handler) for handler in root.handlers):
        root.addHandler(_handler())
        root.setLevel(min(root.level or logging.INFO, logging.INFO))
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)
    werkzeug = logging.getLogger("werkzeug")
    if _is_no_request not in werkzeug.filters:
        werkzeug.addFilter(_is_no_request)


def get(name: str) -> structlog.typing.FilteringBoundLogger:
    """A logger for one part of the program."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(part=name)
    return logger


def where_raised(_: object, __: str, event: Event) -> Event:
    """Replace an exception by its types and the lines of code that it passed through."""
    error = _raised(event.pop("exc_info", None))
    if error is not None:
        event["exception"] = _story(error)
    return event


def _raised(exc_info: object) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        error: BaseException | None = exc_info[1]
        return error
    return sys.exc_info()[1] if exc_info else None


def _story(error: BaseException) -> list[str]:
    """The causes, oldest first: the places that each passed through, and what it was."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = _story(cause) if cause is not None else []
    frames = traceback.extract_tb(error.__traceback__, limit=-MOST_FRAMES)
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return [*before, *places, f"{type(error).__module__}.{type(error).__qualname__}"]


_SHARED: list[structlog.typing.Processor] = [
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    where_raised,
]
_LAST: list[structlog.typing.Processor] = [
    structlog.processors.EventRenamer("event"),
    structlog.processors.JSONRenderer(ensure_ascii=False),
]


def _handler() -> _Handler:
    handler = _Handler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_LAST],
        )
    )
    return handler


def _is_no_request(record: logging.LogRecord) -> bool:
    """Werkzeug's own line for each request tells the address and the query."""
    return " - - [" not in str(record.msg)
