"""What is filled in after a session: its write-up, and when to ask again."""

from flask_wtf import FlaskForm  # type: ignore[import-untyped]
from wtforms import StringField, TextAreaField

from kb.web.forms import line
from kb.web.forms.moments import MomentForm


class WriteUpForm(FlaskForm):  # type: ignore[misc]
    title = StringField("Title", filters=[line])
    text = TextAreaField("What it says")


class AgainForm(MomentForm):
    """When the same is asked once more."""
