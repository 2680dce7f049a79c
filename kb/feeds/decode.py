"""From the bytes of an answer to text that no parser can be hurt by."""

import codecs
import html.entities
import re

MAX_ATTRIBUTES = 200
MAX_AUTHOR = 500
MAX_DATE = 100
BAD_SHARE = 0.01

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: it begins alike
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WITHOUT_BOM = (
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00?", "utf-16-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
_MORE_THAN_DECLARED = {
    **dict.fromkeys(
        ("ascii", "us-ascii", "iso-8859-1", "iso8859-1", "latin-1", "latin1"), "cp1252"
    ),
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "iso-8859-9": "cp1254",
}
# UTF-7 can hide markup; the others are no encodings of documents.
_NEVER = {
    "utf-7",
    "utf-8",
    "idna",
    "punycode",
    "unicode-escape",
    "raw-unicode-escape",
    "undefined",
}

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_DECLARATION = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
_ASCII_NOT_TEXT = bytes(n for n in range(128) if _NOT_TEXT.match(chr(n)))
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
_BAD_BYTE = re.compile("[\udc80-\udcff]")
_BAD = re.compile("[\udcc2-\udcf4][\udc80-\udcbf]+|[\udc80-\udcff]")
_NUMERIC = re.compile(r"&#(?:[xX]([0-9a-fA-F]*)|([0-9]*));?")
_AMPERSAND = re.compile(
    r"<!\[CDATA\[[^\]]*+(?:\](?!\]>)[^\]]*+)*+"
    r"|&(?!(?:amp|lt|gt|quot|apos);|#(?:\d|[xX][\da-fA-F]))([A-Za-z][A-Za-z0-9]{1,31};)?"
)
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*>|>)", re.DOTALL | re.IGNORECASE)
_ENTITY = re.compile(r"<!ENTITY[^<>]*>?", re.IGNORECASE)
_FIRST_TAG = re.compile(r"<[A-Za-z]")
_BEFORE_TEXT = re.compile(r"(?:\s|<\?[^>]*>|<!--.*?-->)*+", re.DOTALL)
_CROWDED = re.compile(
    r"<[A-Za-z][^\s<>/]*+"
    r"(?:[\s/]*+[^\s<>/=\"']++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s<>\"']++))?+){201,}+"
    r"[^<>]*+"
)
_ATTRIBUTE = re.compile(
    r"[\s/]*+[^\s<>/=\"']++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s<>\"']++))?+"
)
_LIMITED = re.compile(
    r"<((?:[\w.-]{1,40}+:)?(?:(author|creator|name|email|contributor|managingEditor|webMaster"
    r"|publisher|owner)|pubDate|date|updated|published|modified|issued|created|lastBuildDate"
    r"|expirationDate|available|valid))(?:\s[^<>]*)?(?<!/)>",
    re.IGNORECASE,
)
_TAG = re.compile(r"<!\[CDATA\[|\]\]>|<[^<>]*>?|>")


def decode(content: bytes, content_type: str) -> str:
    """Make text of it: a byte order mark, else valid UTF-8, else UTF-8 with some bad bytes
    mended, else what is declared, else windows-1252.

    No character or reference in it is illegal, no DOCTYPE and no entity of its own is left,
    and neither a crowded tag nor a boundless author or date.
    """
    text = _legal_only(_characters(content, content_type))
    start = text.lstrip("\ufeff \t\r\n")[:1]
    return text.lstrip("\ufeff") if start in {"{", "["} else _harmless(text.lstrip("\ufeff"))


def _characters(content: bytes, content_type: str) -> str:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    try:
        return _sniffed(content) or content.decode("utf-8")
    except UnicodeDecodeError:
        declared = _declared(content, content_type)
        mended = _mended(content, has_other=bool(declared))
        return mended or _as_declared(content, declared)


def _legal_only(text: str) -> str:
    if text.isascii():  # the same, in a tenth of the time
        return text.encode("ascii").translate(None, _ASCII_NOT_TEXT).decode("ascii")
    return _NOT_TEXT.sub("", text)


def _sniffed(content: bytes) -> str:
    for start, encoding in _WITHOUT_BOM:
        if content.startswith(start):
            return content.decode(encoding, "replace")
    return ""


