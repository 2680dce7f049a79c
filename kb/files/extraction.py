"""The text of a file, with the place where each part of it stands."""

import io
import time
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import docx
import mammoth
from docx.document import Document
from docx.oxml.ns import qn
from pptx import Presentation
from pypdf import PdfReader

from kb.files.types import DOCX, PDF, PPTX, QUOTED, Passages

MOST_LETTERS = 100_000
MOST_PAGES = 1_000
LINES_TOGETHER = 5
LETTERS_TOGETHER = 400
ENOUGH_S = 15.0  # of computing; what was read until then is kept
Line = tuple[str, int, str]  # the part, such as "page 3, line", the number in it, the words


def passages(content: bytes, media_type: str) -> Passages:
    """A few lines each, with the place of the first, such as "page 3, line 12".

    At most 100,000 characters, and what can be read in 15 seconds of computing.
    """
    lines = _READERS[media_type](content)
    return list(_grouped(_bounded(lines)))


def paragraphs(content: bytes) -> list[list[object]]:
    """Every paragraph of a Word file as [level, text].

    The level is that of a heading, QUOTED in a style for quotations, else 0. Those that
    Word itself numbers or marks as a list begin with "- ".
    """
    document = docx.Document(io.BytesIO(content))
    found = []
    letters = 0
    for element in document.element.body.iter(qn("w:p")):
        text = "".join(_run_texts(element)).strip()
        letters += len(text)
        if letters > MOST_LETTERS:
            break
        if text:
            level = _level(document, element)
            is_listed = level == 0 and element.find(_NUMBERED) is not None
            found.append([level, f"- {text}" if is_listed else text])
    return found


def _of_pdf(content: bytes) -> Iterator[Line]:
    pages = PdfReader(io.BytesIO(content), strict=False).pages
    for number in range(min(len(pages), MOST_PAGES)):
        try:
            text = pages[number].extract_text()
        except (MemoryError, RecursionError):
            raise
        except Exception:  # noqa: S112 - one broken page costs that page
            continue
        yield from _numbered(f"page {number + 1}, line", text.splitlines())


def _of_docx(content: bytes) -> Iterator[Line]:
    """A Word file has no pages until it is printed, so its paragraphs are counted."""
    text = mammoth.extract_raw_text(io.BytesIO(content)).value
    yield from _numbered("paragraph", text.split("\n\n"))


def _of_pptx(content: bytes) -> Iterator[Line]:
    slides = Presentation(io.BytesIO(content)).slides
    for number, slide in enumerate(slides, 1):
        lines = [line for shape in slide.shapes for line in _shape_lines(shape)]
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            lines += slide.notes_slide.notes_text_frame.text.splitlines()
        yield from _numbered(f"slide {number}, line", lines)


def _shape_lines(shape: Any) -> Iterator[str]:
    if shape.has_text_frame:
        yield from shape.text_frame.text.splitlines()
    if getattr(shape, "has_table", False) and shape.has_table:
        for row in shape.table.rows:
            yield " ".join(cell.text for cell in row.cells)
    for inner in getattr(shape, "shapes", ()):
        yield from _shape_lines(inner)


def _numbered(part: str, lines: Iterable[str]) -> Iterator[Line]:
    """Lines that say something, counted as a reader counts them."""
    number = 0
    for line in lines:
        words = " ".join(line.split())
        if words:
            number += 1
            yield part, number, words


def _bounded(lines: Iterable[Line]) -> Iterator[Line]:
    letters = 0
    until = time.process_time() + ENOUGH_S
    for part, number, words in lines:
        kept = words[: MOST_LETTERS - letters].encode("utf-8", "replace").decode()
        kept = kept.replace("\x00", "")
        letters += len(kept)
        if kept:
            yield part, number, kept
        if letters >= MOST_LETTERS or time.process_time() > until:
            return


def _grouped(lines: Iterable[Line]) -> Iterator[list[str]]:
    for part, inside in groupby(lines, key=lambda line: line[0]):
        first, words = 0, list[str]()
        for _, number, text in inside:
            if words and _is_full(words, text):
                yield [f"{part} {first}", "\n".join(words)]
                words = []
            first = first if words else number
            words.append(text)
        yield [f"{part} {first}", "\n".join(words)]


def _is_full(words: list[str], text: str) -> bool:
    return len(words) == LINES_TOGETHER or sum(map(len, words)) + len(text) > LETTERS_TOGETHER


def _run_texts(paragraph: Any) -> Iterator[str]:
    """What is written in it, but not in paragraphs that lie inside, such as of a text box."""
    for element in paragraph.iter(qn("w:t"), qn("w:br"), qn("w:tab")):
        if next(element.iterancestors(qn("w:p"))) is paragraph:
            yield element.text or "" if element.tag == qn("w:t") else _BREAKS[element.tag]


def _level(document: Document, paragraph: Any) -> int:
    style = paragraph.style
    names = {each.style_id: each.name or "" for each in document.styles} if style else {}
    name = names.get(style, style or "").lower().replace(" ", "")
    if name == "title":
        return 1
    if name in _QUOTATIONS:
        return QUOTED
    number = name.removeprefix("heading")
    return int(number) if name.startswith("heading") and number.isdigit() else 0


_NUMBERED = f"{qn('w:pPr')}/{qn('w:numPr')}"
_QUOTATIONS = {"quote", "intensequote", "quotations"}  # the last is LibreOffice's
_BREAKS = {qn("w:br"): "\n", qn("w:tab"): " "}
_READERS = {PDF: _of_pdf, DOCX: _of_docx, PPTX: _of_pptx}
