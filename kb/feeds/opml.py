"""Lists of sources as OPML: what other readers export, and what they can import from us."""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from html.entities import name2codepoint

from lxml import etree

from kb.errors import Invalid
from kb.feeds.addresses import place
from kb.feeds.models import Source
from kb.feeds.recipes import address, refusal

MOST_BYTES = 5_000_000
MOST_OUTLINES = 5_000
LONGEST = 2_000
OURS = "urn:scrutiny-swap:opml"  # of what only our own lists say
_KIND, _PLATFORM = f"{{{OURS}}}kind", f"{{{OURS}}}platform"
_WRITTEN_OUT = re.compile(r"(?:feed:(?://)?)?https?:|feed://", re.IGNORECASE)
_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d+|#[xX][0-9A-Fa-f]+);)(?:(\w+);)?")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_KINDS_LEFT_OUT = {"link", "include"}
_ENTITIES = "This file declares entities, which no list of feeds needs, so we do not read it."


@dataclass(frozen=True, kw_only=True)
class Outline:
    """One feed of a list.

    `folder` is the heading that it stands under, innermost; `category` the last word of
    its category, which in our own lists is a council's slug. Only our own lists say whose it
    is, of what kind and where.
    """

    title: str
    feed_url: str
    site_url: str = ""
    language: str = ""
    folder: str = ""
    category: str = ""
    organisation: str = ""
    kind: str = ""
    platform: str = ""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """What a list holds: its feeds, and a sentence about each line that is none."""

    outlines: list[Outline]
    problems: list[str]


def read(content: bytes) -> Listed:
    """The feeds of a list, each address once, in their order; bad lines cost only themselves.

    Raises Invalid where it is no OPML file, holds no feed or wants to be unfolded.
    """
    if len(content) > MOST_BYTES:
        raise _wrong("This file is larger than 5 MB, so it is no list of feeds.")
    found: dict[str, Outline] = {}
    problems: list[str] = []
    for element in _body(content).iter("{*}outline"):
        given = _given(element)
        if problem := _problem(element, given):
            problems.append(f"Line {element.sourceline}: {problem}")
        elif _is_feed(given) and (url := _address(given.get("xmlurl", ""))):
            _take(found, _outline(element, given, url))
    if not found:
        raise _wrong(" ".join(["This list holds no feed.", *problems[:1]]))
    return Listed(outlines=list(found.values()), problems=problems)


def _take(found: dict[str, Outline], outline: Outline) -> None:
    if len(found) < MOST_OUTLINES:
        found.setdefault(place(outline.feed_url), outline)


def write(sources: Iterable[Source], *, title: str = "Scrutiny sources") -> bytes:
    """An OPML 2.0 document with a folder for each nation; samples are left out."""
    root = etree.Element("opml", version="2.0", nsmap={"swap": OURS})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    folders: dict[str, etree._Element] = {}
    for source in sources:
        if source.is_sample:
            continue
        place = source.nation or "Elsewhere"
        if place not in folders:
            folders[place] = etree.SubElement(body, "outline", text=place, title=place)
        _write(folders[place], source)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _body(content: bytes) -> etree._Element:
    """Entities of a file's own, and everything on the network, are left unread."""
    content = _mended(content)
    if b"<!ENTITY" in content.replace(b"\0", b"").upper():
        raise _wrong(_ENTITIES)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False
    )
    try:
        root = etree.fromstring(content.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _wrong("This is not an OPML file.") from error
    if root is None or etree.QName(root).localname.lower() != "opml":
        raise _wrong("This is not an OPML file.")
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and [*declared.iterentities()]:  # type: ignore[union-attr]
        raise _wrong(_ENTITIES)
    return root


def _mended(content: bytes) -> bytes:
    """With every & that stands for itself written as XML wants it, or its line would be lost.

    What other readers write as `?a=1&b=2` is an address. Encodings of two bytes a letter are
    turned to UTF-8 first.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            text = content.decode("utf-16")
        except UnicodeDecodeError:
            return content
        content = _DECLARATION.sub("", text.lstrip("\ufeff"), count=1).encode("utf-8", "replace")
    return _AMPERSAND.sub(_referred, content)


def _referred(found: re.Match[bytes]) -> bytes:
    """XML knows five names of letters, HTML many more."""
    name = (found[1] or b"").decode("ascii")
    if name in name2codepoint:
        return f"&#{name2codepoint[name]};".encode()
    return b"&amp;" + found[0][1:]


def _given(element: etree._Element) -> dict[str, str]:
    return {str(name).lower(): str(value).strip() for name, value in element.attrib.items()}


def _is_feed(given: dict[str, str]) -> bool:
    return given.get("type", "").lower() not in _KINDS_LEFT_OUT


def _problem(element: etree._Element, given: dict[str, str]) -> str:
    """What is wrong with this line, "" if nothing is; headings and links are no feeds."""
    if not _is_feed(given) or len(element):
        return ""
    title = _line(given.get("text") or given.get("title") or "")[:80]
    named = f"“{title}”" if title else "this entry"
    url = given.get("xmlurl", "")
    if not url:
        return f"{named} has no address of a feed."
    if len(url) > LONGEST:
        return f"the address of {named} is too long."
    address = _address(url)
    if not address:
        return f"the address of {named} is no web address: {url[:80]}"
    sentence = refusal(address)
    return f"{named}: {sentence}" if sentence else ""


def _outline(element: etree._Element, given: dict[str, str], feed_url: str) -> Outline:
    is_ours = _KIND in given
    parent = element.getparent()
    folder = parent.get("text") or parent.get("title") or "" if parent is not None else ""
    return Outline(
        title=_line(given.get("text") or given.get("title") or feed_url),
        feed_url=feed_url,
        site_url=_address(given.get("htmlurl", "")),
        language=given.get("language", "").lower()[:2],
        folder=_line(folder),
        category=given.get("category", "").split(",")[0].rpartition("/")[2],
        organisation=_line(given.get("description", "")) if is_ours else "",
        kind=given.get(_KIND, ""),
        platform=given.get(_PLATFORM, ""),
    )


def _write(folder: etree._Element, source: Source) -> None:
    given = {
        "type": "rss",
        "text": source.name,
        "title": source.name,
        "xmlUrl": source.feed_url,
        "htmlUrl": source.site_url,
        "language": source.language,
        "category": f"/{source.council.slug}" if source.council else "",
        "description": source.organisation,
        _KIND: source.kind,
        _PLATFORM: source.platform.value,
    }
    etree.SubElement(folder, "outline", {k: _printable(v) for k, v in given.items() if v})


def _printable(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(c for c in text if c >= " " and not 0xD800 <= ord(c) <= 0xDFFF and c < "\ufffe")


def _address(url: str) -> str:
    """The address as the page would take it on which one adds a source; "" where it is none."""
    if len(url) > LONGEST or not _WRITTEN_OUT.match(url):
        return ""
    try:
        return address(url).url
    except Invalid:
        return ""


def _line(text: str) -> str:
    return " ".join(text.split())[:200]


def _wrong(sentence: str) -> Invalid:
    return Invalid({"file": sentence})
