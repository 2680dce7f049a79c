"""The plain template: the questions as a text or a Word file, and a filled one read back."""

import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kb.errors import Invalid
from kb.files.types import QUOTED
from kb.library.content import Kind
from kb.submissions import amounts, form
from kb.submissions.form import Ask, Options, Question

ENOUGH = 20  # letters by which a part of a hint is known
LONGEST = 200_000  # characters of a text file that somebody sends
TITLES = {Kind.CASE_STUDY: "Share a full case", Kind.TIP_CARD: "Share something small"}
ADVICE = (
    "Write below each heading and keep the headings as they are: we read your answers back by "
    "them. Leave empty what you cannot say yet.",
    "Where there are boxes, put an x into those that apply: [x].",
)
BOX = "[ ]"
BEFORE = "Before the first heading"
NOTHING = "We found none of our questions in it. Fill in our template, and keep its headings."
UNREADABLE = "We could not read it as text. Send it as a Word file (.docx) or as plain text."
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
_UNDERLINE = re.compile(r"^(=+|-{3,})\s*$")
_BULLET = re.compile(r"^\s*(?:[-*+•‣◦–]|\d{1,2}[.)])\s+")
_TICK = re.compile(
    r"^\s*(?:[-*+•–]\s*)?(?:\\?\[\s*(?P<mark>[^\]\\]?)\s*\\?\]|(?P<sign>[☐☑☒✓✔✗✘])|(?P<x>[xX])\s)\s*(?P<text>.*)$"
)
_NUMBER = re.compile(r"^\s*\d{1,2}[.):]\s*")
_EMPTY_MARKS = {"", " ", "☐"}
Paragraph = tuple[int, str]  # the level of a heading, QUOTED or 0, and the words


@dataclass(frozen=True, kw_only=True)
class Filled:
    """What was read. `left` are headings with the text that we could not place below any."""

    kind: Kind
    answers: Mapping[str, object]
    left: tuple[tuple[str, str], ...] = ()


@dataclass
class _Part:
    heading: str
    lines: list[Paragraph] = field(default_factory=list)


def as_markdown(kind: Kind, terms: Options) -> str:
    lines = [f"# {TITLES[kind]}", ""]
    for sentence in ADVICE:
        lines += [f"> {sentence}", ""]
    for question, heading in _asked(kind):
        lines += [f"## {heading}", ""]
        lines += [f"> {hint}" for hint in _hints(question)] + [""] * bool(_hints(question))
        lines += _blanks(question, terms)
    return "\n".join(lines).rstrip() + "\n"


def as_docx(kind: Kind, terms: Options) -> bytes:
    import docx  # not above: 8 MB that few processes need

    document = docx.Document()
    document.core_properties.title = TITLES[kind]
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.add_heading(TITLES[kind], 0)
    for sentence in ADVICE:
        document.add_paragraph(sentence, style="Intense Quote")
    for question, heading in _asked(kind):
        document.add_heading(heading, 2)
        for hint in _hints(question):
            document.add_paragraph(hint, style="Quote")
        for line in _blanks(question, terms):
            document.add_paragraph(line.removeprefix("- ") if line else "")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def of_text(content: bytes) -> list[Paragraph]:
    """The paragraphs of a text file, by its Markdown headings. Raises Invalid for what is none."""
    lines = _decoded(content)[:LONGEST].splitlines()
    found: list[Paragraph] = []
    for line in lines:
        heading = _HEADING.match(line)
        is_line_below = _UNDERLINE.match(line) is not None and bool(found) and bool(found[-1][1])
        if heading:
            found.append((len(heading[1]), _unquoted(heading[2])))
        elif is_line_below and not found[-1][0]:
            found[-1] = (1, found[-1][1])
        elif line.startswith(">"):
            found.append((QUOTED, line[1:].strip()))
        else:
            found.append((0, line.rstrip()))
    return found


