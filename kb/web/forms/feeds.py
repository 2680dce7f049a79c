"""The form that turns an entry into a lead."""

from flask_wtf import FlaskForm  # type: ignore[import-untyped]
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from kb.feeds.leads import LONGEST_WHY
from kb.web.forms import line


class LeadForm(FlaskForm):  # type: ignore[misc]
    why = TextAreaField(
        "Why is it worth writing up?",
        validators=[
            DataRequired("Say why this is worth writing up."),
            Length(max=LONGEST_WHY, message=f"Use {LONGEST_WHY} characters or fewer."),
        ],
        filters=[line],
    )
