from datetime import timedelta

from kb.feeds import changes
from kb.feeds.store import store
from tests.factories import NOW, make_entry, make_source
from tests.feeds.said import entry, feed
from tests.feeds.test_stories import say


def words(runs):
    return [(run.fate.value, run.text) for run in runs if run.fate != "same"]


def test_the_earlier_words_are_kept_beside_the_later_ones(session):
    source = make_source(session)
    told = say(session, entry(1, title="Damp homes", text="Tenants met."), source=source)
    for hours, text in ((1, "Tenants met councillors."), (2, "Tenants met us.")):
        at = NOW + timedelta(hours=hours)
        store(session, source, feed(entry(1, title="Damp homes", text=text)), now=at)

    newest, first = changes.of_entry(session, told)

    assert newest.seen_at == NOW + timedelta(hours=2)
    assert words(newest.text) == [("removed", "councillors"), ("added", "us")]
    assert first.seen_at == NOW + timedelta(hours=1)
    assert words(first.text) == [("added", " councillors")]
    assert (first.is_of_title, first.is_of_text) == (False, True)


def test_what_never_changed_has_no_changes(session):
    assert changes.of_entry(session, make_entry(session)) == []
