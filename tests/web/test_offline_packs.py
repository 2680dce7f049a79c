"""A pack as one file for a room without a network."""

import re

import html5lib
import pytest

from kb.training.types import RoundKind
from tests.factories import make_tip_card
from tests.training.making import make_block
from tests.training.packing import make_seeded
from tests.web.test_packs import JOKER, joker_block

FILE = "/sessions/packs/could-we-use-social-media/offline.html"


def tree_of(text):
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    tree = parser.parse(text)
    assert not parser.errors, parser.errors[0]
    return tree


def test_it_is_saved_and_never_shown_as_a_page(seeded_browser):
    response = seeded_browser.response(FILE)

    assert response.status_code == 200
    named = response.headers["Content-Disposition"]
    assert named == 'attachment; filename="could-we-use-social-media.html"'
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]


def test_it_names_nothing_that_a_browser_would_fetch(seeded_browser):
    tree = tree_of(seeded_browser.response(FILE).text)

    assert [e for e in tree.iter() if isinstance(e.tag, str) and e.get("src")] == []
    assert [e.get("href") for e in tree.iter("link")] == ["data:,"]
    assert len(tree.findall(".//script")) == len(tree.findall(".//style")) == 1
    assert not re.search(r"url\(|@import", tree.find(".//style").text)
    assert "default-src 'none'" in tree.find(".//meta[@http-equiv]").get("content")


def test_it_holds_the_whole_text_of_what_it_uses(seeded_browser):
    text = seeded_browser.response(FILE).text

    assert "Answer the four common barriers" in text
    assert "Before anybody" not in text
    assert "say nothing for ten seconds" in text


@pytest.mark.parametrize("kind", [None, *RoundKind])
def test_no_text_of_a_pack_ends_its_script_or_style(browser, session, kind):
    card = make_tip_card(session, title=JOKER, summary=JOKER, body=JOKER, try_this=JOKER)
    block = joker_block(kind).model_copy(update={"refs": (card.ref,)})
    pack = make_seeded(session, title=JOKER, lede=JOKER, credit=JOKER, blocks=[block])
    session.commit()

    text = browser.response(f"/sessions/packs/{pack.slug}/offline.html").text

    tree = tree_of(text)
    assert len(tree.findall(".//script")) == len(tree.findall(".//style")) == 1
    assert tree.findall(".//img") == []
    assert "7*7" in text


def test_a_pack_without_blocks_is_a_file_too(browser, session):
    pack = make_seeded(session, blocks=[make_block(kind=RoundKind.GAP)])
    session.commit()

    assert tree_of(browser.response(f"/sessions/packs/{pack.slug}/offline.html").text)
