"""What admins decide about a person."""

from flask_wtf import FlaskForm  # type: ignore[import-untyped]
from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import AnyOf

from kb.accounts.models import CouncilRole

NOBODY = "none"
ROLES = {
    NOBODY: "For no council",
    CouncilRole.CONTRIBUTOR.value: "For a council",
    CouncilRole.EDITOR.value: "For a council, and look after all of its pages",
}


class RightsForm(FlaskForm):  # type: ignore[misc]
    """Everything that the person may do, as it is to be."""

    role = RadioField(
        "They write",
        choices=ROLES,
        validate_choice=False,
        validators=[AnyOf([*ROLES], message="Choose whether they write for a council.")],
    )
    council = SelectField("Their council", choices={}, validate_choice=False)
    is_reviewer = BooleanField("Review what people share")
    is_admin = BooleanField("Run the site as an admin")
