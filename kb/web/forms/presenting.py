"""What the trainer types in while a session runs."""

from collections.abc import Mapping, Sequence

from flask_wtf import FlaskForm  # type: ignore[import-untyped]
from wtforms import StringField
from wtforms.validators import Length

from kb.training.types import LONGEST_LINE, Option

MOST_DIGITS = 6  # how many people there can be, the domain says
NOT_A_NUMBER = "Type a whole number such as 12."


class _Sealed(FlaskForm):  # type: ignore[misc]
    """A form of the trainer's, whose page carries a seal in place of a token."""

    class Meta:
        csrf = False


class HandsForm(_Sealed):
    """How many were in the room, and how many hands were up for each answer."""

    people = StringField("People in the room", validators=[Length(max=20)])

    @property
    def hands(self) -> list[StringField]:
        return [field for field in self if field.name.startswith("hands-")]

    def numbers(self) -> Mapping[str, int]:
        """Key of an option -> hands; only after `check_numbers`."""
        return {each.name.removeprefix("hands-"): int(_plain(each.data)) for each in self.hands}

    @property
    def people_counted(self) -> int | None:
        return int(_plain(self.people.data)) if _plain(self.people.data) else None

    def check_numbers(self) -> bool:
        """Put a sentence at each field that is no number; an empty one for hands is none."""
        is_right = True
        for field in (self.people, *self.hands):
            field.data = _plain(field.data) or ("" if field is self.people else "0")
            if field.data and not _is_number(field.data):
                field.errors = [NOT_A_NUMBER]
                is_right = False
        return is_right

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """The domain's sentences, each at the field that it is about."""
        by_key = {each.name.removeprefix("hands-"): each for each in self.hands}
        by_key["people"] = self.people
        for key, sentence in problems.items():
            if key in by_key:
                by_key[key].errors = [sentence]
            else:
                self.form_errors.append(sentence)


class ParkForm(_Sealed):
    text = StringField("What do you want to come back to?", validators=[Length(max=LONGEST_LINE)])


def hands_form(
    options: Sequence[Option], hands: Mapping[str, int], people: int | None
) -> HandsForm:
    """The form with a field for each of these answers; several names are no attributes."""
    fields = {f"hands-{each.key}": StringField(each.label) for each in options}
    form_type = type("OwnHandsForm", (HandsForm,), fields)
    known = {f"hands-{key}": str(number) for key, number in hands.items()}
    form: HandsForm = form_type(data={"people": "" if people is None else str(people)} | known)
    return form


def _plain(typed: str | None) -> str:
    return (typed or "").strip().replace(",", "")


def _is_number(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) <= MOST_DIGITS
