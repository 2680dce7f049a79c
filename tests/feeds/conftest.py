"""What tests of feeds share: a web of the test's own, and a source followed on it."""

import pytest

from kb.feeds.reading import Reader
from tests.feeds.following import Follower
from tests.services.feedserver import serve


@pytest.fixture(scope="module")
def reader():
    reader = Reader()
    yield reader
    reader.close()


@pytest.fixture
def web():
    with serve({}) as server:
        yield server


@pytest.fixture
def follower(session, web, reader):
    follower = Follower(session, web, reader)
    yield follower
    follower.close()
