"""What all answers share: the runtime, and who may read them."""

from collections.abc import Callable
from datetime import date
from typing import ParamSpec, TypeVar, cast

from flask import current_app

from kb.clock import utcnow
from kb.runtime import Runtime

P = ParamSpec("P")
T = TypeVar("T")


def runtime() -> Runtime:
    return cast(Runtime, current_app.extensions["kb"])


def today() -> date:
    return utcnow().date()


def public(view: Callable[P, T]) -> Callable[P, T]:
    """Anyone may read this answer; say so, because none is public by accident."""
    vars(view)["audience"] = "everyone"
    return view
