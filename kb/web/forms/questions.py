"""A question to the team behind a practice, its answer, and who may read both."""

from flask_wtf import FlaskForm  # type: ignore[import-untyped]
from wtforms import RadioField, TextAreaField
from wtforms.validators import AnyOf

YES, NO = "yes", "no"
CHOICES = {YES: "Yes, others may read both", NO: "No, keep them between us"}
CHOOSE = "Choose yes or no."


class QuestionForm(FlaskForm):  # type: ignore[misc]
    text = TextAreaField("Your question")


class AnswerForm(FlaskForm):  # type: ignore[misc]
    text = TextAreaField("Your answer")


class ConsentForm(FlaskForm):  # type: ignore[misc]
    """Whose consent it is, is no field: it is whoever sends the form."""

    agrees = RadioField(
        "May others read the question and the answer?",
        choices=CHOICES,
        validate_choice=False,
        validators=[AnyOf([YES, NO], message=CHOOSE)],
    )


class RemovalForm(FlaskForm):  # type: ignore[misc]
    text = TextAreaField("Why is it taken off the page?")
