"""A site whose feeds editors can add, a practice and its copy, a room and a phone in it."""

from dataclasses import replace

import pytest

from kb.feeds.fetch import Fetcher
from kb.feeds.reading import Reader
from tests.apps import create_app
from tests.services.feedserver import Reply, serve
from tests.web.adding import FEED, HTML, RSS, TWO
from tests.web.copiers import copied_by, shared, writer_of_testford
from tests.web.editors import Editor
from tests.web.in_rooms import Phone, Room


@pytest.fixture(scope="module")
def reader():
    reader = Reader()
    yield reader
    reader.close()


@pytest.fixture
def fenbridge():
    """A web site with two feeds, and a page without any."""
    routes = {
        "/": Reply(body=TWO, headers=HTML),
        "/feed": Reply(body=FEED % b"Fenbridge posts", headers=RSS),
        "/meetings": Reply(body=FEED.replace(b"/1", b"/9") % b"Fenbridge meetings", headers=RSS),
        "/plain": Reply(body=b"<!doctype html><title>x</title><p>x", headers=HTML),
    }
    with serve(routes) as server:
        yield server


@pytest.fixture
def fetching_app(runtime, fenbridge, reader):
    fetcher = Fetcher(contact="https://swap.example.org", allow=frozenset({fenbridge.address}))
    yield create_app(replace(runtime, fetcher=fetcher, reader=reader))
    fetcher.close()


@pytest.fixture
def editor(app):
    return Editor(app)


@pytest.fixture
def study(session):
    return shared(session)


@pytest.fixture
def officer(app, session):
    return writer_of_testford(app, session)


@pytest.fixture
def copy(officer, study, session):
    """That of the officer's council."""
    return copied_by(officer, study, session)


@pytest.fixture
def room(app):
    return Room(app).open()


@pytest.fixture
def phone(room):
    phone = Phone(room)
    phone.join()
    return phone
