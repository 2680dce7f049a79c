"""What somebody types who builds a pack, or starts a session from one."""

from collections.abc import Mapping
from typing import cast

from flask_wtf import FlaskForm  # type: ignore[import-untyped]
from wtforms import BooleanField, Field, StringField, TextAreaField

from kb.training.building import Typed
from kb.training.models import Pack
from kb.training.packs import About
from kb.training.types import RoundKind
from kb.web.forms import line
from kb.web.forms.moments import MomentForm

MINUTES = "minutes-"  # and the key of the block
KINDS = {
    "": "No question: the block is only talk",
    RoundKind.GAP.value: "Would like to, already do: two questions and the gap between them",
    RoundKind.ONE.value: "One choice",
    RoundKind.MANY.value: "Several choices",
    RoundKind.SCALE.value: "A scale from 1 to 5",
    RoundKind.BARRIERS.value: "Barriers: a vote on what gets in the way",
    RoundKind.IDEAS.value: "Ideas: everybody writes, then votes",
    RoundKind.PLEDGE.value: "Pledge: when …, I will …",
}
LONGEST_QUERY = 200


class NewPackForm(FlaskForm):  # type: ignore[misc]
    title = StringField("Title of your pack", filters=[line])


class AboutForm(FlaskForm):  # type: ignore[misc]
    """What the pack says of itself; see `about_form`, which adds the minutes of each block."""

    title = StringField("Title")
    lede = TextAreaField("What it is, in a sentence or two (optional)")
    people = StringField("How many people (optional)")
    audience = StringField("For whom (optional)")
    needs = StringField("What you need (optional)")
    starts = StringField("Starts at (optional)")
    ends = StringField("Planned end (optional)")

    def about(self) -> About:
        names = ("title", "lede", "people", "audience", "needs")
        return About(**{name: self[name].data or "" for name in names})

    def minutes_of(self, key: str) -> Field:
        return cast(Field, self[f"{MINUTES}{key}"])

    def minutes(self) -> dict[str, str]:
        """Key of each block that was in the form -> what was typed."""
        typed = {name: field for name, field in self._fields.items() if name.startswith(MINUTES)}
        return {
            name.removeprefix(MINUTES): field.data or ""
            for name, field in typed.items()
            if field.raw_data
        }


def about_form(pack: Pack, *, starts: str = "", ends: str = "") -> AboutForm:
    """Filled with what the pack is, until something was typed."""
    labels = {block.key: f"Minutes of “{block.title}”" for block in pack.blocks}
    fields = {f"{MINUTES}{key}": StringField(label) for key, label in labels.items()}
    known: dict[str, object] = {
        f"{MINUTES}{block.key}": str(block.minutes) for block in pack.blocks
    }
    known |= {name: getattr(pack, name) for name in ("title", "lede", "people", "audience")}
    known |= {"needs": pack.needs, "starts": starts, "ends": ends}
    made = type("AboutForm", (AboutForm,), fields)
    return made(data=known)  # type: ignore[no-any-return]


class BlockForm(FlaskForm):  # type: ignore[misc]
    title = StringField("Title of the block")
    minutes = StringField("Minutes")
    notes = TextAreaField("What you do and say (optional)")
    round = StringField("What is the room asked?")
    question = StringField("The question")
    second_question = StringField("The second question, of “would like to, already do”")
    options = TextAreaField("The answers, one on each line")

    def typed(self, refs: list[str]) -> Typed:
        names = ("title", "minutes", "notes", "round", "question", "second_question", "options")
        return Typed(refs=refs, **{name: self[name].data or "" for name in names})


class StartForm(MomentForm):
    host = StringField("Your council or the room (optional)", filters=[line])
    is_public = BooleanField("Its numbers may count in the national picture")


def show_problems(form: FlaskForm, problems: Mapping[str, str]) -> None:
    """Put each sentence at its field; what has none stands in the summary alone."""
    for name, sentence in problems.items():
        if name in form:
            form[name].errors = [sentence]
        else:
            form.form_errors = [*form.form_errors, sentence]
