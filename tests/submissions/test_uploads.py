from datetime import timedelta

import pytest

from kb.errors import Conflict, NotFound
from kb.files.models import StoredFile
from kb.files.types import DOCX, PDF, PNG, Kept
from kb.library import downloads
from kb.library.content import check
from kb.library.publish import publish
from kb.submissions import composing, drafts, removal, review, uploads
from kb.submissions.models import Upload
from kb.submissions.review import Seen
from kb.submissions.uploads import Described
from tests.factories import NOW, make_council, make_user
from tests.submissions.writing import BASE_URL, know_terms, make_draft, send

LATER = NOW + timedelta(days=40)


@pytest.fixture
def draft(session):
    return make_draft(session)


def kept(number=1, media_type=PDF):
    return Kept(digest=f"{number:064x}", media_type=media_type, size=2048)


def add(session, draft, *, number=1, name="Plan.pdf", media_type=PDF):
    return uploads.add(
        session, draft, kept(number, media_type), name=name, by=draft.owner, now=NOW
    )


def published(session, upload):
    attachment = {
        "digest": upload.file.digest,
        "name": upload.name,
        "media_type": upload.file.media_type,
        "size": upload.file.size,
    }
    values = {"kind": "case-study", "ref": "test:files", "title": "T"}
    content = check(values | {"attachments": [attachment]})
    return publish(session, content, author="Somebody", now=NOW)


def change_of_page_with_two_files(session):
    """A page that two files were sent for, and a change of it."""
    know_terms(session)
    council = make_council(session)
    owner = make_user(session, council)
    first = make_draft(session, owner)
    for number in (1, 2):
        add(session, first, number=number, name=f"{number}.pdf")
    content = composing.compose(session, first)
    resource = publish(session, content, author=council.name, now=NOW)
    return resource, make_draft(session, owner, resource=resource)


def test_files_are_added_in_their_order_under_safe_names(session, draft):
    add(session, draft, name="../Cynllun ŵ.exe")
    add(session, draft, number=2, name="Cynllun ŵ.doc", media_type=DOCX)

    names = [upload.name for upload in composing.files(session, draft)]
    assert names == ["Cynllun ŵ.pdf", "Cynllun ŵ.docx"]


def test_no_two_files_of_a_draft_have_the_same_name(session, draft):
    add(session, draft)

    assert add(session, draft, number=2).name == "Plan 2.pdf"


def test_the_same_file_is_added_once(session, draft):
    add(session, draft)

    with pytest.raises(Conflict, match="already"):
        add(session, draft)


def test_a_draft_has_at_most_ten_files(session, draft):
    for number in range(10):
        add(session, draft, number=number)

    with pytest.raises(Conflict, match="at most 10 files"):
        add(session, draft, number=11)


def test_nobody_else_can_add_describe_or_remove(session, draft):
    upload = add(session, draft, media_type=PNG)
    other = make_user(session, is_reviewer=True)

    with pytest.raises(NotFound):
        uploads.add(session, draft, kept(2), name="x", by=other, now=NOW)
    with pytest.raises(NotFound):
        uploads.describe(session, draft, {upload.id: Described(alt="x")}, by=other, now=NOW)
    with pytest.raises(NotFound):
        uploads.remove(session, draft, upload.id, by=other, now=NOW)
    assert upload.alt == ""


def test_a_file_of_another_draft_cannot_be_removed_by_way_of_ones_own(session, draft):
    theirs = add(session, draft)
    mine = make_draft(session)

    with pytest.raises(NotFound):
        uploads.remove(session, mine, theirs.id, by=mine.owner, now=NOW)
    assert session.get(Upload, theirs.id) is theirs


def test_what_was_sent_keeps_its_files(session, draft):
    know_terms(session)
    upload = add(session, draft)
    send(session, draft)

    with pytest.raises(Conflict):
        uploads.remove(session, draft, upload.id, by=draft.owner, now=NOW)


def test_a_file_can_be_removed(session, draft):
    upload = add(session, draft)

    assert uploads.remove(session, draft, upload.id, by=draft.owner, now=NOW) == "Plan.pdf"
    assert composing.files(session, draft) == []


def test_a_picture_is_described_or_called_decorative(session, draft):
    first = add(session, draft, media_type=PNG, name="one")
    second = add(session, draft, number=2, media_type=PNG, name="two")
    said = {first.id: Described(alt=" A poster "), second.id: Described(is_decorative=True)}

    assert uploads.describe(session, draft, said, by=draft.owner, now=NOW) == {}
    assert (first.alt, second.is_decorative) == ("A poster", True)
    assert not composing.is_undescribed(first)


def test_a_picture_that_says_nothing_and_one_that_says_too_much_are_named(session, draft):
    first = add(session, draft, media_type=PNG, name="one")
    second = add(session, draft, number=2, media_type=PNG, name="two")
    said = {first.id: Described(alt=" "), second.id: Described(alt="x" * 501)}

    wrong = uploads.describe(session, draft, said, by=draft.owner, now=NOW)

    assert wrong[first.id] == "Describe “one.png”, or say that it is decorative"
    assert wrong[second.id].startswith("Use 500 characters or fewer")


