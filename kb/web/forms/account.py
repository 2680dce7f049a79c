"""What people change about their own account."""

from flask_wtf import FlaskForm  # type: ignore[import-untyped]
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, Length

from kb.accounts.service import LONGEST_NAME
from kb.web.forms import line
from kb.web.forms.sign_in import LONGEST_PASTED, TOO_LONG


class NameForm(FlaskForm):  # type: ignore[misc]
    name = StringField(
        "Your name",
        validators=[
            DataRequired("Enter your name."),
            Length(max=LONGEST_NAME, message=f"Use {LONGEST_NAME} characters or fewer."),
        ],
        filters=[line],
    )


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """The present password is asked only of who has one."""

    present = PasswordField(
        "Your password now", validators=[Length(max=LONGEST_PASTED, message=TOO_LONG)]
    )
    password = PasswordField(
        "New password",
        validators=[
            DataRequired("Enter a new password."),
            Length(max=LONGEST_PASTED, message=TOO_LONG),
        ],
    )
