"""What is filled in after a session: its write-up, and when to ask again."""

from datetime import date, datetime, time

from flask_wtf import FlaskForm  # type: ignore[import-untyped]
from wtforms import DateField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired

from kb.web.forms import line


class WriteUpForm(FlaskForm):  # type: ignore[misc]
    title = StringField("Title", filters=[line])
    text = TextAreaField("What it says")


class AgainForm(FlaskForm):  # type: ignore[misc]
    on = DateField("Day", validators=[InputRequired("Enter a day, such as 22 February 2027.")])
    at = TimeField("Time", validators=[InputRequired("Enter a time, such as 17:15.")])

    @property
    def moment(self) -> datetime:
        """As clocks in the councils show it; only of a form that was found right."""
        return datetime.combine(self.on.data or date.min, self.at.data or time.min)
