"""What a file is, by its content alone: neither its name nor what a browser calls it counts."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from typing import Any

from lxml import etree
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from kb.files.errors import Refused
from kb.files.types import DOCX, JPEG, PDF, PNG, PPTX, WEBP

MOST_PARTS = 5_000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_RATIO = 100
SMALL_ENOUGH = 10 * 1024 * 1024  # unpacked, whatever the ratio

WE_TAKE = "We take PDF, Word (.docx), PowerPoint (.pptx), PNG, JPEG and WebP."
UNKNOWN = f"We cannot tell what this is. {WE_TAKE}"
SVG = "SVG drawings can hold scripts, so we do not take them. Save it as a PNG."
HTML = "This is a web page. Save it as a PDF, or give its address where you say what it is."
PROGRAM = f"This is a program. {WE_TAKE}"
GIF = "We do not take GIF pictures. Save it as a PNG."
OLD = "This is an old Office file, or one with a password. Save it as .docx, .pptx or PDF."
HEIC = "This is a HEIC or AVIF picture. Save it as a JPEG."
ZIP = f"This is a ZIP archive. Send the files in it one by one. {WE_TAKE}"
EXCEL = "We do not take spreadsheets. Save the part that matters as a PDF."
DAMAGED = "This file is damaged. Open it, save it again and send that."
BOMB = "This file unpacks to far more than it seems, so we do not open it."
MACROS = "This file holds macros. Save it without them, as .docx or .pptx."
ENTITIES = "This file holds a document type declaration, which Office never writes."
OBJECTS = (
    "This file has another file or a program inside it. Take that out, or save the whole as a PDF."
)
TEMPLATE = (
    "This file fetches its template from elsewhere when it is opened. Save it as a PDF, or take "
    "the template off in Word: Developer, Document Template, Normal."
)
LINKED = (
    "This file fetches something from elsewhere when it is opened, such as a linked picture or "
    "film. Put that into the file itself (File, Info, Edit Links to Files), or save it as a PDF."
)
SCRIPTS = "This PDF runs scripts or starts programs. Print it into a new PDF and send that."
INSIDE = "This PDF has other files inside it. Send them one by one."
LOCKED = "This PDF needs a password. Save it without one."

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"%PDF-", PDF),
)
_REFUSALS = (
    (b"GIF8", GIF),
    (b"MZ", PROGRAM),
    (b"\x7fELF", PROGRAM),
    (b"#!", PROGRAM),
    (b"\xd0\xcf\x11\xe0", OLD),
)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|iframe|title)\b", re.IGNORECASE)
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# What a part of an Office file is to another, by the last word of the type of the relationship.
_OBJECTS = {"oleobject", "control", "activexcontrolbinary", "afchunk", "frame", "subdocument"}
_MACROS = {"vbaproject", "wordvbadata"}
_CLICKED = {"hyperlink"}  # nothing is fetched before somebody asks for it
_ADDRESS = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:|[\\/]{2})", re.IGNORECASE)
# Word notes where a template lay on its writer's own disk, and fetches nothing from there.
_OWN_DISK = re.compile(
    r"(?:file:///)?[a-z]:[\\/](?![\\/])|(?:file://)?/(?:Users|home)/|[^\\/:]+\.dot[xm]?$",
    re.IGNORECASE,
)
_CHART_DATA = ".xlsx"
_RUNS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm"}
_HOLDS_SCRIPT = {"/JS", "/JavaScript", "/RichMedia", "/RichMediaContent", "/XFA"}
_HIDDEN = re.compile(rb"/S\s*/(?:JavaScript|Launch)\b")  # in what its table leaves out, too


def judge(content: bytes) -> str:
    """The media type; raises Refused with a sentence for what we do not take.

    May take long over a hostile file, so it belongs in a process that may be killed.
    """
    media_type = _by_magic(content)
    if media_type == PDF:
        _check_pdf(content)
    return media_type or _package(content)


def _by_magic(content: bytes) -> str:
    """Its media type, "" for a ZIP archive, which has to be looked into."""
    for magic, media_type in _MAGIC:
        if content.startswith(magic):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    if content.startswith(b"PK\x03\x04"):
        return ""
    raise Refused(_why_not(content))


def _why_not(content: bytes) -> str:
    for magic, sentence in _REFUSALS:
        if content.startswith(magic):
            return sentence
    if content[4:8] == b"ftyp":
        return HEIC
    head = content[:4096].replace(b"\x00", b"")
    if b"<svg" in head.lower():
        return SVG
    return HTML if _HTML.search(head) else UNKNOWN


def _package(content: bytes) -> str:
    """Which Office file this archive is."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _checked_package(archive, len(content))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise Refused(DAMAGED) from error
    except (EOFError, OSError, ValueError, OverflowError) as error:
        raise Refused(DAMAGED) from error


