from kb.files.models import StoredFile
from kb.library import downloads
from kb.library.models import Standing
from tests.factories import NOW, make_case_study

DIGEST = "a" * 64


def make_file(session):
    row = StoredFile(digest=DIGEST, media_type="application/pdf", size=9, kept_at=NOW)
    session.add(row)
    session.flush()
    return row


def offering(session, **values):
    attachment = {"digest": DIGEST, "name": "Plan.pdf", "media_type": "application/pdf", "size": 9}
    return make_case_study(session, attachments=[attachment], **values)


def test_a_public_page_offers_its_files_to_everybody(session):
    row = make_file(session)
    resource = offering(session)

    assert downloads.names(session, DIGEST) == {"Plan.pdf"}
    assert downloads.refs(session, row.id) == {resource.ref}
    assert downloads.resources(session, [resource.ref]) == [resource]


def test_a_page_that_was_taken_down_offers_nothing(session):
    make_file(session)
    resource = offering(session)
    resource.standing = Standing.WITHDRAWN
    session.flush()

    assert downloads.names(session, DIGEST) == set()


def test_nothing_is_offered_that_no_page_names(session):
    make_file(session)

    assert downloads.names(session, DIGEST) == set()
    assert not downloads.is_remembered(session, DIGEST)