def _declared(content: bytes, content_type: str) -> list[str]:
    """The encodings that the server and the document name, and that are not UTF-8."""
    found = [m.group(1) for m in (_CHARSET.search(content_type),) if m]
    found += [m.group(1).decode("ascii", "ignore") for m in (_DECLARATION.search(content),) if m]
    return [name for name in map(_codec, found) if name]


def _codec(name: str) -> str:
    name = name.lower()
    try:
        known = codecs.lookup(_MORE_THAN_DECLARED.get(name, name)).name
    except LookupError:
        return ""
    return "" if known.replace("_", "-") in _NEVER else known


def _mended(content: bytes, *, has_other: bool) -> str:
    """Decode UTF-8 in which few bytes are bad; "" where it looks like something else.

    Where the document names another encoding, good UTF-8 must outnumber the bad.
    """
    text = content.decode("utf-8", "surrogateescape")
    bad = len(_BAD_BYTE.findall(text))
    if bad > len(content) * BAD_SHARE:
        return ""
    good = len(_BEYOND_ASCII.findall(text)) - bad
    return "" if has_other and good < bad else _BAD.sub(_mend, text)


def _mend(match: re.Match[str]) -> str:
    """What windows-1252 means by a stray byte; half a character is lost."""
    piece = match[0].encode("utf-8", "surrogateescape")
    if len(piece) > 1 or piece in b"\xfe\xff":
        return "\ufffd"
    return piece.decode("cp1252", "replace")


def _as_declared(content: bytes, declared: list[str]) -> str:
    for encoding in declared:
        try:
            return content.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    return content.decode("cp1252", "replace")


def _harmless(text: str) -> str:
    text = _without_doctype(text)
    if "&" in text:
        text = _NUMERIC.sub(_legal, text)
        text = _AMPERSAND.sub(_character, text)
    text = _CROWDED.sub(_uncrowded, text)
    return _limited(text)


def _without_doctype(text: str) -> str:
    """Drop what stands before the first tag, but for the XML declaration and comments."""
    begin = _BEFORE_TEXT.match(text)
    start = begin.end() if begin else 0
    if not text.startswith("<!", start):
        return text
    rest = _DOCTYPE.sub("", text[start:], count=1)
    if rest[:9].upper() == "<!DOCTYPE":  # never closed
        rest = rest[9:]
    first = _FIRST_TAG.search(rest)
    end = first.start() if first else len(rest)
    return text[:start] + _ENTITY.sub("", rest[:end]) + rest[end:]


def _legal(match: re.Match[str]) -> str:
    digits, base = (match[1], 16) if match[1] is not None else (match[2], 10)
    digits = digits.lstrip("0")
    if not digits or len(digits) > 7:
        return ""
    code = int(digits, base)
    if code > 0x10FFFF or _NOT_TEXT.match(chr(code)):
        return ""
    return match[0]


def _character(match: re.Match[str]) -> str:
    """What XML, which knows only five names, has to be told outside CDATA."""
    if match[0][0] == "<":
        return match[0]
    known = html.entities.html5.get(match[1] or "", "")
    return f"&amp;{match[1] or ''}" if not known or known in "<>&\"'" else known


def _uncrowded(match: re.Match[str]) -> str:
    tag = match[0]
    name = re.match(r"<[A-Za-z][^\s<>/]*", tag)
    end = name.end() if name else 0
    for _ in range(MAX_ATTRIBUTES):
        attribute = _ATTRIBUTE.match(tag, end)
        end = attribute.end() if attribute else end
    return f"{tag[:end]}/" if tag.endswith("/") else tag[:end]


def _limited(text: str) -> str:
    """Cut authors and dates that have no end, before a parser's patterns meet them."""
    pieces, done = [], 0
    unclosed: set[str] = set()
    for match in _LIMITED.finditer(text):
        start, limit = match.end(), 4 * MAX_AUTHOR if match[2] else MAX_DATE
        close = f"</{match[1]}"
        if start < done or text.find(close, start, start + limit + len(close)) >= 0:
            continue
        end = -1 if close in unclosed else text.find(close, start)
        if end < 0:
            unclosed.add(close)
            continue
        words = _TAG.sub("", text[start : start + 2 * limit])[: MAX_AUTHOR if match[2] else 0]
        pieces += [text[done:start], words.rpartition("&")[0] or words]
        done = end
    return "".join(pieces) + text[done:] if pieces else text
