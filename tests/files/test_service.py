import pytest
from sqlalchemy import func, select

from kb.errors import NotFound
from kb.files import service as files
from kb.files.errors import Refused
from kb.files.models import StoredFile
from kb.files.storage import Folder
from kb.files.types import PDF, PNG, in_words
from tests.factories import NOW
from tests.services import filesamples as samples


@pytest.fixture
def storage(runtime):
    return Folder(runtime.settings.files_dir)


@pytest.fixture
def keep(runtime, session, storage):
    def keep(content):
        kept = files.take_in(storage, runtime.apart, content)
        return files.record(session, kept, now=NOW)

    return keep


def test_a_file_lies_in_the_storage_before_it_has_a_row(runtime, session, storage):
    kept = files.take_in(storage, runtime.apart, samples.png())

    assert files.get(session, kept.digest) is None
    assert len(files.read(storage, kept.digest)) == kept.size

    row = files.record(session, kept, now=NOW)
    assert (row.media_type, row.width, row.height) == (PNG, 40, 30)


def test_the_same_file_has_one_row(session, keep):
    assert keep(samples.pdf(["Same"])) is keep(samples.pdf(["Same"]))
    assert session.scalar(select(func.count()).select_from(StoredFile)) == 1


def test_what_is_refused_is_not_kept(runtime, storage, tmp_path):
    with pytest.raises(Refused):
        files.take_in(storage, runtime.apart, samples.HTML)

    assert not (tmp_path / "files").exists()


def test_documents_wait_to_be_read_and_pictures_do_not(session, keep):
    row = keep(samples.pdf(["Words"]))
    keep(samples.png())

    assert files.waiting(session) == [row]

    files.finish(session, row.id, [["page 1, line 1", "Words"]])
    session.flush()
    assert files.waiting(session) == []
    assert (row.passages, row.problem) == ([["page 1, line 1", "Words"]], "")


def test_a_document_without_text_says_so(session, keep):
    row = keep(samples.pdf())

    files.finish(session, row.id, [])

    assert row.problem == "We could read no text in it."


def test_sizes_of_pictures_and_unknown_digests(session, keep):
    row = keep(samples.png())

    assert files.sizes(session, {row.digest, "x"}) == {row.digest: (40, 30)}
    assert files.unknown(session, [row.digest, "x"]) == {"x"}


def test_what_is_not_there_is_not_found(storage):
    with pytest.raises(NotFound):
        files.read(storage, "a" * 64)


def test_kinds_and_sizes_in_words():
    assert in_words(PDF, 24 * 1024) == "PDF, 24 KB"
    assert in_words(PNG, 10) == "PNG picture, 1 KB"
    assert in_words(PDF, 3 * 1024 * 1024) == "PDF, 3.0 MB"
