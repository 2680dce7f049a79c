"""A feed is read in a process that may be killed, and costs no other feed."""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from kb.feeds.clean import clean
from kb.feeds.decode import decode
from kb.feeds.errors import ParseError
from kb.feeds.parse import parse
from kb.feeds.reading import Reader
from kb.feeds.types import Fetched
from tests.factories import NOW

URL = "https://a.example/feed"
ITEM = (
    "<item><title>Entry {0} é</title><link>https://a.example/{0}</link><guid>{0}</guid>"
    "<pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate><category>Budget</category>"
    '<enclosure url="https://a.example/{0}.mp3" type="audio/mpeg"/>'
    '<description>&lt;p&gt;Hello&lt;img src="/i.png"&gt;&lt;/p&gt;</description></item>'
)


def fetched(*numbers, **values):
    items = "".join(ITEM.format(number) for number in numbers)
    content = f'<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'.encode()
    return Fetched(**{"url": URL, "content": content} | values)


@pytest.fixture(scope="module")
def reader():
    with Reader() as reader:
        yield reader


def test_what_is_read_there_is_what_would_be_read_here(reader):
    given = fetched(*range(20))
    here = clean(parse(decode(given.content, ""), url=URL, now=NOW), url=URL)
    assert reader.read(given, now=NOW) == here


def test_what_is_no_feed_is_a_plain_sentence(reader):
    with pytest.raises(ParseError, match=r"^This is a web page, not a feed\.$"):
        reader.read(fetched(content=b"<html>x</html>"), now=NOW)
    assert len(reader.read(fetched(1), now=NOW).entries) == 1


def test_abbreviations_of_its_own_are_told_of_and_not_filled_in(reader):
    bomb = b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    feed = reader.read(fetched(content=bomb + fetched("&b;").content), now=NOW)
    assert feed.problems == (
        "The feed has abbreviations of its own (entities); they were not filled in.",
    )
    assert feed.entries[0].title == "Entry &b; é"


def test_an_address_that_makes_no_sense_costs_no_process(reader):
    assert reader.read(fetched(1, url="http://["), now=NOW).entries[0].title == "Entry 1 é"


def test_a_process_that_takes_too_long_is_replaced():
    with Reader(wall_s=0.0) as reader, pytest.raises(ParseError, match="too much time or memory"):
        reader.read(fetched(*range(5)), now=NOW)


def test_a_process_that_takes_too_much_memory_is_replaced():
    with Reader(memory_mb=300) as reader:
        with pytest.raises(ParseError, match="too much time or memory"):
            reader.read(fetched(content=b"<rss><!--" + b"x" * 90_000_000), now=NOW)
        assert len(reader.read(fetched(1, 2), now=NOW).entries) == 2


def test_a_process_that_takes_too_much_computing_is_replaced():
    with Reader(cpu_s=0) as reader:
        with pytest.raises(ParseError, match="too much time or memory"):
            reader.read(fetched(*range(20_000)), now=NOW)
        assert len(reader.read(fetched(1, 2), now=NOW).entries) == 2


def test_a_great_deal_of_padding_costs_nothing_but_itself(reader):
    padding = b"<!--" + b"x" * 9_000_000 + b"-->"
    assert reader.read(fetched(content=b"<rss>" + padding + b"</rss>"), now=NOW).entries == ()
    assert len(reader.read(fetched(1), now=NOW).entries) == 1


def test_many_threads_share_few_processes():
    with Reader(2) as reader, ThreadPoolExecutor(6) as pool:
        read = [pool.submit(reader.read, fetched(*range(n)), now=NOW) for n in range(30)]
        assert [len(one.result().entries) for one in read] == list(range(30))


def test_a_closed_reader_leaves_no_process_and_can_read_again():
    reader = Reader()
    before = _children()
    reader.read(fetched(1), now=NOW)
    assert len(_children() - before) == 1
    reader.close()
    assert _children() == before
    assert len(reader.read(fetched(1), now=NOW).entries) == 1
    reader.close()


def _children():
    """The processes that this one has started, as the system tells."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(state[1]) == os.getpid():
                found.add(folder.name)
    return found
