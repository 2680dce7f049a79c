"""From entries as they came to entries fit to show: safe HTML, plain text, lasting keys."""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import nh3

from kb.feeds import addresses
from kb.feeds.types import (
    CleanEntry,
    CleanFeed,
    Enclosure,
    Illustration,
    ParsedEntry,
    ParsedFeed,
)

MAX_HTML = 500_000
MAX_DEPTH = 200
MAX_TITLE = 300
MAX_SUMMARY = 300
MAX_NAME = 200
MAX_ALT = 2_000
MAX_URL = 2_000
MAX_KEY = 300
MAX_LISTED = 50

_TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "dfn"),
    *("div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr"),
    *("i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span"),
    *("strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"),
    *("var", "wbr"),
}
_GONE_WITH_CONTENT = {
    *("script", "style", "template", "noscript", "iframe", "object", "svg", "math", "title"),
    *("textarea", "select", "noembed", "noframes", "xmp", "plaintext"),
}
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"alt", "src"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "*": {"dir", "lang"},
}
_PICTURE = re.compile(r"<img(?: [a-z]+=\"[^\"]*\")*>")
_SAID_OF_PICTURE = re.compile(r"(src|alt)=\"([^\"]*)\"")
_BLOCK = re.compile(
    r"</?(?:p|div|br|hr|li|ul|ol|dl|dt|dd|h[1-6]|table|tr|td|th|caption|blockquote|pre|figure"
    r"|figcaption)(?:\s[^<>\"]*(?:\"[^\"]*\"[^<>\"]*)*)?>"
)
_ANY_TAG = re.compile(r"<[^<>\"]*(?:\"[^\"]*\"[^<>\"]*)*>")
_LOOSE_TAG = re.compile(r"<(?:[A-Za-z/!?][^<>]*>?|$)")
_HIDDEN = re.compile(r"(?is)<(script|style)\b.*?(?:</\1\s*>|\Z)")
_OPENING = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
_UNSEEN = re.compile("[\u200b\u200c\u2060\ufeff\u00ad]")
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
_ASCII_NOT_TEXT = bytes(n for n in range(128) if _NOT_TEXT.match(chr(n)))
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_ORDINARY = re.compile(
    r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{2,5})?(?:/[\w./%~+,;=&?:@!$'()*#-]*)?", re.ASCII
)
_FROM_ROOT = re.compile(r"/(?:[\w%~+,;=&@!$'()*-][\w./%~+,;=&?:@!$'()*#-]*)?", re.ASCII)
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(?::\d{2,5})?(?=/|\Z)", re.ASCII)
_SPACES_IN_URL = re.compile(r"[\t\r\n\x00-\x1f\x7f]")
_OF_LINKS = frozenset({"source"})  # of entries it is tracking, of a feed it may be the part
_BEFORE_HOST = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?")
_HOST = re.compile(r"\A[^/?#]*")
_UNTITLED = "Untitled"


def clean(feed: ParsedFeed, *, url: str) -> CleanFeed:
    """Make a feed fit to keep; `url` is where it came from.

    Its HTML loads nothing and runs nothing, its addresses are absolute and of the web, all
    else is plain text. Entries that share a key within the document get keys of their own.
    """
    washer = _Washer()
    return CleanFeed(
        title=_shortened(plain(feed.title), MAX_TITLE),
        link=_address(feed.link, url),
        language=_language(feed.language),
        entries=_distinct([_entry(entry, url, washer) for entry in feed.entries]),
        problems=feed.problems,
        is_cut=feed.is_cut,
        is_half=feed.is_half,
        every_s=feed.every_s,
    )


def plain(text: str) -> str:
    """The words of a piece of HTML on one line, with nothing in them that hides or turns."""
    if "<" in text:
        text = _LOOSE_TAG.sub("", _BLOCK.sub(" ", _HIDDEN.sub("", text)))
    if "&" in text:
        text = html.unescape(text)
    return " ".join(_visible(text).split())


class _Washer:
    """Cleans the HTML of one entry after another; remembers the pictures that it took out."""

    def __init__(self) -> None:
        self.base = ""
        self._pictures: dict[str, str] = {}  # address -> what it shows
        self._cleaner = nh3.Cleaner(
            tags=_TAGS,
            clean_content_tags=_GONE_WITH_CONTENT,
            attributes=_ATTRIBUTES,
            attribute_filter=self._attribute,
            link_rel="noopener noreferrer nofollow",
            url_schemes={"http", "https", "mailto"},
        )

    def wash(self, markup: str, base: str) -> str:
        self.base, self._pictures = base, {}
        if "<" not in markup and "&" not in markup:
            return html.escape(_visible(markup), quote=False)
        safe = self._cleaner.clean(_shallow(_cut(markup)))
        if "<img" in safe:
            safe = _PICTURE.sub(self._take_out, safe)
        return _visible(safe).strip()

    @property
    def pictures(self) -> tuple[Illustration, ...]:
        """Those of the last entry, each once."""
        found = [Illustration(url=url, alt=alt) for url, alt in self._pictures.items()]
        return tuple(found[:MAX_LISTED])

    def _of_picture(self, name: str, value: str) -> str | None:
        if name == "alt":
            return value
        return (_address(value, self.base) or None) if name == "src" else None

    def _take_out(self, picture: re.Match[str]) -> str:
        said = dict(_SAID_OF_PICTURE.findall(picture[0]))
        if url := html.unescape(said.get("src", "")):
            alt = plain(html.unescape(said.get("alt", "")))
            self._pictures[url] = self._pictures.get(url) or _shortened(alt, MAX_ALT)
        return ""

    def _attribute(self, tag: str, name: str, value: str) -> str | None:
        if name == "href":
            return _address(value, self.base, also="mailto") or None
        if tag == "img":
            return self._of_picture(name, value)
        return value if name == "rel" or value.isalnum() else None


def _cut(markup: str) -> str:
    return markup if len(markup) <= MAX_HTML else markup[:MAX_HTML].rpartition("<")[0]


def _shallow(markup: str) -> str:
    """Text alone where tags are nested so deeply that reading them would take for ever."""
    if markup.count("<") <= MAX_DEPTH:
        return markup
    depth = 0
    for match in _OPENING.finditer(markup):
        if match[1]:
            depth = max(depth - 1, 0)
        elif match[2].lower() not in _VOID:
            depth += 1
        if depth > MAX_DEPTH:
            return html.escape(plain(markup), quote=False)
    return markup


def _entry(entry: ParsedEntry, url: str, washer: _Washer) -> CleanEntry:
    base = _address(entry.base, url) or url
    link = _address(entry.link, base)
    safe = washer.wash(entry.html, base if entry.base else link or base)
    text = text_of(safe)
    title = _shortened(plain(entry.title), MAX_TITLE)
    files = tuple(_enclosures(entry.enclosures, base))
    name = text or _shown(washer.pictures, files)
    return CleanEntry(
        keys=_keys(entry, link, title, text),
        hash=_digest(title, text),
        title=title or _shortened(name, 80) or urlsplit(link).hostname or _UNTITLED,
        link=link,
        html=safe,
        text=text,
        summary=_shortened(text, MAX_SUMMARY),
        author=_shortened(plain(entry.author), MAX_NAME),
        language=_language(entry.language),
        published_at=entry.published_at or entry.updated_at,
        categories=_names(entry.categories),
        enclosures=files,
        pictures=washer.pictures,
    )


def _shown(pictures: Iterable[Illustration], files: Iterable[Enclosure]) -> str:
    """What the first picture shows of which that is said."""
    said = (*(picture.alt for picture in pictures), *(f.title for f in files if f.is_picture))
    return next(filter(None, said), "")


def text_of(safe: str) -> str:
    """The words of HTML that was cleaned here, a line for each of its blocks."""
    text = _ANY_TAG.sub("", _BLOCK.sub("\n", safe)) if "<" in safe else safe
    text = html.unescape(text) if "&" in text else text
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return _visible("\n".join(line for line in lines if line))


def _visible(text: str) -> str:
    """Without what is not text, hides in it or turns its direction; composed, as people type."""
    if text.isascii():  # the same as below, in a quarter of the time
        return text.encode("ascii").translate(None, _ASCII_NOT_TEXT).decode("ascii")
    text = _TURNING.sub("", _UNSEEN.sub("", _NOT_TEXT.sub("", text)))
    return unicodedata.normalize("NFC", text)


def _shortened(text: str, limit: int) -> str:
    line = " ".join(text[: limit * 2].split())
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    return (head.rpartition(" ")[0] or head) + "…"


def _names(names: Iterable[str]) -> tuple[str, ...]:
    words = (_shortened(plain(name), MAX_NAME) for name in names)
    return tuple(dict.fromkeys(word for word in words if word))[:MAX_LISTED]


def _language(tag: str) -> str:
    tag = tag.strip().replace("_", "-")
    return tag if len(tag) <= 35 and tag.replace("-", "").isalnum() and tag.isascii() else ""


def _enclosures(given: Iterable[Enclosure], base: str) -> Iterable[Enclosure]:
    seen: set[str] = set()
    for one in given:
        url = _address(one.url, base)
        if url and url not in seen and len(seen) < MAX_LISTED:
            seen.add(url)
            kind = one.type.strip().lower()
            title = _shortened(plain(one.title), MAX_ALT if one.is_picture else MAX_TITLE)
            yield replace(
                one,
                url=url,
                type=kind if re.fullmatch(r"[\w.+*/-]{1,100}", kind) else "",
                title=title,
            )


def _address(given: str, base: str, *, also: str = "") -> str:
    """The absolute address of the web that is meant; "" for any other."""
    if len(given) <= MAX_URL and _ORDINARY.fullmatch(given):
        return given
    if (
        "/." not in given
        and _FROM_ROOT.fullmatch(given)
        and (origin := _origin(base))
        and len(given) <= MAX_URL
    ):
        return origin + given
    given = _SPACES_IN_URL.sub("", given.strip())
    scheme = _SCHEME.match(given)
    if not given or (scheme and scheme[1].lower() not in {"http", "https", also}):
        return ""
    if scheme and also and scheme[1].lower() == also:
        return quote(given, safe=":@?&=%+.,;/'!~*()-_") if len(given) <= MAX_URL else ""
    try:
        parts = urlsplit(urljoin(base, given))
        host = parts.hostname or ""
        if parts.scheme not in {"http", "https"} or not host:
            return ""
        place = _place(host, parts.port)
    except ValueError:
        return ""
    path, query, fragment = (
        quote(part, safe="%/:=&?~+!$,;'@()*[]|#")
        for part in (parts.path, parts.query, parts.fragment)
    )
    url = urlunsplit((parts.scheme, place, path, query, fragment))
    return url if len(url) <= MAX_URL else ""


def _origin(base: str) -> str:
    found = _ORIGIN.match(base)
    return found[0] if found else ""


def _place(host: str, port: int | None) -> str:
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    if re.search(r"[^\w.:-]", host):
        raise ValueError(host)
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{port}" if port else host


def _keys(entry: ParsedEntry, link: str, title: str, text: str) -> tuple[str, str, str]:
    """Guid; link without tracking, or guid without scheme and host; title with date or text."""
    guid = " ".join(_visible(entry.guid).split())
    when = entry.published_at.isoformat() if title and entry.published_at else text
    told = _digest(title, when)
    second = _link_key(link) or _link_key(entry.link.strip()) or _guid_key(guid) or told
    return _key(guid) or second, second, told


def _link_key(link: str) -> str:
    return _key(addresses.place(link, without=_OF_LINKS)) if link else ""


def _guid_key(guid: str) -> str:
    """The guid without scheme and host, which change when a site moves."""
    start, slashes, rest = guid.partition("//")
    is_address = slashes and _BEFORE_HOST.fullmatch(start)
    path = _HOST.sub("", rest, count=1).rstrip("/") if is_address else ""
    return _key(path) if path else _link_key(guid)


def _key(text: str) -> str:
    return text if len(text) <= MAX_KEY else _digest(text)


def _digest(*texts: str) -> str:
    return sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()[:40]


def _distinct(entries: list[CleanEntry]) -> tuple[CleanEntry, ...]:
    """Each with keys of its own: those that share a guid are told apart by link, a link by text.

    What is alike in every key is numbered. All that share a key get another, so that the
    order of the document does not matter.
    """
    guids = Counter(entry.keys[0] for entry in entries)
    links = Counter(entry.keys[1] for entry in entries)
    if len(guids) == len(links) == len(entries):
        return tuple(entries)
    numbered = _numbered(entries)
    firsts = [entry for entry in numbered if entry.copy == 1]
    guids = Counter(entry.keys[0] for entry in firsts)
    links = Counter(entry.keys[1] for entry in firsts)
    return tuple(_apart(entry, guids, links) for entry in numbered)


def _numbered(entries: list[CleanEntry]) -> list[CleanEntry]:
    """The same, with twins counted by what they say and not by where they stand."""
    texts = Counter(told for told, _ in {(entry.keys[2], entry.hash) for entry in entries})
    places: dict[tuple[str, str, str], list[int]] = {}
    for at, entry in enumerate(entries):
        guid, link, told = entry.keys
        if guid == told and texts[told] > 1:  # it has neither guid nor link, nor words of its own
            told = _key(f"{told} {entry.hash}")
        places.setdefault((guid, link, told), []).append(at)
    numbered = list(entries)
    for keys, group in places.items():
        group.sort(key=lambda at: entries[at].hash)
        for copy, at in enumerate(group, start=1):
            numbered[at] = replace(entries[at], keys=keys, copy=copy)
    return numbered


def _apart(entry: CleanEntry, guids: Counter[str], links: Counter[str]) -> CleanEntry:
    guid, link, told = entry.keys
    second = _key(f"{link} {told}") if links[link] > 1 else link
    first = _key(f"{guid} {second}") if guids[guid] > 1 else guid
    mark = f" {entry.copy}" if entry.copy > 1 else ""
    return replace(entry, keys=(_key(first + mark), _key(second + mark), _key(told + mark)))
