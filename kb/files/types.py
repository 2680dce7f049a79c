"""The kinds of files that we take, and what is known of one before it has a row."""

from dataclasses import dataclass

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
PNG, JPEG, WEBP = "image/png", "image/jpeg", "image/webp"

MOST_BYTES = 20 * 1024 * 1024
WORDS = {
    PDF: "PDF",
    DOCX: "Word",
    PPTX: "PowerPoint",
    PNG: "PNG picture",
    JPEG: "JPEG picture",
    WEBP: "WebP picture",
}
ENDINGS = {PDF: ".pdf", DOCX: ".docx", PPTX: ".pptx", PNG: ".png", JPEG: ".jpg", WEBP: ".webp"}
WITH_TEXT = frozenset({PDF, DOCX, PPTX})

Passages = list[list[str]]  # each is [place, text], such as ["page 3, line 12", "..."]
QUOTED = -1  # the level of a paragraph in the style of a quotation


@dataclass(frozen=True, kw_only=True)
class Looked:
    """A file that was judged by its content, and is kept as it is given here."""

    media_type: str
    content: bytes
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A file that lies in the storage for certain, and has no row yet."""

    digest: str
    media_type: str
    size: int
    width: int | None = None
    height: int | None = None


def is_picture(media_type: str) -> bool:
    return media_type.startswith("image/")


def in_words(media_type: str, size: int) -> str:
    """Such as "Word, 24 KB"."""
    amount = f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{_kb(size)} KB"
    return f"{WORDS.get(media_type, 'File')}, {amount}"


def line_of(place: str, further: int) -> str:
    """The place so many lines further on."""
    part, _, number = place.rpartition(" ")
    return f"{part} {int(number) + further}" if number.isdigit() else place


def _kb(size: int) -> int:
    return max(1, round(size / 1024))
