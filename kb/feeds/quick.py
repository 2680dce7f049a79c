"""feedparser's reader of well-formed XML with shortcuts: the same result in half the time.

The same but for one thing: what a picture shows is said of the picture, not of the entry.
Each shortcut is for the ordinary case alone; whatever is not ordinary goes the long way,
through feedparser's own code.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from xml.sax.expatreader import ExpatParser

import feedparser  # type: ignore[import-untyped]
from feedparser.util import FeedParserDict  # type: ignore[import-untyped]

Stock: Any = feedparser.api.StrictFeedParser
_MAPPED = {
    *FeedParserDict.keymap,
    *("category", "enclosures", "license", "updated", "updated_parsed"),
}
_ROOTS = {"feed", "rss", "rdf:RDF"}
_KEEP_TEXT_INPUT = {"title", "link", "description", "name"}
_KEEP_IMAGE = {"title", "link", "description", "url", "href", "width", "height"}
_PLAIN = {
    *("title", "description", "summary", "content", "published", "updated", "author", "category"),
}
_MARKUP = re.compile("[<&]")
SHOWN = "shown"  # what a picture of `media_content` shows, where its feed says it


class _Reader(ExpatParser):
    """Hands over text in whole runs, and elements by the names that feedparser gives them."""

    _cont_handler: Any

    def reset(self) -> None:
        super().reset()
        self._parser.buffer_text = True  # type: ignore[attr-defined]
        self._parser.buffer_size = 1 << 16  # type: ignore[attr-defined]

    def start_element_ns(self, name: str, attrs: Mapping[str, str]) -> None:
        tag, feed = _tag(name), self._cont_handler
        if not tag or feed.decls or (attrs and any(" " in key for key in attrs)):
            super().start_element_ns(name, attrs)
        else:
            lowered = {key.lower(): value for key, value in attrs.items()}
            feed.unknown_starttag(tag, list(lowered.items()))

    def end_element_ns(self, name: str) -> None:
        if tag := _tag(name):
            self._cont_handler.unknown_endtag(tag)
        else:
            super().end_element_ns(name)


class _Text(FeedParserDict):  # type: ignore[misc]
    """What is known of a text; feedparser has other names for none of its keys."""

    get = dict.get
    __getitem__ = dict.__getitem__
    __setitem__ = dict.__setitem__
    __contains__ = dict.__contains__

    def __deepcopy__(self, _: object) -> "_Text":
        return _Text(self)


class _Entry(FeedParserDict):  # type: ignore[misc]
    """An entry; most of its keys have no other name."""

    def __getitem__(self, key: str) -> Any:
        return super().__getitem__(key) if key in _MAPPED else dict.__getitem__(self, key)

    def __setitem__(self, key: str, value: object) -> None:
        if key in _MAPPED:
            super().__setitem__(key, value)
        else:
            dict.__setitem__(self, key, value)

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) if key in _MAPPED else dict.__contains__(self, key)

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key, default) if key in _MAPPED else dict.get(self, key, default)

    def setdefault(self, key: str, default: Any) -> Any:
        if key in _MAPPED:
            return super().setdefault(key, default)
        return dict.setdefault(self, key, default)


class _Pictured:
    """For either of feedparser's readers: to them, it would be the text of the entry."""

    _get_context: Any
    _start_description: Any
    _end_description: Any
    push: Any
    pop: Any
    _picture: dict[str, str] | None = None

    def _start_media_content(self, attrs: dict[str, str]) -> None:
        kind = attrs.get("medium") or attrs.get("type") or ""
        self._picture = attrs if kind.lower().startswith("image") else None
        self._get_context().setdefault("media_content", []).append(attrs)

    def _end_media_content(self) -> None:
        self._picture = None

    def _start_media_description(self, attrs: dict[str, str]) -> None:
        files = self._get_context().get("media_content")
        if self._picture is not None and files and files[-1] is self._picture:
            self.push(SHOWN, 0)
        else:
            self._start_description(attrs)

    def _end_media_description(self) -> None:
        shown = self.pop(SHOWN)
        if shown is None:
            self._end_description()
        elif self._picture is not None:
            self._picture.setdefault(SHOWN, shown)


