import pytest
from sqlalchemy import select

from kb.accounts.models import CouncilRole
from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.library.history import revisions
from kb.library.models import Standing
from kb.library.publish import content_of, publish
from kb.mail.models import Letter
from kb.submissions import history, removal
from kb.submissions.models import Verdict
from tests.factories import NOW, make_case_study, make_council, make_user
from tests.submissions.sent import make_reviewer

BASE = "https://swap.example"


@pytest.fixture
def council(session):
    return make_council(session)


@pytest.fixture
def study(session, council):
    study = make_case_study(session, title="First", councils=[council.code])
    study.owner = make_user(session, council=council)
    second = content_of(study).model_copy(update={"title": "Second"})
    return publish(session, second, author="Somebody", now=NOW)


def take_down(session, study, *, by=None, reason="The council asks for it."):
    by = by or make_reviewer(session)
    return removal.take_down(session, study, by=by, reason=reason, now=NOW, base_url=BASE)


def restore(session, study, number, *, by=None, reason="The old one was right."):
    by = by or make_reviewer(session)
    removal.restore(session, study, number, by=by, reason=reason, now=NOW, base_url=BASE)


def letters(session):
    return list(session.scalars(select(Letter)))


def test_what_is_taken_down_says_why_and_its_owner_is_told(session, study):
    take_down(session, study, reason=" The council\nasks for it. ")

    (letter,) = letters(session)
    assert (study.standing, study.standing_note) == (
        Standing.WITHDRAWN,
        "The council asks for it.",
    )
    assert letter.to == study.owner.email
    assert "The council asks for it." in letter.text
    assert [each.verdict for each in history.of_resource(session, study)] == [Verdict.TAKEN_DOWN]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_nothing_is_taken_down_without_a_reason(session, study, reason):
    with pytest.raises(Invalid):
        take_down(session, study, reason=reason)

    assert study.is_public


def test_a_council_may_take_back_what_is_its_own(session, study, council):
    stranger = make_user(session, council=make_council(session), council_role=CouncilRole.EDITOR)
    colleague = make_user(session, council=council)
    editor = make_user(session, council=council, council_role=CouncilRole.EDITOR)

    assert removal.may_take_down(study.owner, study)
    assert removal.may_take_down(editor, study)
    for user in (stranger, colleague, make_user(session)):
        with pytest.raises(NotAllowed):
            take_down(session, study, by=user)


def test_a_council_cannot_take_back_what_others_did_too(session, council):
    other = make_council(session)
    shared = make_case_study(session, councils=[council.code, other.code])
    editor = make_user(session, council=council, council_role=CouncilRole.EDITOR)

    assert not removal.may_take_down(editor, shared)


def test_it_is_taken_down_once(session, study):
    take_down(session, study)

    with pytest.raises(Conflict):
        take_down(session, study)


def test_another_reviewer_makes_it_live_again(session, study, council):
    take_down(session, study)
    with pytest.raises(NotAllowed):
        removal.make_live(
            session, study, by=make_reviewer(session, council), now=NOW, base_url=BASE
        )

    removal.make_live(session, study, by=make_reviewer(session), now=NOW, base_url=BASE)

    assert (study.standing, study.standing_note) == (Standing.LIVE, "")
    assert "Live again" in letters(session)[-1].subject
    with pytest.raises(Conflict):
        removal.make_live(session, study, by=make_reviewer(session), now=NOW, base_url=BASE)


def test_an_earlier_version_is_published_again_and_its_owner_is_told_why(session, study):
    restore(session, study, 1, reason=" The new title\nsays too much. ")

    newest = revisions(session, study)[0]
    said = "Version 1 restored. The new title says too much."
    assert (study.title, study.version) == ("First", 3)
    assert (newest.author, newest.note) == ("The reviewers", said)
    (decision,) = history.of_resource(session, study)
    assert (decision.verdict, decision.resource_version) == (Verdict.RESTORED, 3)
    assert decision.message == said
    (letter,) = letters(session)
    assert (letter.to, letter.subject) == (
        study.owner.email,
        "An earlier version is back: “First”",
    )
    assert "  The new title says too much.\n" in letter.text
    assert f"{BASE}/p/{study.id}/history" in letter.text


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_nothing_is_restored_without_a_reason(session, study, reason):
    with pytest.raises(Invalid):
        restore(session, study, 1, reason=reason)

    assert study.version == 2


def test_nothing_is_restored_that_is_there_already_or_never_was(session, study):
    reviewer = make_reviewer(session)

    with pytest.raises(Conflict):
        restore(session, study, 2, by=reviewer)
    with pytest.raises(NotFound):
        restore(session, study, 9, by=reviewer)

    assert study.version == 2


def test_nobody_restores_for_their_own_council_or_what_was_taken_down(session, study, council):
    with pytest.raises(NotAllowed):
        restore(session, study, 1, by=make_reviewer(session, council))
    with pytest.raises(NotAllowed):
        restore(session, study, 1, by=study.owner)
    take_down(session, study)
    with pytest.raises(Conflict):
        restore(session, study, 1)

    assert study.version == 2
