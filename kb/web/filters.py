"""How templates say things: dates, Markdown, the address of a resource."""

import re
from datetime import date

from flask import Flask, url_for
from markupsafe import Markup

from kb.documents import FEED, FEED_LABEL
from kb.library.content import Kind
from kb.library.markdown import to_html

_WORD = re.compile(r"\w+")
_ENDPOINTS = {
    Kind.CASE_STUDY: "case_studies.show",
    Kind.TIP_CARD: "tip_cards.show",
    Kind.TRAINING: "training.show",
}


def markdown(text: str | None) -> Markup:
    """Markdown as HTML that `to_html` has made safe."""
    return Markup(to_html(text or ""))  # noqa: S704 - cleaned by nh3


def day(value: date) -> str:
    """23 November 2026."""
    return f"{value.day} {value:%B %Y}"


def stated(value: object) -> object:
    """The value, or "Not stated" where there is none."""
    return "Not stated" if value is None or value == "" else value


def says_more(text: str, title: str) -> bool:
    """Has the text any words beyond the title that stands above it?"""
    plain = text.striptags() if isinstance(text, Markup) else text
    return not _words(title).startswith(_words(plain))


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def url_of(kind: str, slug: str) -> str:
    """The page of a resource, or of a feed's entry."""
    if kind == FEED:
        return url_for("feeds.show", entry_id=int(slug))
    return url_for(_ENDPOINTS[Kind(kind)], slug=slug)


def kind_at(endpoint: str) -> Kind | None:
    """The kind of resource that has its pages there."""
    return next((kind for kind, there in _ENDPOINTS.items() if there == endpoint), None)


def kind_word(kind: str) -> str:
    """What people call this kind of thing."""
    return FEED_LABEL if kind == FEED else Kind(kind).label


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(markdown=markdown, day=day, stated=stated, says_more=says_more)
    app.jinja_env.globals.update(url_of=url_of, kind_word=kind_word, Kind=Kind)
