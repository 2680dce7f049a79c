"""What is stored of a source, for tests that store several documents of it."""

from datetime import timedelta

from sqlalchemy import select

from kb.feeds.models import Entry
from kb.feeds.store import Stored, store
from tests.factories import NOW

NOTHING = Stored(new=0, changed=0)


def entries(session, source):
    """Newest first, as a river shows them."""
    of_it = select(Entry).where(Entry.source_id == source.id)
    return list(session.scalars(of_it.order_by(Entry.sort_at.desc(), Entry.id.desc())))


def titles(session, source):
    return [entry.title for entry in entries(session, source)]


def days(number):
    return timedelta(days=number)


def three_times(session, source, make):
    """What each of three fetches stored; `make` gives the document of each."""
    return [store(session, source, make(n), now=NOW + days(n)) for n in range(3)]