class _Loose(_Pictured, feedparser.api.LooseFeedParser):  # type: ignore[misc]
    """feedparser's reader of what is not well-formed."""


class Quick(_Pictured, Stock):  # type: ignore[misc]
    """Takes the short way for elements without attributes and for plain ASCII, which most are.

    Its sanitiser and link resolver have to be off.
    """

    characters = Stock.handle_data
    contentparams: Any
    intextinput: int
    inimage: int

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.contentparams = _Text()

    def unknown_starttag(self, tag: str, attrs: list[tuple[str, str]]) -> Any:
        if attrs or self.incontent or self.baseuri or tag in _ROOTS:
            return super().unknown_starttag(tag, attrs)
        self.depth += 1
        self.basestack.append(self.baseuri)
        self.langstack.append(self.lang)
        prefix, colon, name = tag.partition(":")
        prefix, name = (prefix, name) if colon else ("", tag)
        prefix = self.namespacemap.get(prefix, prefix)
        if prefix:
            name = f"{prefix}_{name}"
        else:
            self.intextinput *= tag in _KEEP_TEXT_INPUT
            self.inimage *= tag in _KEEP_IMAGE
        try:
            return getattr(self, f"_start_{name}")({})
        except AttributeError:
            return self.push(name, 1)

    def pop(self, element: str, strip_whitespace: int = 1) -> Any:
        text = self._plain(element) if strip_whitespace else None
        if text is None:
            return super().pop(element, strip_whitespace)
        self.elementstack.pop()
        self.contentparams.pop("mode", None)
        self.contentparams.pop("base64", None)
        is_second_title = element == "title" and -1 < self.title_depth <= self.depth
        if element != "category" and not is_second_title:
            self._keep("summary" if element == "description" else element, text)
        return text

    def _plain(self, element: str) -> str | None:
        """An entry's text that needs no second look; None where it may need one."""
        if not self.elementstack or not self.inentry or self.insource or element not in _PLAIN:
            return None
        name, expecting_text, pieces = self.elementstack[-1]
        kind = self.contentparams.get("type", "text/html")
        if name != element or not expecting_text or self.contentparams.get("base64"):
            return None
        text = "".join(pieces).strip()
        is_sure = kind == "text/html" or (kind == "text/plain" and not _MARKUP.search(text))
        return text if is_sure and text.isascii() else None

    def _keep(self, name: str, text: str) -> None:
        entry = self.entries[-1]
        if name == "content":
            entry.setdefault(name, []).append(_Text(self.contentparams, value=text))
            return
        depths = self.property_depth_map.setdefault(entry, {})
        if self.depth <= depths.get(name, self.depth):
            depths[name] = self.depth
            entry[name] = text
        if self.incontent:
            entry[f"{name}_detail"] = _Text(self.contentparams, value=text)

    def push_content(self, *given: Any) -> None:
        super().push_content(*given)
        self.contentparams = _Text(self.contentparams)

    def _start_item(self, attrs: dict[str, str]) -> None:
        super()._start_item(attrs)
        self.entries[-1].__class__ = _Entry

    _start_entry = _start_item


@lru_cache(maxsize=1_000)
def _tag(name: str) -> str:
    """The name by which feedparser knows an element of Expat's; "" where it has to look."""
    place, _, local = name.partition(" ")
    if not local:
        return place.lower()
    prefix = Stock._matchnamespaces.get(place.lower())
    if prefix is None or local.count(" ") > 1:
        return ""
    local = local.partition(" ")[0].lower()
    return f"{prefix.lower()}:{local}" if prefix else local


def create_parser() -> ExpatParser:
    """What feedparser calls to get an XML reader."""
    return _Reader()


def install() -> None:
    """Make feedparser of this process use it."""
    feedparser.api.PREFERRED_XML_PARSERS[:] = [__name__]
    feedparser.api.StrictFeedParser = Quick
    feedparser.api.LooseFeedParser = _Loose
