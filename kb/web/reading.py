"""What the pages of a resource share: how far to trust it, what it takes, how to cite it."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from flask import Flask, render_template, url_for
from flask.typing import ResponseReturnValue

from kb.db.database import Session
from kb.editions import PerEdition
from kb.library import vocabulary
from kb.library.content import Confidence
from kb.library.models import Resource
from kb.library.state import State, state_of
from kb.submissions import amounts
from kb.web.context import runtime
from kb.web.filters import day

CONFIDENCE = {
    Confidence.HIGH: "High. The record says no more than its source does, as far as we can tell.",
    Confidence.MEDIUM: "Medium. The main points should be right; details may be incomplete.",
    Confidence.LOW: "Low. Treat it as a lead, and read the source before you rely on it.",
}
MARKS = {State.CHECK_BEFORE_USE: "Check before use", State.HISTORICAL: "Historical"}
_TAKES = {
    "signoff": "Sign-off",
    "actor": "Who acts",
    "moment": "Moment",
    "form": "Scrutiny form",
    "duty": "Duty",
}

_scale = PerEdition(
    lambda session: [(term.slug, term.label) for term in vocabulary.terms(session, "evidence")]
)


@dataclass(frozen=True, kw_only=True)
class Trust:
    """How far a reader can still trust a page; `mark` is "" while it is current."""

    mark: str
    checked: str
    note: str


@dataclass(frozen=True, kw_only=True)
class Level:
    """One step of the evidence scale."""

    label: str
    is_reached: bool
    is_own: bool


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Where a resource stands on the scale; `own` is "" where nobody has said."""

    levels: tuple[Level, ...]
    own: str
    number: int

    @property
    def highest(self) -> int:
        return len(self.levels) - 1


def trust(resource: Resource, *, today: date) -> Trust:
    checked = resource.checked
    return Trust(
        mark=MARKS.get(state_of(resource, today=today), ""),
        checked=f"Checked {day(checked)}" if checked else "Date of check not stated",
        note=resource.standing_note,
    )


def evidence(session: Session, resource: Resource) -> Evidence:
    """The whole scale, with the steps up to the resource's own marked."""
    scale = _scale(session)
    own = next((term.slug for term in resource.terms("evidence")), None)
    number = next((n for n, (slug, _) in enumerate(scale) if slug == own), -1)
    return Evidence(
        levels=tuple(
            Level(label=label, is_reached=n <= number, is_own=n == number)
            for n, (_, label) in enumerate(scale)
        ),
        own=scale[number][1] if number >= 0 else "",
        number=number,
    )


def labels(resource: Resource, facet: str) -> str:
    """The labels of a resource's terms of one facet, in words."""
    return ", ".join(term.label for term in resource.terms(facet))


def effort(resource: Resource) -> str:
    """Set-up and weekly effort in words, as far as the record states them.

    A time that was given in so many words says more than its term.
    """
    is_exact = resource.setup_hours is None and amounts.time_in(resource.effort_note)
    parts = (
        [resource.effort_note, _weekly(resource)]
        if is_exact
        else [_setup(resource), _weekly(resource), resource.effort_note]
    )
    return ". ".join(part for part in parts if part)


def cost(resource: Resource) -> str:
    return resource.cost_note or labels(resource, "cost")


def takes(resource: Resource) -> list[tuple[str, str]]:
    """What copying it takes, with "" for what the record does not state."""
    return [(name, labels(resource, facet)) for facet, name in _TAKES.items()]


def permalink(resource_id: int) -> str:
    """The short address that lasts, whole."""
    return runtime().settings.base_url + url_for("permalinks.show", resource_id=resource_id)


def host(url: str) -> str:
    """Where a link leads to, as people say it."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def is_ours(url: str) -> bool:
    """Is this the address of a page of this site?"""
    base_url = runtime().settings.base_url
    return url == base_url or url.startswith(f"{base_url}/")


def withdrawn(resource: Resource) -> ResponseReturnValue:
    """What stays of a resource that was taken down: its title, whom to thank, and why."""
    return render_template("errors/withdrawn.html", resource=resource), 410


def init_app(app: Flask) -> None:
    app.jinja_env.filters["host"] = host
    app.jinja_env.tests["ours"] = is_ours
    app.jinja_env.globals.update(
        permalink=permalink, labels=labels, effort=effort, cost=cost, takes=takes
    )
    app.jinja_env.globals["CONFIDENCE"] = CONFIDENCE


def _setup(resource: Resource) -> str:
    if resource.setup_hours is not None:
        return f"{_counted(resource.setup_hours, 'hour')} to set up"
    label = labels(resource, "setup")
    return f"{label} to set up" if label else ""


def _weekly(resource: Resource) -> str:
    if resource.weekly_minutes is not None:
        return f"{_counted(resource.weekly_minutes, 'minute')} a week"
    return labels(resource, "weekly")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
