"""The bytes of an answer become text that no parser can be hurt by."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.feeds.decode import MAX_ATTRIBUTES, MAX_AUTHOR, decode

LONG = "<rss>" + "<p>All in plain letters.</p>" * 30


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_wins(encoding):
    assert decode("<rss>Café".encode(encoding), "text/xml; charset=koi8-r") == "<rss>Café"


def test_utf_16_is_known_without_a_mark():
    assert "Café" in decode("<?xml version='1.0'?><rss>Café".encode("utf-16-be"), "")


def test_valid_utf_8_wins_over_what_is_declared():
    content = '<?xml version="1.0" encoding="utf-16"?><rss>Café'.encode()
    assert decode(content, "text/xml; charset=iso-8859-1").endswith("Café")


def test_one_bad_byte_spoils_no_other_character():
    text = decode(f"{LONG}Café £5m – ok".encode() + b" bad \xff byte", "")
    assert text.endswith("Café £5m – ok bad \ufffd byte")


def test_a_windows_character_among_utf_8_is_mended():
    assert decode(f"{LONG}Café".encode() + b" \x93quoted\x94", "").endswith("Café “quoted”")


def test_a_character_cut_in_half_becomes_one_mark():
    assert decode(f"{LONG}£5 ".encode() + b"\xe2\x80 on", "").endswith("£5 \ufffd on")


def test_what_is_declared_is_believed_where_utf_8_is_not_valid():
    content = (LONG + "Žluťoučký kůň").encode("iso-8859-2")
    assert decode(content, "text/xml; charset=ISO-8859-2").endswith("Žluťoučký kůň")
    inside = b'<?xml version="1.0" encoding="ISO-8859-2"?>' + content
    assert decode(inside, "text/xml").endswith("Žluťoučký kůň")


@pytest.mark.parametrize("declared", ["iso-8859-1", "us-ascii", "nonsense", "base64", ""])
def test_else_it_is_windows_1252(declared):
    content = "<rss>“Café” – ".encode("cp1252") * 9
    assert "“Café” – " in decode(content, f"text/xml; charset={declared}")


def test_utf_7_is_never_decoded():
    assert "<script" not in decode(b"<rss>+ADw-script+AD4- \xe9\xe9\xe9", "a/b; charset=utf-7")


def test_illegal_references_and_controls_are_removed():
    text = decode(b"<rss>a&#0;b&#xD800;c&#x110000;d&#xFFFF;e&#;f\x00\x01\x1bg&#233;&#x41;", "")
    assert text == "<rss>abcdefg&#233;&#x41;"
    assert decode(b"<rss>&#" + b"9" * 5000 + b";x", "") == "<rss>x"


def test_names_of_html_become_their_characters_and_lone_ampersands_are_escaped():
    text = decode(b"<rss>Caf&eacute;&nbsp;Q&A &lt;b&gt; &what; ?a=1&b=2</rss>", "")
    assert text == "<rss>Café\xa0Q&amp;A &lt;b&gt; &amp;what; ?a=1&amp;b=2</rss>"


def test_marked_text_stays_as_it_is():
    text = "<rss><![CDATA[Q&A &eacute; ]] &b]]>&amp;</rss>"
    assert decode(text.encode(), "") == text


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE rss [<!ENTITY a "aaa"><!ENTITY b "&a;&a;"> ]>',
        '<!DOCTYPE rss SYSTEM "http://127.0.0.1/x.dtd">',
        '<!DOCTYPE rss [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p; ]>',
        "<!DOCTYPE rss [<!ENTITY a " * 50 + "]>",
        "<!DOCTYPE rss [",
    ],
)
def test_no_doctype_and_no_entity_is_left(doctype):
    text = decode(f'<?xml version="1.0"?>\n{doctype}<rss><title>&b;</title></rss>'.encode(), "")
    assert "<!DOCTYPE" not in text
    assert "<!ENTITY" not in text
    assert text.endswith("<rss><title>&amp;b;</title></rss>")


def test_a_doctype_inside_an_entry_stays():
    text = "<rss><![CDATA[<!DOCTYPE html><p>x</p>]]></rss>"
    assert decode(text.encode(), "") == text


def test_a_crowded_tag_loses_attributes():
    crowd = " ".join(f'a{n}="<>{n}"' for n in range(5000))
    text = decode(f"<rss><item {crowd}>words</item></rss>".encode(), "")
    assert len(re.findall(r"a\d+=", text)) == MAX_ATTRIBUTES
    assert text.endswith(">words</item></rss>")


def test_an_author_without_end_is_cut():
    text = decode(
        f"<rss><date><author>a@{'a.' * 9000}!</author><title>t</title></rss>".encode(), ""
    )
    assert len(text) < MAX_AUTHOR + 80
    assert text.endswith("</author><title>t</title></rss>")


def test_a_date_without_end_is_left_out_and_empty_elements_swallow_nothing():
    text = decode(f"<rss><pubDate>{'1 ' * 9000}</pubDate><date/>{LONG}<date>1</date>".encode(), "")
    assert text == f"<rss><pubDate></pubDate><date/>{LONG}<date>1</date>"


def test_json_keeps_its_words():
    content = b'{"title": "Q&A &amp; \x01<!DOCTYPE x>"}'
    assert decode(content, "") == '{"title": "Q&A &amp; <!DOCTYPE x>"}'


@given(st.binary(max_size=400), st.text(max_size=30))
def test_any_bytes_become_text_that_can_be_kept(content, content_type):
    text = decode(content, content_type)
    assert "\0" not in text
    text.encode()
