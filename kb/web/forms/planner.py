"""What a person adds to their plan: first steps in their own words, and when to look again."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import cast

from wtforms import DateField, Field, Form, StringField
from wtforms.validators import InputRequired, Length

from kb.planning.first_steps import LONGEST_STEP
from kb.web.forms import line

TOO_LONG = f"Use {LONGEST_STEP} characters or fewer."
NOT_A_DAY = "Give a day, month and year, such as 2027-01-18."
STEP = "step:"  # and the ref of the pick


class _Day(DateField):
    def process_formdata(self, valuelist: list[str]) -> None:
        """Whatever cannot be read is told of in our words."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(NOT_A_DAY) from None


class SheetForm(Form):
    """Part of an address, so that it needs no token: nothing is changed with it."""

    look = _Day("Look again on", validators=[InputRequired(NOT_A_DAY)])

    def step_of(self, ref: str) -> Field:
        return self[f"{STEP}{ref}"]

    def own_words(self, refs: Iterable[str]) -> dict[str, str]:
        """Ref -> the first step in the person's own words, "" where they gave none."""
        return {ref: self.step_of(ref).data or "" for ref in refs}

    @property
    def day(self) -> date:
        return cast(date, self.look.data)


def sheet_form(refs: Iterable[str], given: Mapping[str, object]) -> SheetForm:
    """`given` is a MultiDict of what was typed, of a GET or of a POST."""
    steps = {
        f"{STEP}{ref}": StringField(
            f"First step {number}, in your own words",
            id=f"step_{number}",
            validators=[Length(max=LONGEST_STEP, message=TOO_LONG)],
            filters=[line],
        )
        for number, ref in enumerate(refs, start=1)
    }
    form = type("SheetForm", (SheetForm,), steps)(given)
    return cast(SheetForm, form)
