"""What a council writes about its copy: the plan, how it goes, and the answer to a letter."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from flask_wtf import FlaskForm  # type: ignore[import-untyped]
from wtforms import (
    DateField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional

from kb.accounts.models import User
from kb.copying.models import Choice, Status
from kb.copying.reports import Outcome
from kb.copying.service import Plan, StepPlan
from kb.library.content import Step
from kb.web.forms import line

CHOICES = {
    Choice.KEEP.value: "Keep it",
    Choice.CHANGE.value: "Change it",
    Choice.DROP.value: "Drop it",
}
STATUSES = {
    Status.PLANNED.value: "Planned",
    Status.TRYING.value: "Trying it",
    Status.DOING.value: "Doing it",
    Status.STOPPED.value: "Stopped",
}
NOT_A_DAY = "Give a day, month and year, such as 2026-11-23."
NOT_HOURS = "Give hours as a whole number, such as 12."


class _Hours(IntegerField):
    def process_formdata(self, valuelist: list[str]) -> None:
        with _saying(NOT_HOURS if any(valuelist) else ""):
            super().process_formdata(valuelist)


class _Day(DateField):
    def process_formdata(self, valuelist: list[str]) -> None:
        with _saying(NOT_A_DAY if any(valuelist) else ""):
            super().process_formdata(valuelist)


@contextmanager
def _saying(sentence: str) -> Iterator[None]:
    """Whatever cannot be read is told of in our words; nothing is, where nothing was typed."""
    try:
        yield
    except ValueError:
        if sentence:
            raise ValueError(sentence) from None


class PlanForm(FlaskForm):  # type: ignore[misc]
    """What is kept, changed and dropped; see `plan_form`, which adds three fields a step."""

    steps: Sequence[Step] = ()
    source_version = HiddenField()
    version = HiddenField()

    def rows(self) -> list[tuple[Step, Field, Field, Field]]:
        """Each step with its choice, what is done instead, and why."""
        return [
            (step, self[f"choice_{n}"], self[f"text_{n}"], self[f"why_{n}"])
            for n, step in enumerate(self.steps)
        ]

    def plan(self, source_version: int) -> Plan:
        return Plan(
            source_version=source_version,
            steps=tuple(
                StepPlan(choice=Choice(c.data), text=t.data or "", why=w.data or "")
                for _, c, t, w in self.rows()
            ),
            also=self.also.data or "",
            first_step=self.first_step.data or "",
            first_step_by=self.first_step_by.data,
            review_on=self.review_on.data,
            owner_id=int(self.owner.data),
        )


def plan_form(
    steps: Sequence[Step], colleagues: Sequence[User], plan: Plan, *, version: int = 0
) -> PlanForm:
    """The form for a plan of these steps, filled with `plan` until something was typed."""
    fields: dict[str, object] = {"steps": tuple(steps)}
    for number in range(len(steps)):
        fields |= _step_fields(number + 1, number)
    fields |= {
        "also": TextAreaField("What else do you do differently? (optional)", filters=[line]),
        "first_step": TextAreaField("Your own first step (optional)", filters=[line]),
        "first_step_by": _day("When will you have done it? (optional)"),
        "review_on": _day("When will you look again? (optional)"),
        "owner": SelectField("Who looks after it?", choices=_names(colleagues)),
    }
    made = type("PlanForm", (PlanForm,), fields)
    return made(data=_data(plan, version))  # type: ignore[no-any-return]


class OutcomeForm(FlaskForm):  # type: ignore[misc]
    """How a copy goes."""

    status = RadioField("Where do you stand?", choices=STATUSES)
    note = TextAreaField("If you stopped: why?", filters=[line])
    hours = _Hours("Hours you have really spent (optional)", validators=[Optional()])
    what_happened = TextAreaField("What happened? (optional)")
    version = HiddenField()

    def outcome(self) -> Outcome:
        return Outcome(
            status=Status(self.status.data),
            note=self.note.data or "",
            hours=self.hours.data,
            what_happened=self.what_happened.data or "",
        )


class AnswerForm(OutcomeForm):
    """The answer to a letter; `token` says which copy it is about."""

    token = HiddenField()


class HidingForm(FlaskForm):  # type: ignore[misc]
    reason = TextAreaField("Why is it hidden?", filters=[line])


def show_problems(form: FlaskForm, problems: dict[str, str]) -> None:
    """Each sentence beside its field, or above all of them."""
    for name, sentence in problems.items():
        if name in form:
            form[name].errors = [sentence]
        else:
            form.form_errors.append(sentence)


def _step_fields(place: int, number: int) -> dict[str, object]:
    return {
        f"choice_{number}": RadioField(f"Step {place}", choices=CHOICES),
        f"text_{number}": StringField(f"What you do instead of step {place}", filters=[line]),
        f"why_{number}": StringField(f"Why, for step {place} (optional)", filters=[line]),
    }


def _day(label: str) -> DateField:
    return _Day(label, validators=[Optional()])


def _names(colleagues: Sequence[User]) -> dict[str, str]:
    return {str(each.id): each.name or each.email for each in colleagues}


def _data(plan: Plan, version: int) -> dict[str, object]:
    data: dict[str, object] = {
        "source_version": plan.source_version,
        "version": version,
        "also": plan.also,
        "first_step": plan.first_step,
        "first_step_by": plan.first_step_by,
        "review_on": plan.review_on,
        "owner": str(plan.owner_id),
    }
    for number, each in enumerate(plan.steps):
        data |= {
            f"choice_{number}": each.choice.value,
            f"text_{number}": each.text,
            f"why_{number}": each.why,
        }
    return data
