from dataclasses import replace

import pytest
from whoosh.filedb.filestore import FileStorage

from kb import indexing, jobs
from kb.copying.models import Copy, Status
from kb.feeds import sources
from kb.library import service as library
from kb.library.models import Standing
from kb.library.publish import set_standing
from kb.search.engine import Query
from kb.search.whoosh_engine import WhooshEngine
from tests.copying.making import make_copy
from tests.factories import NOW, make_case_study, make_council, make_source, make_term


def found(runtime, text):
    return [hit.title for hit in runtime.search.search(Query(text=text)).hits]


@pytest.fixture
def publish(runtime):
    """Publish a case study and commit, as an entry point would."""

    def publish(**values):
        with runtime.database.transaction() as session:
            return make_case_study(session, **values).ref

    return publish


def test_the_index_follows_the_database(runtime, publish):
    ref = publish(title="Ask early")
    assert jobs.update_index(runtime) == 1
    assert found(runtime, "ask") == ["Ask early"]

    publish(ref=ref, title="Wait")
    assert jobs.update_index(runtime) == 1
    assert found(runtime, "ask") == []
    assert found(runtime, "wait") == ["Wait"]

    with runtime.database.transaction() as session:
        resource = library.by_ref(session, ref)
        set_standing(session, resource, Standing.WITHDRAWN)
    jobs.update_index(runtime)
    assert found(runtime, "wait") == []
    assert jobs.update_index(runtime) == 0


def test_what_is_rolled_back_is_never_indexed(runtime, session):
    make_case_study(session, title="Ask early")
    session.rollback()

    assert jobs.update_index(runtime) == 0


def test_a_crash_after_the_index_was_written_repeats_and_loses_nothing(runtime, publish):
    ref = publish(title="Ask early")
    with runtime.database.reading() as session:
        indexing.apply(session, runtime.search, {ref})

    assert jobs.update_index(runtime) == 1
    assert found(runtime, "ask") == ["Ask early"]


def test_a_rebuild_needs_only_the_database(runtime, publish):
    publish(title="Ask early")

    assert jobs.rebuild_index(runtime) == 1

    assert found(runtime, "ask") == ["Ask early"]
    assert jobs.update_index(runtime) == 0


def test_every_change_that_readers_see_begins_a_new_edition(runtime, publish, session):
    before = indexing.edition(session)
    session.rollback()

    publish(title="Ask early")

    assert indexing.edition(session) > before


@pytest.mark.parametrize(
    "change",
    [
        lambda session, source: setattr(source, "name", "Another name"),
        lambda session, source: sources.retire(session, source, reason="It is over."),
        lambda session, source: sources.pause(session, source, reason="Hush."),
        lambda session, source: make_source(session),
        lambda session, source: session.delete(source),
    ],
    ids=["name", "retired", "paused", "new", "removed"],
)
def test_a_change_of_a_source_begins_a_new_edition(runtime, session, change):
    with runtime.database.transaction() as writing:
        number = make_source(writing).id
    before = indexing.present_edition(runtime.database)

    with runtime.database.transaction() as writing:
        change(writing, sources.get(writing, number))

    assert indexing.present_edition(runtime.database) > before


def test_a_source_that_was_only_asked_again_begins_no_new_edition(runtime):
    with runtime.database.transaction() as writing:
        source = make_source(writing)
    before = indexing.present_edition(runtime.database)

    with runtime.database.transaction() as writing:
        asked = sources.get(writing, source.id)
        asked.checked_at, asked.etag, asked.failures = NOW, "x", 1

    assert indexing.present_edition(runtime.database) == before


def test_a_document_holds_what_a_search_and_its_results_need(session):
    make_council(session, code="CRF", name="Cardiff Council", short_name="Cardiff")
    make_term(session, "purpose", "question", label="Take questions", synonyms="petitions")
    make_term(session, "setup", "hour", label="Up to an hour")
    make_case_study(
        session,
        title="Ask early",
        councils=["CRF"],
        purpose=["question"],
        setup=["hour"],
        start_year=2013,
        end_year=2014,
        actions="They **asked**.",
        checked="2026-11-23",
    )

    (document,) = indexing.documents(session)

    assert "They asked" in document.body
    assert "Cardiff Council" in document.names
    assert "petitions" in document.keywords
    assert document.facets["decade"] == ("2010s",)
    assert document.facets["effort"] == ("hour",)
    assert document.facets["type"] == ("UA",)
    assert document.stored["council"] == "Cardiff"
    assert document.stored["effort"] == "Up to an hour"
    assert document.happened < document.checked


def test_a_damaged_index_is_mended_and_a_sound_one_left_alone(runtime, publish):
    publish(title="Ask early")
    jobs.update_index(runtime)
    assert jobs.mend_index(runtime) is False

    for path in runtime.settings.index_dir.rglob("*"):
        if path.is_file():
            path.write_bytes(b"")

    assert jobs.mend_index(runtime) is True
    assert found(runtime, "ask") == ["Ask early"]


def test_an_index_that_lost_documents_is_mended(runtime, publish):
    ref = publish(title="Ask early")
    jobs.update_index(runtime)
    runtime.search.remove([ref])

    assert jobs.mend_index(runtime) is True


def test_changes_are_applied_even_to_a_damaged_index(runtime, publish):
    publish(title="Ask early")
    for path in runtime.settings.index_dir.rglob("*"):
        if path.is_file():
            path.unlink()

    jobs.update_index(runtime)

    assert found(runtime, "ask") == ["Ask early"]


def test_what_somebody_else_is_writing_is_left_for_the_next_time(runtime, publish):
    publish(title="Ask early")
    impatient = replace(runtime, search=WhooshEngine(runtime.settings.index_dir, lock_timeout_s=0))
    lock = FileStorage(str(runtime.settings.index_dir)).lock("WRITELOCK")
    lock.acquire()

    assert jobs.update_index(impatient) == 0

    lock.release()
    assert jobs.update_index(impatient) == 1


def test_a_copy_is_found_as_soon_as_it_is_tried(runtime):
    with runtime.database.transaction() as session:
        copy = make_copy(session)
        study = copy.resource.title
    jobs.update_index(runtime)
    with runtime.database.transaction() as session:
        before = indexing.edition(session)
        session.get(Copy, copy.id).status = Status.DOING
    with runtime.database.reading() as session:
        assert indexing.edition(session) > before
    jobs.update_index(runtime)

    [hit] = runtime.search.search(Query(text=study)).hits
    copied = Query(filters={"copier": frozenset({"UA England"})})

    assert hit.stored["copied"] == 1
    assert runtime.search.search(copied).total == 1
