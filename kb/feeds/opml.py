"""Lists of sources as OPML: what other readers export, and what they can import from us."""

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from kb.errors import Invalid
from kb.feeds.models import Source
from kb.feeds.recipes import is_web_address

MOST_BYTES = 5_000_000
MOST_OUTLINES = 5_000
LONGEST = 2_000
_KINDS_LEFT_OUT = {"link", "include"}
_ENTITIES = "This file declares entities, which no list of feeds needs, so we do not read it."


@dataclass(frozen=True, kw_only=True)
class Outline:
    """One feed of a list.

    `folder` is the heading that it stands under, innermost; `category` the last word of
    its category, which in our own lists is a council's slug.
    """

    title: str
    feed_url: str
    site_url: str = ""
    language: str = ""
    folder: str = ""
    category: str = ""


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
        elif _is_feed(given) and _is_good(given.get("xmlurl", "")):
            _take(found, _outline(element, given))
    if not found:
        raise _wrong(" ".join(["This list holds no feed.", *problems[:1]]))
    return Listed(outlines=list(found.values()), problems=problems)


def _take(found: dict[str, Outline], outline: Outline) -> None:
    if len(found) < MOST_OUTLINES:
        found.setdefault(outline.feed_url, outline)


def write(sources: Iterable[Source], *, title: str = "Scrutiny sources") -> bytes:
    """An OPML 2.0 document with a folder for each nation; samples are left out."""
    root = etree.Element("opml", version="2.0")
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
    return "" if _is_good(url) else f"the address of {named} is no web address: {url[:80]}"


def _outline(element: etree._Element, given: dict[str, str]) -> Outline:
    feed_url, site_url = given.get("xmlurl", ""), given.get("htmlurl", "")
    parent = element.getparent()
    folder = parent.get("text") or parent.get("title") or "" if parent is not None else ""
    return Outline(
        title=_line(given.get("text") or given.get("title") or feed_url),
        feed_url=feed_url,
        site_url=site_url if _is_good(site_url) else "",
        language=given.get("language", "").lower()[:2],
        folder=_line(folder),
        category=given.get("category", "").split(",")[0].rpartition("/")[2],
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
    }
    etree.SubElement(folder, "outline", {k: _printable(v) for k, v in given.items() if v})


def _printable(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(c for c in text if c >= " " and not 0xD800 <= ord(c) <= 0xDFFF and c < "\ufffe")


def _is_good(url: str) -> bool:
    return len(url) <= LONGEST and is_web_address(url)


def _line(text: str) -> str:
    return " ".join(text.split())[:200]


def _wrong(sentence: str) -> Invalid:
    return Invalid({"file": sentence})
