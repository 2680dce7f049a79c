from datetime import timedelta

import pytest

from kb.accounts import roles, sign_ins
from kb.accounts.models import CouncilRole, State
from kb.errors import Conflict, NotAllowed
from tests.accounts.letters import last_to, letters_to
from tests.factories import NOW, make_council, make_user

BASE = "https://swap.example.org"


def make_waiting(session, **values):
    return make_user(session, state=State.WAITING, **values)


def accept(session, user, council, by=None, **options):
    roles.accept(session, user, council=council, by=by, base_url=BASE, now=NOW, **options)


def test_who_waits_is_listed_the_longest_first(session):
    make_user(session)
    late = make_waiting(session)
    early = make_waiting(session, confirmed_at=NOW - timedelta(days=1))

    assert roles.waiting(session) == [early, late]


def test_an_admin_lets_somebody_write_for_a_council_and_they_are_told(session):
    user, council = make_waiting(session), make_council(session)

    accept(session, user, council, by=make_user(session, is_admin=True))

    assert user.can_contribute
    assert council.name in last_to(session, user.email).text


def test_a_new_role_at_the_same_council_is_no_news(session):
    council = make_council(session)
    user = make_user(session, council)

    accept(session, user, council, role=CouncilRole.EDITOR)

    assert user.owns_pages
    assert letters_to(session, user.email) == []


@pytest.mark.parametrize("values", [{}, {"is_reviewer": True}])
def test_nobody_but_an_admin_decides(session, values):
    by, user = make_user(session, **values), make_waiting(session)

    with pytest.raises(NotAllowed):
        accept(session, user, make_council(session), by=by)
    with pytest.raises(NotAllowed):
        roles.make_reviewer(session, by, by=by, now=NOW)

    assert user.state is State.WAITING


def test_a_new_reviewer_signs_in_again(session):
    user = make_waiting(session)
    token = sign_ins.start(session, user, device="", now=NOW)

    roles.make_reviewer(session, user, by=None, now=NOW)
    session.expire_all()

    assert user.can_review
    assert sign_ins.find(session, token, now=NOW) is None


def test_a_reviewer_may_be_one_no_longer(session):
    user = make_user(session, is_reviewer=True)

    roles.make_reviewer(session, user, by=None, now=NOW, may=False)
    roles.make_reviewer(session, user, by=None, now=NOW, may=False)

    assert not user.can_review


def test_a_closed_account_gets_no_role(session):
    user = make_user(session, state=State.CLOSED)

    with pytest.raises(Conflict):
        accept(session, user, make_council(session))
