import pytest

from kb.feeds.errors import FetchError
from kb.feeds.probing import probe
from kb.feeds.types import NotModified
from tests.feeds.asking import Asker, blog
from tests.services.feedtexts import as_page, feed_link


@pytest.fixture
def look(web, reader):
    """Ask an address of the server as the probe does."""
    asker = Asker(web, reader)
    fetcher = asker.fetcher

    def ask(path):
        url = web.url(path)
        try:
            answer = fetcher.fetch(url)
        except FetchError as error:
            answer = error
        return probe(url, answer, fetch=fetcher.fetch, page=fetcher.page, read=asker.read)

    return ask


def test_a_feed_that_answers_is_good(web, look):
    web.routes["/feed"] = blog()

    assert look("/feed").error == ""
    assert look("/feed").feed_url == ""


def test_a_page_leads_to_its_only_feed(web, look):
    web.routes["/"] = as_page("A site", head=feed_link("/feed"))
    web.routes["/feed"] = blog()

    assert look("/").feed_url == web.url("/feed")


def test_a_page_of_several_feeds_asks_somebody_to_choose(web, look):
    web.routes["/"] = as_page("A site", head=feed_link("/a") + feed_link("/b"))
    web.routes.update({"/a": blog("A"), "/b": blog("B", first=10)})

    assert "We found 2 feeds." in look("/").error


def test_no_answer_and_no_feed_are_told(web, look):
    web.routes["/"] = as_page("A site")

    assert look("/gone").error
    assert look("/").error.startswith("We found no feed on")


def test_an_answer_without_content_is_no_good(reader, web):
    asker = Asker(web, reader)
    fetcher = asker.fetcher
    url = web.url("/")

    found = probe(
        url, NotModified(url=url), fetch=fetcher.fetch, page=fetcher.page, read=asker.read
    )

    assert found.error == "The site gave no full answer."
