from hypothesis import given
from hypothesis import strategies as st

from kb.library import history
from kb.library.history import Fate, Run
from kb.library.publish import publish
from tests.factories import NOW, make_content


def test_changes_are_shown_by_field_and_word(session):
    first = make_content(title="Ask early", steps=[{"text": "Ask.", "detail": "Kindly."}])
    resource = publish(session, first, author="Somebody", now=NOW)
    steps = (first.steps[0].model_copy(update={"text": "Ask them."}),)
    publish(session, first.model_copy(update={"steps": steps}), author="Somebody", now=NOW)
    new, old = history.revisions(session, resource)

    (change,) = history.changes(old, new)

    assert change.field == "steps"
    assert change.runs == (
        Run(fate=Fate.SAME, text="Ask"),
        Run(fate=Fate.ADDED, text=" them"),
        Run(fate=Fate.SAME, text="., Kindly."),
    )


@given(st.text(), st.text())
def test_a_diff_holds_both_texts_whole(old, new):
    runs = history.diff(old, new)

    assert "".join(run.text for run in runs if run.fate is not Fate.ADDED) == old
    assert "".join(run.text for run in runs if run.fate is not Fate.REMOVED) == new


def test_two_texts_of_the_same_few_words_are_compared_without_trying_every_pair():
    old, new = "a " * 1_490, "b a " * 745

    runs = history.diff(old, new)

    assert "".join(run.text for run in runs if run.fate is not Fate.ADDED) == old
    assert "".join(run.text for run in runs if run.fate is not Fate.REMOVED) == new
