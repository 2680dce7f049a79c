from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import Invalid
from kb.feeds import listing, opml, sources
from kb.feeds.types import Platform
from tests.factories import NOW, make_council, make_source

LIST = b"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>Mine</title></head><body>
  <outline text="Wales">
    <outline text=" Swansea  blog " type="rss" xmlUrl="https://a.example/feed"
             htmlUrl="https://a.example/" language="cy-GB" category="/x,/swansea"/>
    <outline text="Folder"><outline title="Deep" XMLURL="https://b.example/feed"/></outline>
  </outline>
  <outline text="Twice" type="rss" xmlUrl="https://a.example/feed"/>
  <outline text="Link" type="link" xmlUrl="https://c.example/"/>
  <outline text="Bad" type="rss" xmlUrl="javascript:alert(1)" htmlUrl="x"/>
  <outline text="No feed" htmlUrl="https://d.example/"/>
</body></opml>"""


def test_a_list_gives_each_feed_once():
    first, second = opml.read(LIST).outlines

    assert (first.title, first.feed_url) == ("Swansea blog", "https://a.example/feed")
    assert (first.site_url, first.language) == ("https://a.example/", "cy")
    assert (first.folder, first.category) == ("Wales", "x")
    assert (second.title, second.folder) == ("Deep", "Folder")


@pytest.mark.parametrize("content", [b"", b"hello", b"<html></html>", b"<opml", b"\xff\xfe\x00"])
def test_what_is_no_list_is_refused(content):
    with pytest.raises(Invalid):
        opml.read(content)


def test_a_list_without_feeds_is_told():
    with pytest.raises(Invalid, match="holds no feed"):
        opml.read(b"<opml><body><outline text='x'/></body></opml>")


def test_a_huge_file_is_refused_unread():
    with pytest.raises(Invalid, match="5 MB"):
        opml.read(b" " * (opml.MOST_BYTES + 1))


def test_a_list_that_is_slightly_broken_is_read_as_far_as_it_goes():
    broken = LIST.replace(b"Folder", b"Fish & chips")

    assert len(opml.read(broken).outlines) == 2


def test_bad_lines_are_named_and_the_good_ones_kept():
    listed = opml.read(LIST)

    assert len(listed.outlines) == 2
    assert listed.problems == [
        "Line 10: the address of “Bad” is no web address: javascript:alert(1)",
        "Line 11: “No feed” has no address of a feed.",
    ]


def test_an_address_of_no_length_that_anybody_has_is_named():
    long = b'<outline xmlUrl="https://a.example/%s"/></body>' % (b"x" * 2_000)

    (problem,) = opml.read(LIST.replace(b"</body>", long)).problems[2:]

    assert problem == "Line 12: the address of this entry is too long."


def test_a_list_of_nothing_but_bad_lines_says_what_is_wrong_with_the_first():
    with pytest.raises(Invalid, match=r"holds no feed\. Line 1: “x” has no address"):
        opml.read(b"<opml><body><outline text='x'/><outline text='y'/></body></opml>")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_file_with_entities_is_refused_unread(tmp_path, encoding):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    bomb = f"""<!DOCTYPE opml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">
      <!ENTITY c SYSTEM "file://{secret}">]><opml><body>
      <outline text="&b;" xmlUrl="https://a.example/feed"/>&c;</body></opml>"""

    with pytest.raises(Invalid, match="declares entities") as caught:
        opml.read(bomb.encode(encoding))

    assert "secret" not in str(caught.value)


@given(st.binary(max_size=200))
def test_any_file_is_a_list_or_a_sentence(content):
    with suppress(Invalid):
        assert opml.read(content).outlines


def test_our_list_comes_back_as_it_went(session):
    council = make_council(session)
    make_source(session, name="A “blog” & more\x01", council=council, nation="England")
    make_source(session, name="Blog", feed_url="https://b.example/feed", language="cy")
    make_source(session, name="Sample", is_sample=True)

    first, second = opml.read(opml.write(sources.everyone(session))).outlines

    assert (first.title, first.folder) == ("A “blog” & more", "England")
    assert first.category == council.slug
    assert (second.feed_url, second.language) == ("https://b.example/feed", "cy")


def test_an_imported_list_of_ours_finds_its_councils_again(session):
    council = make_council(session)
    source = make_source(session, council=council, nation="England")
    written = opml.write([source])
    session.delete(source)
    session.flush()

    (taken,) = listing.take(session, opml.read(written).outlines, now=NOW)

    assert taken.council == council


def test_our_list_comes_in_again_as_it_went_out(session):
    words = {"name": "Rwân", "organisation": "Audit & Wales", "kind": "news", "language": "cy"}
    place = {"nation": "Wales", "platform": Platform.WORDPRESS}
    source = make_source(session, **words, **place)
    written = opml.write([source])
    session.delete(source)
    session.flush()

    (taken,) = listing.take(session, opml.read(written).outlines, now=NOW)

    assert opml.write([taken]) == written
    assert {name: getattr(taken, name) for name in words | place} == words | place


def test_what_another_reader_says_of_a_feed_is_no_organisation():
    listed = LIST.replace(b'text=" Swansea', b'description="Posts of Swansea" text=" Swansea')

    assert opml.read(listed).outlines[0].organisation == ""


AMPERSANDS = """<opml><body><outline text="Fish & chips" xmlUrl="{}"/>
<outline text="Caf&eacute; &amp; bar" xmlUrl="https://b.example/feed"/></body></opml>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1"])
@pytest.mark.parametrize("amp", ["&", "&amp;", "&#38;"])
def test_an_ampersand_in_an_address_is_kept_whoever_wrote_it(amp, encoding):
    content = AMPERSANDS.format(f"https://a.example/?a=1{amp}copy=2{amp}b=3").encode(encoding)

    first, second = opml.read(content).outlines

    assert first.feed_url == "https://a.example/?a=1&copy=2&b=3"
    assert (first.title, second.title) == ("Fish & chips", "Café & bar")


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("feed://a.example/feed", "https://a.example/feed"),
        ("feed:https://a.example/feed", "https://a.example/feed"),
        ("HTTPS://A.example/feed#top", "https://a.example/feed"),
    ],
)
def test_addresses_of_a_list_are_understood_as_on_the_page(given, address):
    content = f"<opml><body><outline xmlUrl='{given}'/></body></opml>".encode()

    assert [each.feed_url for each in opml.read(content).outlines] == [address]


def test_a_list_takes_one_of_twins_and_tells_what_nobody_can_follow():
    content = b"""<opml><body><outline text="A" xmlUrl="https://a.example/feed"/>
<outline text="B" xmlUrl="http://www.a.example/feed/?utm_source=x"/>
<outline text="C" xmlUrl="https://x.com/council"/></body></opml>"""

    listed = opml.read(content)

    assert [each.title for each in listed.outlines] == ["A"]
    assert listed.problems[0].startswith("Line 3: “C”: X does not let other programs read")
