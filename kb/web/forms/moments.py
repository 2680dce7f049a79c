"""A day and a time on the clock, as fields; what cannot be read is told of in our words."""

from datetime import date, datetime, time

from flask_wtf import FlaskForm  # type: ignore[import-untyped]
from wtforms import DateField, TimeField
from wtforms.validators import InputRequired

NOT_A_DAY = "Enter a day, such as 23 November 2026."
NOT_A_TIME = "Enter a time, such as 17:15."
FORMATS = ["%H:%M", "%H:%M:%S"]  # the first is how it is shown
FIRST_YEAR, LAST_YEAR = 2000, 2200


class DayField(DateField):
    """A day that calendars of ours reach."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(NOT_A_DAY) from None
        if self.data and not FIRST_YEAR <= self.data.year <= LAST_YEAR:
            raise ValueError(NOT_A_DAY)


class ClockField(TimeField):
    """Hours and minutes; seconds, which some browsers add, are taken and forgotten."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(NOT_A_TIME) from None
        self.data = self.data.replace(second=0) if self.data else None


class MomentForm(FlaskForm):  # type: ignore[misc]
    """When something starts."""

    on = DayField("Day", validators=[InputRequired(NOT_A_DAY)])
    at = ClockField("Start time", validators=[InputRequired(NOT_A_TIME)], format=FORMATS)

    @property
    def moment(self) -> datetime:
        """As clocks in the councils show it; only of a form that was found right."""
        return datetime.combine(self.on.data or date.min, self.at.data or time.min)
