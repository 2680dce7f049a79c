"""The shortcuts through feedparser change nothing in what it finds."""

from io import StringIO
from xml.sax.expatreader import ExpatParser
from xml.sax.handler import feature_namespaces
from xml.sax.xmlreader import InputSource

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.feeds import quick

NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:x="http://x.example/"'
    ' xmlns:DC="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
    ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    ' xmlns:atom="http://www.w3.org/2005/Atom" xmlns:u="http://backend.userland.com/rss2"'
)
PIECES = (
    "<title>One &amp; two</title>",
    "<title>&lt;b&gt;One&lt;/b&gt;</title>",
    "<link>https://a.example/?a=1&amp;b=2</link>",
    '<link href="https://a.example/b" rel="Alternate"/>',
    '<guid isPermaLink="false">g</guid>',
    "<guid>https://a.example/g</guid>",
    "<pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate>",
    "<updated>2026-11-02T10:00:00Z</updated>",
    "<description>&lt;p&gt;Hello&lt;/p&gt;</description>",
    "<content:encoded><![CDATA[<p>Whole</p>]]></content:encoded>",
    '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><b>x</b></div></content>',
    '<content type="html" xml:base="http://b.example/" xml:lang="cy">&lt;i&gt;H</content>',
    "<summary>In short</summary>",
    "<author>me@a.example (Me)</author>",
    "<author><name>Me</name><email>me@a.example</email></author>",
    "<DC:creator>Officer</DC:creator><DC:date>2026-11-02</DC:date>",
    "<category>Budget</category>",
    '<category term="t" scheme="s" label="l"/>',
    '<enclosure url="https://a.example/a.mp3" type="Audio/MPEG" length="1"/>',
    '<media:group><media:title>M</media:title><media:content url="https://a.example/v"/></media:group>',
    '<media:thumbnail url="https://a.example/t"/>',
    "<itunes:author>Pod</itunes:author><itunes:keywords>a, b</itunes:keywords>",
    "<image><url>/i.png</url><title>I</title><link>https://a.example/</link></image>",
    "<textInput><title>T</title><name>q</name></textInput>",
    '<source url="https://s.example/">Elsewhere</source>',
    "<x:thing>odd</x:thing><x:thing y='1'/>",
    "<u:title>Userland</u:title>",
    "<atom:id>a1</atom:id>",
    "<svg xmlns='http://www.w3.org/2000/svg'><title>S</title></svg>",
    "<Unknown>u</Unknown><language>cy</language>",
)


def found(text, reader, feed):
    told = feed("", None, "utf-8")
    told.resolve_relative_uris = told.sanitize_html = False
    reader.setFeature(feature_namespaces, 1)
    reader.setContentHandler(told)
    reader.setErrorHandler(told)
    source = InputSource()
    source.setCharacterStream(StringIO(text))
    try:
        reader.parse(source)
    except Exception as error:  # feedparser raises whatever it trips over
        return repr(error)
    return told.feeddata, told.entries, told.version, told.namespaces_in_use


def both(text):
    stock = found(text, ExpatParser(), quick.Stock)
    return stock, found(text, quick.create_parser(), quick.Quick)


def rss(inside, entry):
    return (
        f'<rss version="2.0" {NAMESPACES}><channel><title>T</title>{inside}'
        f"<item>{entry}</item><item><title>Next</title></item></channel></rss>"
    )


def atom(inside, entry):
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" {NAMESPACES} xml:lang="en"><title>T</title>'
        f"{inside}<entry>{entry}</entry></feed>"
    )


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("document", [rss, atom])
def test_each_element_is_found_as_feedparser_finds_it(document, piece):
    stock, ours = both(document(piece, piece))
    assert ours == stock


@given(st.lists(st.sampled_from(PIECES)), st.lists(st.sampled_from(PIECES)))
def test_any_mixture_of_elements_is_found_as_feedparser_finds_it(inside, entry):
    for document in (rss, atom):
        stock, ours = both(document("".join(inside), "".join(entry)))
        assert ours == stock


def test_what_is_not_well_formed_is_refused_alike():
    stock, ours = both("<rss><channel><item><title>One</channel></rss>")
    assert ours == stock
    assert "mismatched tag" in ours