def _checked_package(archive: zipfile.ZipFile, size: int) -> str:
    parts = archive.infolist()
    _check_size(parts, size)
    names = {part.filename for part in parts}
    media_type = _office_type(names)
    if any(_is_macro(name) for name in names) or len(names) != len(parts):
        raise Refused(MACROS if len(names) == len(parts) else DAMAGED)
    if any(_is_object(name) for name in names):
        raise Refused(OBJECTS)
    for part in parts:
        name = part.filename.lower()
        if name.endswith((".xml", ".rels", ".vml")):
            _check_xml(archive.read(part), part.filename)
        if name.endswith(".rels"):
            _check_relationships(archive.read(part))
    return media_type


def _check_size(parts: list[zipfile.ZipInfo], size: int) -> None:
    """What an archive claims binds: no more than that is ever unpacked of a part."""
    unpacked = sum(part.file_size for part in parts)
    most = max(SMALL_ENOUGH, min(MOST_UNPACKED, MOST_RATIO * size))
    if len(parts) > MOST_PARTS or unpacked > most:
        raise Refused(BOMB)


def _office_type(names: set[str]) -> str:
    if "[Content_Types].xml" in names:
        if "word/document.xml" in names:
            return DOCX
        if "ppt/presentation.xml" in names:
            return PPTX
        if "xl/workbook.xml" in names:
            raise Refused(EXCEL)
    raise Refused(ZIP)


def _is_macro(name: str) -> bool:
    name = name.lower()
    return name.endswith(("vbaproject.bin", "vbadata.xml")) or "/activex/" in name


def _is_object(name: str) -> bool:
    """Is this a file inside the file? The numbers behind a chart are, and may stay."""
    name = name.lower()
    return "/embeddings/" in f"/{name}" and not name.endswith(("/", _CHART_DATA))


def _check_relationships(text: bytes) -> None:
    """Refuse what fetches something, or runs it, when the file is opened."""
    try:
        tree: Any = etree.fromstring(
            text, etree.XMLParser(resolve_entities=False, no_network=True)
        )
    except etree.XMLSyntaxError as error:
        raise Refused(DAMAGED) from error
    if tree.getroottree().docinfo.doctype:
        raise Refused(ENTITIES)
    for each in tree.iter("{*}Relationship"):
        kind = each.get("Type", "").strip().rpartition("/")[2].lower()
        target = each.get("Target", "")
        mode = each.get("TargetMode", "").strip().lower()
        _check_relationship(kind, target, mode == "external" or bool(_ADDRESS.match(target)))


def _check_relationship(kind: str, target: str, is_outside: bool) -> None:
    if kind in _MACROS:
        raise Refused(MACROS)
    if kind in _OBJECTS:
        raise Refused(OBJECTS)
    if not is_outside or kind in _CLICKED:
        return
    if kind != "attachedtemplate":
        raise Refused(LINKED)
    if not _OWN_DISK.match(target):
        raise Refused(TEMPLATE)


def _check_xml(text: bytes, name: str) -> None:
    text = text.replace(b"\x00", b"")  # of UTF-16, too
    if _DECLARATION.search(text):
        raise Refused(ENTITIES)
    if name == "[Content_Types].xml" and b"macroenabled" in text.lower():
        raise Refused(MACROS)


def _check_pdf(content: bytes) -> None:
    """Nobody gets a PDF from us that does something by itself."""
    if _HIDDEN.search(content):
        raise Refused(SCRIPTS)
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Refused(LOCKED)
        if not reader.pages:
            raise Refused(DAMAGED)
        for number, generation in _numbers(reader):
            _check_object(reader.get_object(IndirectObject(number, generation, reader)))
    except Refused:
        raise
    except MemoryError:
        raise
    except (PyPdfError, Exception) as error:  # its parser fails in any way
        raise Refused(DAMAGED) from error


def _numbers(reader: PdfReader) -> Iterable[tuple[int, int]]:
    for generation, places in reader.xref.items():
        yield from ((number, generation) for number in places if number)
    yield from ((number, 0) for number in reader.xref_objStm)


def _check_object(thing: Any) -> None:
    """Look at one object and all that stands directly in it."""
    waiting = [thing]
    while waiting:
        each = waiting.pop()
        if isinstance(each, DictionaryObject):
            _check_dictionary(each)
            waiting.extend(each.values())
        elif isinstance(each, ArrayObject):
            waiting.extend(each)


def _check_dictionary(each: DictionaryObject) -> None:
    if str(each.get("/S", "")) in _RUNS or _HOLDS_SCRIPT & each.keys():
        raise Refused(SCRIPTS)
    if "/EmbeddedFiles" in each or str(each.get("/Type", "")) == "/EmbeddedFile":
        raise Refused(INSIDE)
