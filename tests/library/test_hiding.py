import pytest

from kb.library import downloads, hiding, history, lessons
from kb.library.models import Visibility
from kb.library.publish import content_of, publish, restore
from tests.factories import NOW, make_case_study

NAME = "Jane Smith filmed it."


def change(session, study, **values):
    content = content_of(study).model_copy(update=values)
    return publish(session, content, author="The council", now=NOW)


@pytest.fixture
def study(session):
    """Its fourth version takes out a name that the second and third had; then one more."""
    study = make_case_study(session, title="Webcasts", actions="We filmed it.")
    change(session, study, actions=NAME)
    change(session, study, actions=NAME, summary="In one sentence")
    change(session, study, actions="They filmed it.")
    return change(session, study, summary="In another sentence")


def test_what_is_hidden_is_in_no_older_version_and_in_no_difference(session, study):
    hiding.hide(session, study, {"actions", "ref"}, before=4)

    newest, fourth, third, second, first = history.revisions(session, study)
    assert [each.content.get("actions") for each in (fourth, newest)] == ["They filmed it."] * 2
    for old in (first, second, third):
        assert NAME not in str(old.content)
        assert old.content["ref"] == study.ref
    assert [each.field for each in history.changes(third, fourth)] == []
    assert history.hidden_changes(third, fourth) == ["actions"]
    assert history.hidden_changes(second, third) == []
    assert [each.field for each in history.changes(second, third)] == ["summary"]


def test_restoring_brings_back_nothing_that_is_hidden(session, study):
    hiding.hide(session, study, {"actions"}, before=4)

    restore(session, study, 2, author="A reviewer", now=NOW)

    assert (study.version, study.actions, study.summary) == (6, "They filmed it.", "")


def test_what_everybody_reads_now_is_never_hidden_and_nothing_twice(session, study):
    hiding.hide(session, study, {"summary"}, before=99)
    hiding.hide(session, study, {"summary"}, before=99)

    newest, fourth, *_ = history.revisions(session, study)
    assert (newest.hidden, fourth.hidden) == ({}, {"summary": "In one sentence"})


def test_a_version_keeps_a_title_and_the_number_of_its_steps(session):
    steps = [{"text": "Ask Jane."}, {"text": "Film it."}]
    study = make_case_study(session, title="Jane’s webcasts", steps=steps)
    change(session, study, title="Webcasts", steps=())

    hiding.hide(session, study, {"title", "steps"}, before=2)

    old = history.revision(session, study, 1)
    assert (old.content["title"], old.content["steps"]) == ("Webcasts", [{"text": ""}] * 2)
    restore(session, study, 1, author="A reviewer", now=NOW)
    assert (study.version, study.title, study.steps) == (2, "Webcasts", [])


def test_files_of_hidden_words_are_still_remembered(session, study):
    first = history.revision(session, study, 1)
    first.hidden = {"attachments": [{"digest": "ab" * 32}]}
    session.flush()

    assert downloads.is_remembered(session, "ab" * 32)


@pytest.mark.parametrize("visibility", [Visibility.PEERS, Visibility.UNATTRIBUTED])
def test_what_went_wrong_leaves_the_history_once_it_is_not_for_everybody(session, visibility):
    study = make_case_study(session, went_wrong="The link was dead.")
    change(session, study, went_wrong="The link was dead on the day.")
    change(session, study, went_wrong="")
    lessons.tell(
        session,
        study,
        text="The link was dead on the day.",
        visibility=visibility,
        council_type="UA",
        now=NOW,
    )

    new, middle, old = history.revisions(session, study)
    assert "dead" not in str([each.content for each in (new, middle, old)])
    for before, after in ((old, middle), (middle, new)):
        assert history.changes(before, after) == []
        assert history.hidden_changes(before, after) == []
    restore(session, study, 1, author="A reviewer", now=NOW)
    assert (study.went_wrong, study.version) == ("", 3)
    lessons.forget(session, study)
    assert "dead" not in str(history.revision(session, study, 1).content)
