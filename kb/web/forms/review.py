"""What reviewers decide about drafts, and why a page is taken down."""

from flask_wtf import FlaskForm  # type: ignore[import-untyped]
from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, Length

from kb.submissions.removal import LONGEST_REASON, NO_REASON, TOO_LONG
from kb.submissions.review import LONGEST_MESSAGE
from kb.web.forms import line

PUBLISH, EDIT, CHANGES, DECLINE = "publish", "edit", "changes", "decline"
CHOICES = {
    PUBLISH: "Publish it as it is",
    EDIT: "Publish after my edits",
    CHANGES: "Send back to the team",
    DECLINE: "Turn it down",
}
CHOOSE = "Choose what you want to do."


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """One decision; what is asked and edited question by question stands beside it."""

    decision = RadioField(
        "What do you want to do?",
        choices=CHOICES,
        validate_choice=False,
        validators=[DataRequired(CHOOSE), AnyOf(list(CHOICES), message=CHOOSE)],
    )
    message = TextAreaField(
        "Message to the team",
        validators=[
            Length(max=LONGEST_MESSAGE, message=f"Use {LONGEST_MESSAGE} characters or fewer.")
        ],
    )


class RemovalForm(FlaskForm):  # type: ignore[misc]
    """Why a page is taken down; everybody can read it."""

    reason = TextAreaField(
        "Why is it taken down?",
        validators=[
            DataRequired(NO_REASON),
            Length(max=LONGEST_REASON, message=TOO_LONG),
        ],
        filters=[line],
    )


class RestorationForm(FlaskForm):  # type: ignore[misc]
    """Why everybody is to read an earlier version again; what is wrong with it, its act says."""

    reason = StringField("Why should everyone read this version again?", filters=[line])


class HidingForm(FlaskForm):  # type: ignore[misc]
    """Which words that a change took out are hidden; what is wrong with it, its act says."""

    fields = SelectMultipleField("Which parts?", validate_choice=False)
    why = StringField("Why are they hidden?", filters=[line])
