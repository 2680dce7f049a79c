"""The forms about sources: what to look for, which of what was found, and when one is over."""

from collections.abc import Iterable

from flask_wtf import FlaskForm  # type: ignore[import-untyped]
from flask_wtf.file import FileField, FileRequired  # type: ignore[import-untyped]
from wtforms import Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from kb.feeds.sources import KINDS, LANGUAGES, NATIONS
from kb.web.forms import line

LONGEST_ADDRESS = 2000
LONGEST_NAME = 120


class AddressForm(FlaskForm):  # type: ignore[misc]
    """What somebody pasted."""

    address = StringField(
        "Address, handle or name of the source",
        validators=[
            DataRequired("Paste the address of a page, a profile or a feed."),
            Length(max=LONGEST_ADDRESS, message="That is too long to be an address."),
        ],
        filters=[line],
    )


class ListForm(FlaskForm):  # type: ignore[misc]
    """A list of sources from another reader."""

    file = FileField("OPML file", validators=[FileRequired("Choose a file.")])


class FeedForm(FlaskForm):  # type: ignore[misc]
    """Which of the feeds that were found to follow."""

    feed = RadioField("Which one?", validators=[DataRequired("Choose one of the feeds.")])


class DetailsForm(FlaskForm):  # type: ignore[misc]
    """What a source is called, whose it is and what it publishes."""

    name = StringField(
        "What shall we call it?",
        validators=[Length(max=LONGEST_NAME, message=f"Use {LONGEST_NAME} characters or fewer.")],
        filters=[line],
    )
    council = StringField(
        "Council, by its name or code",
        validators=[Length(max=LONGEST_NAME, message=f"Use {LONGEST_NAME} characters or fewer.")],
        filters=[line],
    )
    organisation = StringField(
        "Organisation or person, if it is no council’s",
        validators=[Length(max=LONGEST_NAME, message=f"Use {LONGEST_NAME} characters or fewer.")],
        filters=[line],
    )
    nation = SelectField(
        "Nation, if it is no council’s",
        choices={"": "None, or more than one", **{each: each for each in NATIONS}},
        default="",
    )
    kind = SelectField("What kind of thing is it?", choices=KINDS)
    language = SelectField("Language", choices=LANGUAGES)


class SourceForm(FeedForm, DetailsForm):
    """A feed that was found, and whose it is. Without a name it is called as it calls itself."""


class KeptForm(DetailsForm):
    """What was typed of a source before we look for it once more: it goes along."""

    class Meta:
        csrf = False

    @property
    def kept(self) -> dict[str, str]:
        """The name of each field that somebody filled in -> what it holds."""
        return {field.name: field.data for field in self if field.raw_data and field.data}

    @property
    def shown(self) -> list[tuple[str, str, str, str]]:
        """The name, the label, what it holds and how people read that, of each such field."""
        return [
            (name, self[name].label.text, value, _read(self[name]))
            for name, value in self.kept.items()
        ]


def _read(field: Field) -> str:
    if isinstance(field, SelectField):
        return "".join(str(label) for _, label, is_chosen, *_ in field.iter_choices() if is_chosen)
    return str(field.data)


class SuccessorForm(FlaskForm):  # type: ignore[misc]
    """Where the people of a source went."""

    successor = SelectField("Where they are now, if we follow that too", coerce=str)

    def offer(self, sources: Iterable[tuple[int, str]]) -> None:
        named = {str(source_id): name for source_id, name in sources}
        self.successor.choices = {"": "Nowhere that we know"} | named


class EditForm(DetailsForm, SuccessorForm):
    """The same of a source that we have, put right."""

    def validate_name(self, field: Field) -> None:
        if not field.data:
            raise ValidationError("Give the source a name.")


class EndForm(SuccessorForm):
    """Why a source is over, and where its people went."""

    reason = TextAreaField(
        "Why do we stop following it?",
        validators=[
            DataRequired("Say why, in a sentence that everybody can read."),
            Length(max=300, message="Use 300 characters or fewer."),
        ],
        filters=[line],
    )
