"""The code of the second step, and the key that it shows."""

from flask_wtf import FlaskForm  # type: ignore[import-untyped]
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length


class SecondStepForm(FlaskForm):  # type: ignore[misc]
    key = HiddenField()  # of who sets it up; the page shows it anyway
    code = StringField(
        "The code that your app shows",
        validators=[
            DataRequired("Enter the six figures that your app shows."),
            Length(max=20, message="The code has six figures."),
        ],
    )
