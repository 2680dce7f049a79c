"""The forms of coming in: with a password, with a code, and to choose a new password."""

from flask_wtf import FlaskForm  # type: ignore[import-untyped]
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, Length

from kb.accounts.addresses import LONGEST as LONGEST_EMAIL

LONGEST_PASTED = 2000
TOO_LONG = "That is too long."


class EmailForm(FlaskForm):  # type: ignore[misc]
    """Where to write to."""

    email = StringField(
        "Email address",
        validators=[
            DataRequired("Enter your email address."),
            Length(max=LONGEST_EMAIL, message="That is too long to be an email address."),
        ],
    )
    next = HiddenField()


class SignInForm(EmailForm):
    password = PasswordField(
        "Password",
        validators=[
            DataRequired("Enter your password, or ask for a link."),
            Length(max=LONGEST_PASTED, message=TOO_LONG),
        ],
    )


class CodeForm(FlaskForm):  # type: ignore[misc]
    """What the letter said, as far as somebody pasted it."""

    code = StringField(
        "The link or the code from the letter",
        validators=[
            DataRequired("Paste the link or the code from the letter."),
            Length(max=LONGEST_PASTED, message=TOO_LONG),
        ],
    )


class NewPasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password; the rules are the domain's."""

    code = HiddenField()
    password = PasswordField(
        "New password",
        validators=[
            DataRequired("Enter a new password."),
            Length(max=LONGEST_PASTED, message=TOO_LONG),
        ],
    )