def test_a_file_is_seen_by_its_owner_and_once_it_was_sent_by_reviewers(session, draft):
    know_terms(session)
    upload = add(session, draft)
    reviewer = make_user(session, is_reviewer=True)
    colleague = make_user(session, draft.council)
    asked = (upload.file.digest, upload.name)

    assert uploads.visible(session, *asked, by=draft.owner) is upload
    with pytest.raises(NotFound):
        uploads.visible(session, *asked, by=reviewer)

    send(session, draft)
    assert uploads.visible(session, *asked, by=reviewer) is upload
    for other in (colleague, make_user(session, make_council(session))):
        with pytest.raises(NotFound):
            uploads.visible(session, *asked, by=other)


def test_files_that_nothing_refers_to_are_forgotten_after_a_while(session, draft):
    upload = add(session, draft)
    file_id = upload.file_id
    uploads.remove(session, draft, upload.id, by=draft.owner, now=NOW)

    assert uploads.unused(session, before=NOW - timedelta(days=1)) == []
    assert uploads.unused(session, before=LATER) == [file_id]
    assert uploads.forget(session, file_id, before=LATER)
    assert session.get(StoredFile, file_id) is None


def test_files_of_drafts_pages_and_earlier_versions_are_kept(session, draft):
    upload = add(session, draft)
    assert uploads.unused(session, before=LATER) == []
    assert not uploads.forget(session, upload.file_id, before=LATER)

    resource = published(session, upload)
    file_id, digest = upload.file_id, upload.file.digest
    drafts.drop(session, draft, by=draft.owner, now=NOW)
    assert uploads.unused(session, before=LATER) == []

    without = check({"kind": "case-study", "ref": resource.ref, "title": "T"})
    publish(session, without, author="Somebody", now=NOW)
    assert downloads.is_remembered(session, digest)
    assert uploads.unused(session, before=LATER) == []
    assert not uploads.forget(session, file_id, before=LATER)


def test_a_change_takes_files_off_its_page_and_its_versions_keep_them(session):
    resource, draft = change_of_page_with_two_files(session)
    gone, stays = resource.attachments
    uploads.take_off(session, draft, gone.digest, by=draft.owner, now=NOW)
    before = downloads.names(session, gone.digest)

    send(session, draft)
    reviewer = make_user(session, is_reviewer=True)
    seen = Seen(draft=draft.version, live=resource.version)
    review.publish(session, draft, by=reviewer, seen=seen, now=NOW, base_url=BASE_URL)
    after, attachments = downloads.names(session, gone.digest), list(resource.attachments)
    why = {"reason": "The form is needed again.", "base_url": BASE_URL}
    removal.restore(session, resource, 1, by=reviewer, now=LATER, **why)

    assert before == {gone.name}
    assert (after, attachments) == (set(), [stays])
    assert uploads.unused(session, before=LATER) == []
    assert resource.attachments == [gone, stays]
    assert downloads.names(session, gone.digest) == {gone.name}


def test_what_was_taken_off_can_be_left_there_after_all_or_sent_anew(session):
    resource, draft = change_of_page_with_two_files(session)
    first, second = resource.attachments
    with pytest.raises(Conflict, match="already"):
        add(session, draft, number=1)
    for each in (first, second):
        uploads.take_off(session, draft, each.digest, by=draft.owner, now=NOW)

    uploads.put_back(session, draft, second.digest, by=draft.owner, now=NOW)
    add(session, draft, number=1, name="Better name.pdf")

    found = composing.compose(session, draft).attachments
    assert [each.name for each in found] == [second.name, "Better name.pdf"]
    assert composing.removed(draft) == [first]


def test_files_that_stay_on_the_page_count_among_the_ten(session):
    resource, draft = change_of_page_with_two_files(session)
    first = resource.attachments[0]
    uploads.take_off(session, draft, first.digest, by=draft.owner, now=NOW)
    for number in range(3, 12):
        add(session, draft, number=number)

    with pytest.raises(Conflict, match="at most 10 files"):
        add(session, draft, number=12)
    with pytest.raises(Conflict, match="at most 10 files"):
        uploads.put_back(session, draft, first.digest, by=draft.owner, now=NOW)


def test_only_what_the_page_offers_is_taken_off_by_its_writer_before_it_is_sent(session):
    resource, draft = change_of_page_with_two_files(session)
    digest = resource.attachments[0].digest

    with pytest.raises(NotFound):
        uploads.take_off(session, draft, "f" * 64, by=draft.owner, now=NOW)
    with pytest.raises(NotFound):
        uploads.take_off(session, draft, digest, by=make_user(session), now=NOW)
    with pytest.raises(NotFound):
        uploads.take_off(session, make_draft(session), digest, by=draft.owner, now=NOW)
    send(session, draft)
    with pytest.raises(Conflict):
        uploads.take_off(session, draft, digest, by=draft.owner, now=NOW)
