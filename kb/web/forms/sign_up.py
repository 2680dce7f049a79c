"""The forms of signing up: who you are, and which council is yours."""

from flask_wtf import FlaskForm  # type: ignore[import-untyped]
from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import DataRequired, Length

from kb.accounts.service import LONGEST_NAME
from kb.web.forms import line
from kb.web.forms.sign_in import EmailForm


class SignUpForm(EmailForm):
    name = StringField(
        "Your name",
        validators=[
            DataRequired("Enter your name."),
            Length(max=LONGEST_NAME, message=f"Use {LONGEST_NAME} characters or fewer."),
        ],
        filters=[line],
    )


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """Only councils that share a domain are chosen from."""

    code = HiddenField()
    council = RadioField("Which council is yours?", choices=[], validate_choice=False)
