import pytest

from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.library import history as versions
from kb.library.models import Standing
from kb.library.publish import content_of, publish, set_standing
from kb.submissions import hiding, history
from kb.submissions.models import Verdict
from tests.factories import NOW, make_case_study, make_user
from tests.submissions.sent import make_reviewer


@pytest.fixture
def study(session):
    study = make_case_study(session, actions="Jane Smith filmed it.")
    content = content_of(study).model_copy(update={"actions": "They filmed it."})
    return publish(session, content, author="Somebody", now=NOW)


def hide(session, study, *, fields=("actions",), by=None, reason="It is a name.", number=2):
    by = by or make_reviewer(session)
    return hiding.hide(session, study, number, fields, by=by, reason=reason, now=NOW)


def test_what_a_reviewer_hides_is_written_down_with_the_reason(session, study):
    hide(session, study, reason=" It is\na name. ")

    (decision,) = history.of_resource(session, study)
    assert "actions" not in versions.revision(session, study, 1).content
    assert decision.verdict is Verdict.WORDS_HIDDEN
    assert decision.message == "In every version before 2, of: actions. It is a name."


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"fields": ()}, "fields"),
        ({"fields": ("actions", "title")}, "fields"),
        ({"reason": " "}, "why"),
        ({"reason": "x" * 501}, "why"),
    ],
)
def test_nothing_is_hidden_that_did_not_change_or_without_a_reason(session, study, values, field):
    with pytest.raises(Invalid) as refused:
        hide(session, study, **values)

    assert list(refused.value.problems) == [field]
    assert "actions" in versions.revision(session, study, 1).content


def test_reviewers_alone_hide_words_and_only_of_what_is_live_and_was_changed(session, study):
    with pytest.raises(NotAllowed):
        hide(session, study, by=make_user(session))
    with pytest.raises(NotFound):
        hide(session, study, number=1)
    set_standing(session, study, Standing.WITHDRAWN)
    with pytest.raises(Conflict):
        hide(session, study)
