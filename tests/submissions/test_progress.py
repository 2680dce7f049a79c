import pytest

from kb.library import vocabulary
from kb.submissions import composing, drafts, progress
from kb.submissions.progress import Step
from tests.factories import NOW, make_council, make_user
from tests.submissions.test_composing import upload
from tests.submissions.writing import know_terms, make_draft


@pytest.fixture
def terms(session):
    know_terms(session)
    return vocabulary.labels(session)


def steps(draft, terms, asked=None):
    found = progress.of(draft, terms, asked=asked or {})
    return {task.page.name: task.step for task in found.tasks}


def test_a_new_draft_has_everything_before_it(session, terms):
    owner = make_user(session, make_council(session))
    draft = drafts.start(session, by=owner, kind="case-study", now=NOW)

    found = progress.of(draft, terms, asked={})

    assert steps(draft, terms)["summary"] is Step.TODO
    assert steps(draft, terms)["source"] is Step.OPTIONAL
    assert found.next_page.name == "summary"
    assert not found.may_send
    assert found.done == 1


def test_a_page_with_something_on_it_is_in_progress(session, terms):
    draft = make_draft(session, answers={"summary": ""})

    assert steps(draft, terms)["summary"] is Step.NOW


def test_a_whole_draft_is_done(session, terms):
    found = progress.of(make_draft(session), terms, asked={})

    assert found.next_page is None
    assert found.minutes_left == 0
    assert found.may_send
    assert found.done == len(found.tasks)


def test_what_a_reviewer_asked_for_stands_out(session, terms):
    assert steps(make_draft(session), terms, {"money": "Why?"})["cost"] is Step.ASKED


def test_files_are_not_done_while_a_picture_has_no_description(session, terms):
    draft = make_draft(session)

    without = progress.of_files(composing.files(session, draft), [])
    picture = upload(session, draft)
    bare = progress.of_files(composing.files(session, draft), [])
    picture.alt = "A postcard."
    described = progress.of_files(composing.files(session, draft), [])

    assert [without, bare, described] == [Step.OPTIONAL, Step.NOW, Step.DONE]
