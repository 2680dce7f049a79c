"""Finds out whether a source that is switched off answers, and where its feed is by now."""

from kb.errors import KbError
from kb.feeds.errors import FetchError, ParseError
from kb.feeds.resolve import AskForPage, Read, resolve
from kb.feeds.sources import Probe
from kb.feeds.types import Answer, Fetch, Fetched


def probe(
    url: str, answer: Answer | Exception, *, fetch: Fetch, page: AskForPage, read: Read
) -> Probe:
    """What an answer from that address says. Where it is a page, its one feed counts."""
    try:
        if isinstance(answer, Exception):
            raise answer
        if not isinstance(answer, Fetched):
            raise FetchError("The site gave no full answer.")
        read(answer)
    except ParseError as error:
        return _look_around(url, error, fetch=fetch, page=page, read=read)
    except KbError as error:
        return Probe(error=str(error))
    return Probe()


def _look_around(
    url: str, error: ParseError, *, fetch: Fetch, page: AskForPage, read: Read
) -> Probe:
    found = resolve(url, fetch=fetch, page=page, read=read)
    if len(found.candidates) == 1:
        return Probe(feed_url=found.candidates[0].url)
    if found.candidates:
        return Probe(error=f"{found.sentence} Add the ones you want by pasting the address {url}.")
    return Probe(error=found.sentence or str(error))
