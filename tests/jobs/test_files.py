from datetime import timedelta

import pytest
from sqlalchemy import select

from kb import jobs
from kb.clock import utcnow
from kb.files import service as files
from kb.files.models import StoredFile
from kb.files.storage import SHELVES, Folder
from kb.jobs.files import read_files, tidy_files, tidy_shelf
from kb.search.engine import Query
from kb.submissions import uploads
from tests.factories import NOW, make_case_study
from tests.services import filesamples as samples
from tests.submissions.writing import make_draft

MONTHS = timedelta(days=90)


@pytest.fixture
def storage(runtime):
    return Folder(runtime.settings.files_dir)


@pytest.fixture
def keep(runtime, storage):
    def keep(content):
        kept = files.take_in(storage, runtime.apart, content)
        with runtime.database.transaction(quietly=True) as session:
            files.record(session, kept, now=NOW)
        return kept

    return keep


def offer(runtime, kept):
    attachment = {
        "digest": kept.digest,
        "name": "Plan.pdf",
        "media_type": kept.media_type,
        "size": kept.size,
    }
    with runtime.database.transaction(quietly=True) as session:
        make_case_study(session, title="Postcards", attachments=[attachment])


def row_of(runtime, kept):
    with runtime.database.reading() as session:
        row = files.get(session, kept.digest)
        return (row.passages, row.problem) if row else None


def found(runtime, text):
    jobs.update_index(runtime)
    return [hit.title for hit in runtime.search.search(Query(text=text)).hits]


def test_a_page_is_found_by_what_stands_in_its_file_once_it_was_read(runtime, keep):
    kept = keep(samples.pdf(["Something about marmalade"]))
    offer(runtime, kept)
    assert found(runtime, "marmalade") == []

    assert read_files(runtime, now=NOW) == 1

    assert row_of(runtime, kept) == ([["page 1, line 1", "Something about marmalade"]], "")
    assert found(runtime, "marmalade") == ["Postcards"]
    assert read_files(runtime, now=NOW) == 0


def test_a_file_that_cannot_be_read_says_why_and_stops_no_other(runtime, keep, storage):
    lost, scan, good = keep(samples.word("a")), keep(samples.pdf()), keep(samples.word("b"))
    storage.discard(lost.digest, now=utcnow() + MONTHS)

    assert read_files(runtime, now=NOW) == 3

    assert row_of(runtime, lost) == ([], "This file is no longer kept here.")
    assert row_of(runtime, scan) == ([], "We could read no text in it.")
    assert row_of(runtime, good) == ([["paragraph 1", "b"]], "")


def test_files_that_nobody_refers_to_go_after_30_days_and_those_of_drafts_stay(
    runtime, keep, storage
):
    unused, used = keep(samples.pdf(["a"])), keep(samples.pdf(["b"]))
    with runtime.database.transaction(quietly=True) as session:
        draft = make_draft(session)
        uploads.add(session, draft, used, name="b", by=draft.owner, now=NOW)
    later = utcnow() + MONTHS

    tidy_files(runtime, now=NOW + timedelta(days=29))
    assert row_of(runtime, unused) is not None

    tidy_files(runtime, now=later)
    gone = sum(tidy_shelf(runtime, storage, number, now=later) for number in range(SHELVES))

    assert row_of(runtime, unused) is None
    assert gone <= 1
    assert files.read(storage, used.digest)
    assert [*storage.shelf(int(unused.digest[:2], 16), now=later)] in ([], [used.digest])


def test_a_file_whose_row_was_never_written_is_tidied_and_a_new_one_is_not(runtime, storage):
    digest = storage.put(b"its row was lost by a crash")
    shelf = int(digest[:2], 16)

    assert tidy_shelf(runtime, storage, shelf, now=utcnow()) == 0
    assert tidy_shelf(runtime, storage, shelf, now=utcnow() + MONTHS) == 1
    assert tidy_shelf(runtime, storage, shelf, now=utcnow() + MONTHS) == 0


def test_both_run_regularly(runtime):
    assert {read_files, tidy_files} <= {*jobs.REGULAR}
    with runtime.database.reading() as session:
        assert session.scalars(select(StoredFile)).all() == []
