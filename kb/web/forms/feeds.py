"""The forms about entries and leads."""

from flask_wtf import FlaskForm  # type: ignore[import-untyped]
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from kb.feeds.leads import LONGEST_WHY
from kb.web.forms import line


class LeadForm(FlaskForm):  # type: ignore[misc]
    """Why, and whose it is where its source is no council’s."""

    why = TextAreaField(
        "Why is it worth writing up?",
        validators=[
            DataRequired("Say why this is worth writing up."),
            Length(max=LONGEST_WHY, message=f"Use {LONGEST_WHY} characters or fewer."),
        ],
        filters=[line],
    )
    council = StringField(
        "Which council is it about?",
        validators=[Length(max=120, message="Use 120 characters or fewer.")],
        filters=[line],
    )


class UnionForm(FlaskForm):  # type: ignore[misc]
    """Which other entry tells the same story."""

    other = StringField("Address or number of the other entry", filters=[line])


class LeadEndForm(FlaskForm):  # type: ignore[misc]
    """What came of a lead."""

    resource = StringField(
        "Address of the case study, or empty if nothing will come of it", filters=[line]
    )