def of_word(paragraphs: Iterable[Paragraph]) -> list[Paragraph]:
    """The same of a Word file, whose paragraphs stand apart."""
    return [each for level, text in paragraphs for each in ((level, text), (0, ""))]


def read(paragraphs: Iterable[Paragraph], terms: Options) -> Filled:
    """The answers in a filled template, of whichever kind it has most questions of.

    Headings are known again whatever a word processor made of their quotation marks,
    dashes, numbers and levels. Raises Invalid where there is none that we know.
    """
    given = [
        (level, line)
        for level, text in paragraphs
        for line in ([text] if level > 0 else text.split("\n"))
    ]
    kind = _kind(given)
    headings = {_plain(heading): question for question, heading in _asked(kind)}
    ours = _our_words(kind)
    answers: dict[str, object] = {}
    left: list[tuple[str, str]] = []
    for part in _parts(given, {*headings, _plain(TITLES[kind])}):
        question = headings.get(_plain(part.heading))
        lines, repeated = _without_hints(part, ours, _hints(question) if question else [])
        if question is None or question.name in answers:
            text = "\n".join(lines).strip()
            if text or not _is_ours(part.heading, kind):
                left.append((part.heading, text))
            continue
        value, rest = _answer(question, lines, terms)
        if value:
            answers[question.name] = value
        if rest or repeated:
            left.append((part.heading, "\n".join(filter(None, [rest, *repeated]))))
    return Filled(kind=kind, answers=answers, left=tuple(left))


def _asked(kind: Kind) -> Iterator[tuple[Question, str]]:
    """Every question with the heading that it stands under."""
    for page in form.pages(kind):
        for question in page.questions:
            yield question, page.title if question.ask is Ask.STEPS else question.label


def _hints(question: Question) -> list[str]:
    if question.ask is Ask.STEPS:
        return ["One step on each line."]
    return [question.hint] if question.hint else []


def _blanks(question: Question, terms: Options) -> list[str]:
    if question.ask is Ask.STEPS:
        return ["1. ", "2. ", "3. ", ""]
    options = question.options(terms)
    marked = [
        f"- {'[x]' if value == question.before else BOX} {label}"
        for value, label in options.items()
    ]
    return [*marked, ""]


def _kind(given: list[Paragraph]) -> Kind:
    said = {_plain(text) for _, text in given}
    counts = {
        kind: len(said & {_plain(heading) for _, heading in _asked(kind)}) for kind in TITLES
    }
    named = next((kind for kind in TITLES if _plain(TITLES[kind]) in said), None)
    best = max(counts, key=lambda kind: (counts[kind], kind is named))
    if not counts[best]:
        raise Invalid({"paper": NOTHING})
    return best


def _parts(given: list[Paragraph], known: set[str]) -> list[_Part]:
    """Cut at headings, and at lines that are word for word a heading of ours."""
    parts = [_Part(BEFORE)]
    for level, text in given:
        if level > 0 or (text.strip() and _plain(text) in known):
            parts.append(_Part(" ".join(text.split())))
        else:
            parts[-1].lines.append((level, text))
    return parts


def _is_ours(heading: str, kind: Kind) -> bool:
    return heading == BEFORE or _plain(heading) == _plain(TITLES[kind])


def _our_words(kind: Kind) -> set[str]:
    """What stands in an empty template besides its headings and boxes."""
    hints = [hint for question, _ in _asked(kind) for hint in _hints(question)]
    return {_plain(text) for text in [*hints, *ADVICE]} - {""}


def _without_hints(part: _Part, ours: set[str], hints: list[str]) -> tuple[list[str], list[str]]:
    """What somebody wrote there, and what may as well be our hint as an answer that repeats it.

    A hint is quoted, as we write it. Where it stands so, all else is an answer; where none
    does, a program may have made plain text of it.
    """
    is_whole = any(level == QUOTED and _is_hint(text, ours) for level, text in part.lines)
    suspects = set() if is_whole else {_plain(hint) for hint in hints}
    advice = {_plain(sentence) for sentence in ADVICE}
    written: list[str] = []
    repeated: list[str] = []
    for level, text in part.lines:
        if (level == QUOTED and _is_hint(text, ours)) or _plain(text) in advice:
            continue
        (repeated if _is_hint(text, suspects) else written).append(text)
    return written, repeated


