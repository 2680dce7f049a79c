"""Training material: exercises for a room, with steps and times."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kb.library import service as library
from kb.library.content import Kind, Step
from kb.library.models import TrainingMaterial
from kb.web import extras, reading
from kb.web.caching import kept
from kb.web.context import db_session, public, today

bp = Blueprint("training", __name__)

LENGTHS = (("Up to 15 minutes", 15), ("Up to an hour", 60))
LONGER = "Longer, or no set time"


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A step of an exercise; `starts` is "" where it or an earlier step has no stated length."""

    step: Step
    starts: str


@bp.get("/training")
@public
@kept
def index() -> ResponseReturnValue:
    found = library.all_of(db_session(), Kind.TRAINING)
    names = [*(name for name, _ in LENGTHS), LONGER]
    groups: dict[str, list[TrainingMaterial]] = {name: [] for name in names}
    for exercise in [each for each in found if isinstance(each, TrainingMaterial)]:
        groups[_length(exercise)].append(exercise)
    return render_template("training/index.html", groups=groups)


@bp.get("/training/<slug>")
@public
@kept
def show(slug: str) -> ResponseReturnValue:
    session = db_session()
    exercise = library.by_slug(session, Kind.TRAINING, slug)
    if not exercise.is_public:
        return reading.withdrawn(exercise)
    return render_template(
        "training/show.html",
        exercise=exercise,
        trust=reading.trust(exercise, today=today()),
        turns=running_order(exercise.steps),
        related=library.related(session, exercise),
        **extras.of(session, exercise),
    )


def running_order(steps: list[Step]) -> list[Turn]:
    """Each step with the time on the clock when it begins, as far as that is known."""
    turns: list[Turn] = []
    clock: int | None = 0
    for step in steps:
        if clock is None or step.minutes is None:
            turns.append(Turn(step=step, starts=""))
            clock = None
        else:
            turns.append(Turn(step=step, starts=f"{clock // 60}:{clock % 60:02}"))
            clock += step.minutes
    return turns


def _length(exercise: TrainingMaterial) -> str:
    minutes = exercise.minutes_max
    if minutes is None:
        return LONGER
    return next((name for name, most in LENGTHS if minutes <= most), LONGER)
