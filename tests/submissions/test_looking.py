import pytest

from kb.files.types import PDF
from kb.submissions import checks, looking
from tests.factories import TODAY
from tests.submissions.test_composing import upload
from tests.submissions.writing import know_terms, make_draft, send


@pytest.fixture
def draft(session):
    know_terms(session)
    return make_draft(session)


def found(session, draft):
    return {each.check: each for each in looking.findings(session, draft, today=TODAY)}


def test_the_text_of_files_is_looked_at_once_it_was_read(session, draft):
    paper = upload(session, draft, media_type=PDF)

    waiting = found(session, draft)
    paper.file.passages = [["page 2, line 1", "Ring Jane Smith."]]
    read = found(session, draft)

    assert "not read “poster.png” yet" in waiting["unread"].sentence
    assert "“Jane Smith” (page 2, line 1)" in read["personal-files"].sentence
    assert "unread" not in read


def test_reviewers_are_told_what_a_file_says_that_was_read_after_it_was_sent(session, draft):
    paper = upload(session, draft, media_type=PDF)
    flags = checks.flags(looking.findings(session, draft, today=TODAY))
    send(session, draft, flags=["Gives the cost: no.", *flags])

    [_, waiting] = looking.for_reviewers(session, draft)
    paper.file.passages = [["page 2, line 1", "Ring Jane Smith."]]
    [cost, read] = looking.for_reviewers(session, draft)

    assert cost == "Gives the cost: no."
    assert "not read “poster.png” yet" in waiting
    assert "“Jane Smith” (page 2, line 1)" in read


def test_reviewers_see_the_flag_of_the_sender_once(session, draft):
    upload(session, draft, media_type=PDF).file.passages = [["line 1", "Ring Jane Smith."]]
    send(session, draft, flags=checks.flags(looking.findings(session, draft, today=TODAY)))

    assert looking.for_reviewers(session, draft) == draft.flags