def _is_hint(line: str, ours: set[str]) -> bool:
    """Are these words of ours? Also where a program broke our lines anew."""
    said = _plain(line)
    return said in ours or (len(said) >= ENOUGH and any(said in each for each in ours))


def _answer(question: Question, lines: list[str], terms: Options) -> tuple[object, str]:
    """The answer, and what of the lines is none."""
    if question.ask in {Ask.ONE, Ask.SEVERAL}:
        return _chosen(question, lines, terms)
    if question.ask is Ask.STEPS:
        return _steps(lines), ""
    text = "\n".join(lines).strip()
    if question.ask is Ask.PROSE:
        return re.sub(r"\n{3,}", "\n\n", text), ""
    words = " ".join(text.split()).removeprefix("- ")
    if question.ask is Ask.ADDRESS:
        return amounts.web_address(words), ""
    return (words.removeprefix("£").strip() if question.ask is Ask.MONEY else words), ""


def _steps(lines: list[str]) -> list[str]:
    """One on each line; where they have numbers, a line without goes on with the one before."""
    is_numbered = any(map(_BULLET.match, lines))
    steps: list[str] = []
    is_open = False  # an empty line ends a step, unless what follows is indented
    for line in lines:
        text = _without_number(line)
        goes_on = is_open or line[:1].isspace()
        if text and is_numbered and steps and goes_on and not _BULLET.match(line):
            steps[-1] = f"{steps[-1]} {text}"
        elif text:
            steps.append(text)
        is_open = bool(text)
    return steps


def _chosen(question: Question, lines: list[str], terms: Options) -> tuple[object, str]:
    options = {_plain(label): value for value, label in question.options(terms).items()}
    chosen: list[str] = []
    rest: list[str] = []
    for line in filter(str.strip, lines):
        is_ticked, text = _ticked(line)
        value = options.get(_plain(text))
        if value is not None and is_ticked:
            chosen.append(value)
        elif value is None and (text or is_ticked):
            rest.append(line.strip())
    chosen = list(dict.fromkeys(chosen))
    if question.ask is Ask.SEVERAL:
        return chosen, "\n".join(rest)
    if len(chosen) > 1:
        labels = question.options(terms)
        return "", "\n".join([*(labels[value] for value in chosen), *rest])
    return (chosen[0] if chosen else ""), "\n".join(rest)


def _ticked(line: str) -> tuple[bool, str]:
    """Is this line chosen, and what does it say? A line without a box was typed, so it is."""
    found = _TICK.match(line)
    if found is None:
        return True, _BULLET.sub("", line)
    mark = found["mark"] if found["mark"] is not None else found["sign"] or found["x"]
    return (mark or "").strip() not in _EMPTY_MARKS, found["text"]


def _without_number(line: str) -> str:
    text = line.strip()
    if re.fullmatch(r"\d{1,2}[.)]?|[-*+•]", text):
        return ""
    return _BULLET.sub("", text).strip()


def _plain(text: str) -> str:
    """What makes two headings the same: their letters and figures, and nothing else."""
    words = unicodedata.normalize("NFKC", text).casefold().replace("(optional)", "")
    bare = _NUMBER.sub("", _unquoted(words))
    return "".join(c for c in bare if c.isalnum())


def _unquoted(text: str) -> str:
    """Without the marks by which Markdown makes words bold."""
    return text.strip().strip("*_").strip()


def _decoded(content: bytes) -> str:
    for encoding in (
        "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig",
        "cp1252",
    ):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Invalid({"paper": UNREADABLE})
