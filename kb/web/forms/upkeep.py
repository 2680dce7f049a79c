"""What a reader says about a page that may be wrong by now."""

from wtforms import Form, TextAreaField
from wtforms.validators import DataRequired, Length

from kb.upkeep.service import LONGEST_NOTE


class MoreForm(Form):
    """Whoever fills it in has no session, so there is no token of one in it."""

    text = TextAreaField(
        "What is not right any more? (optional)",
        validators=[
            DataRequired("Say what is not right any more, or go back to the page."),
            Length(max=LONGEST_NOTE, message=f"Use {LONGEST_NOTE} characters or fewer."),
        ],
    )
