import pytest

from kb.accounts.models import CouncilRole
from kb.errors import NotAllowed
from kb.submissions import colleagues
from kb.submissions.models import State
from tests.factories import make_council, make_user
from tests.submissions.sent import make_sent


def test_the_editor_of_a_council_sees_what_colleagues_sent(session):
    council = make_council(session)
    editor = make_user(session, council, council_role=CouncilRole.EDITOR)
    by = make_user(session, council)
    sent = make_sent(session, owner=by)
    make_sent(session, owner=by, state=State.DROPPED)
    make_sent(session, owner=by, state=State.DRAFT).sent_at = None
    make_sent(session, owner=editor)
    make_sent(session)

    assert colleagues.sent(session, by=editor) == [sent]


def test_nobody_else_does(session):
    for user in (make_user(session, make_council(session)), make_user(session, is_admin=True)):
        with pytest.raises(NotAllowed):
            colleagues.sent(session, by=user)
