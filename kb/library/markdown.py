"""Markdown to HTML that is safe to show, and to plain text that can be searched."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt

_TAGS = {
    *("p", "br", "hr", "ul", "ol", "li", "strong", "em", "blockquote", "code", "pre", "a"),
    *("h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
_RENDERED = 4096

_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


@lru_cache(maxsize=_RENDERED)
def to_html(text: str) -> str:
    """HTML of block elements; raw HTML in the text is shown, not obeyed.

    Headings are moved below the page's own, which end at h2.
    """
    tokens = _markdown.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="nofollow ugc noopener external",
    )


def to_text(text: str) -> str:
    """The words alone, on one line."""
    words = [
        token.content
        for block in _markdown.parse(text)
        for token in (block.children or [block])
        if token.type in {"text", "code_inline", "code_block", "fence"}
    ]
    return " ".join(" ".join(words).split())
