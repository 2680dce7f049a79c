import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.names import LONGEST_SLUG, slugify


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Cyngor Sir Ynys Môn", "cyngor-sir-ynys-mon"),
        ("Dŵr & Gŵyl", "dwr-and-gwyl"),
        ("What’s on?", "whats-on"),
        ("???", "page"),
        ("word " * 40, "-".join(["word"] * 16)),
    ],
)
def test_addresses_are_plain_words(text, slug):
    assert slugify(text) == slug


@given(st.text())
def test_any_text_has_an_address(text):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slugify(text))
    assert len(slugify(text)) <= LONGEST_SLUG
