from datetime import timedelta

import pytest

from kb.db.database import Database
from kb.errors import Conflict, Invalid, NotFound
from kb.library import history
from kb.library import service as library
from kb.library.models import Resource, Standing
from kb.library.publish import (
    content_of,
    hash_of,
    publish,
    publish_many,
    restore,
    set_standing,
)
from tests.factories import NOW, make_case_study, make_content, make_council, make_term

LATER = NOW + timedelta(days=1)


def test_everything_that_was_said_is_kept(session):
    make_council(session, code="KIR")
    make_term(session, "purpose", "question")
    content = make_content(
        councils=["KIR"],
        purpose=["question"],
        actions="They asked.",
        steps=[{"text": "Ask.", "detail": "Early."}],
        sources=[{"title": "A paper", "url": "https://example.org/a"}],
        related=["test:other"],
        checked="2026-11-23",
    )

    resource = publish(session, content, author="Somebody", now=NOW)
    session.expire_all()

    assert content_of(resource) == content
    assert resource.content_hash == hash_of(content)


def test_saying_the_same_again_changes_nothing(session):
    content = make_content()
    publish(session, content, author="Somebody", now=NOW)

    resource = publish(session, content, author="Somebody else", now=LATER)

    assert resource.version == 1
    assert resource.published_at == NOW


def test_each_publication_is_a_revision_that_can_be_restored(session):
    first = make_content(title="Ask early", summary="Before the meeting.")
    resource = publish(session, first, author="Somebody", now=NOW)
    changed = first.model_copy(update={"title": "Ask twice"})
    publish(session, changed, author="Somebody", now=LATER)

    restore(session, resource, 1, author="Somebody else", now=LATER)

    assert resource.title == "Ask early"
    assert resource.slug == "ask-early"
    assert [r.number for r in history.revisions(session, resource)] == [3, 2, 1]
    assert history.revision(session, resource, 3).note == "Version 1 restored."
    with pytest.raises(NotFound):
        restore(session, resource, 9, author="Somebody", now=LATER)


def test_terms_and_councils_can_be_changed_and_reordered(session):
    make_council(session, code="KIR")
    make_council(session, code="LDS")
    for slug in ("question", "learn"):
        make_term(session, "purpose", slug)
    content = make_content(councils=["KIR", "LDS"], purpose=["question", "learn"])
    publish(session, content, author="Somebody", now=NOW)

    turned = content.model_copy(update={"councils": ("LDS", "KIR"), "purpose": ("learn",)})
    resource = publish(session, turned, author="Somebody", now=LATER)
    session.expire_all()

    assert content_of(resource) == turned


def test_a_council_a_term_or_a_kind_that_does_not_fit_is_refused_by_name(session):
    resource = make_case_study(session)

    with pytest.raises(Invalid) as error:
        publish(
            session,
            make_content(ref=resource.ref, kind="training", councils=["XXX"], theme=["magic"]),
            author="Somebody",
            now=NOW,
        )

    assert set(error.value.problems) == {"councils", "theme", "kind"}


def test_two_resources_may_share_a_title_but_not_an_address(session):
    one, two = publish_many(
        session,
        [make_content(title="Ask early"), make_content(title="Ask early")],
        author="Somebody",
        now=NOW,
    )

    assert one.slug == "ask-early"
    assert two.slug.startswith("ask-early-")


def test_of_two_who_publish_at_once_one_wins_and_one_is_told(runtime):
    with runtime.database.transaction() as session:
        content = make_content(title="Ask early")
        resource_id = publish(session, content, author="Somebody", now=NOW).id
    slow_database = Database(runtime.settings.database_url)

    with slow_database.open_session(writes=False) as slow:
        seen_by_slow = slow.get_one(Resource, resource_id)
        slow.commit()
        with runtime.database.transaction() as quick:
            quick_content = content.model_copy(update={"title": "Quick"})
            publish(quick, quick_content, author="Quick", now=NOW)
        stale = content.model_copy(update={"title": "Slow"})
        with pytest.raises(Conflict):
            publish(slow, stale, author="Slow", now=NOW)
        slow.rollback()

        assert seen_by_slow.title == "Quick"

    slow_database.close()


def test_what_is_withdrawn_is_found_no_more_but_not_lost(session):
    resource = make_case_study(session, title="Ask early")

    set_standing(session, resource, Standing.WITHDRAWN, note="The council asked us to.")

    assert library.latest(session) == []
    assert library.by_ref(session, resource.ref).standing_note == "The council asked us to."
