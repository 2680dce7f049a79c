"""What a draft is looked at for before it is sent: pure functions over the answers."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kb.library.content import Kind
from kb.library.models import Visibility
from kb.submissions import amounts, form, personal, plain

LINKS = "_links"  # under this name the answers keep which links were asked, and what came of it
MOST_LINKS = 10
BEFORE_ELECTIONS = timedelta(weeks=6)
_URL = re.compile(r"https?://[^\s<>()\[\]\"'“”]+", re.IGNORECASE)
_CLAIM = re.compile(
    r"\d\s*%|\bper ?cent\b|\b(?:in|de)creas\w+|\bdoubl\w+|\btripl\w+|\bhalved\b|\bfewer\b"
    r"|\b(?:rose|fell|grew|dropped|went up|went down|up from|down from)\b|\bmore \w+ than\b"
    r"|\bimproved\b|\bsaved (?:us )?£?\d",
    re.IGNORECASE,
)
_WEAK = {"", "0"}
_JOINED = re.compile(r"(?<=[^\W\d])[-_.]+(?=[^\W\d])")  # as words are in the name of a file
SHOWN = 3  # of what was found in one place
IN_FILES = "No file names anybody without asking"
IF_AGREED = "Keep it only if the person agreed to it."


class Mark(StrEnum):
    """`NOTE` is to be known and needs nothing."""

    OK = "ok"
    FIX = "fix"
    OPTIONAL = "opt"
    NOTE = "note"


@dataclass(frozen=True, kw_only=True)
class File:
    """What the checks know of a file; `passages` are its text, each with its place.

    `is_undescribed` is a picture without alt text, `is_waiting` a file that we have not read
    yet, and `is_closed` one in which we cannot read anything.
    """

    name: str
    alt: str = ""
    passages: Sequence[Sequence[str]] = ()
    is_picture: bool = False
    is_undescribed: bool = False
    is_waiting: bool = False
    is_closed: bool = False


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at. `question` is where to fix it, "" where there is nothing."""

    check: str
    mark: Mark
    heading: str
    sentence: str
    question: str = ""
    fix: str = ""


@dataclass(frozen=True, kw_only=True)
class Looked:
    """Everything that the checks look at; `names` are those of the draft's own council."""

    kind: Kind
    answers: Mapping[str, object]
    files: Sequence[File]
    council_names: Collection[str]
    today: date


def run(looked: Looked) -> list[Finding]:
    """What was found, in the order in which people read it."""
    return [finding for check in _CHECKS[looked.kind] for finding in check(looked)]


def flags(findings: Iterable[Finding]) -> list[str]:
    """What a reviewer should look at first."""
    return [f"{f.heading}: {f.sentence}" for f in findings if f.mark is Mark.FIX]


def of_files(files: Sequence[File]) -> list[Finding]:
    """Who is named in them, and which of them nobody could look into."""
    return [*_named_in(files), *_unread(files)]


def needing(findings: Iterable[Finding]) -> int:
    return sum(finding.mark is Mark.FIX for finding in findings)


def links(kind: Kind, answers: Mapping[str, object]) -> list[str]:
    """The web addresses in the text, each once, as many as we ask."""
    found = [
        url.rstrip(".,;:!?…") for _, text in _texts(kind, answers) for url in _URL.findall(text)
    ]
    return list(dict.fromkeys(found))[:MOST_LINKS]


def is_before_elections(today: date) -> bool:
    """Are these the six weeks before the first Thursday of May?"""
    may = date(today.year, 5, 1)
    polling = may + timedelta(days=(3 - may.weekday()) % 7)
    return polling - BEFORE_ELECTIONS <= today <= polling


def _sentence(looked: Looked) -> list[Finding]:
    name = "summary" if looked.kind is Kind.CASE_STUDY else "title"
    count = len(form.text(looked.answers, name).split())
    heading = "Says what you did in one sentence"
    if not count:
        return [_fix("sentence", heading, "You left this blank.", name, "Say what you did")]
    return [_ok("sentence", heading, f"{_counted(count, 'word')}. Good.")]


def _steps(looked: Looked) -> list[Finding]:
    steps = form.texts(looked.answers, "steps")
    heading = "Somebody else could follow the steps"
    if len(steps) < 2:
        said = "There is only one step." if steps else "There are no steps yet."
        return [_fix("steps", heading, said, "steps", "Say what to do, step by step")]
    return [_ok("steps", heading, f"{len(steps)} steps.")]


def _went_wrong(looked: Looked) -> list[Finding]:
    name = "went_wrong" if looked.kind is Kind.CASE_STUDY else "watch_out"
    heading = "Says what went wrong"
    if not form.text(looked.answers, name):
        said = "You left this blank. It is the part people read first."
        return [_fix("wrong", heading, said, name, "Say what went wrong, or nearly did")]
    return [_ok("wrong", heading, "Thank you. It is the part people read first.")]


def _unattributed(looked: Looked) -> list[Finding]:
    told = form.text(looked.answers, "went_wrong")
    if form.text(looked.answers, "visibility") != Visibility.UNATTRIBUTED or not told:
        return []
    heading = "Nobody can tell that it was you"
    words = told.casefold()
    named = [name for name in looked.council_names if name and name.casefold() in words]
    if named:
        said = f"What went wrong names “{named[0]}”, although it is to be told without a name."
        return [_fix("unattributed", heading, said, "went_wrong", "Take the name out")]
    return [_ok("unattributed", heading, "What went wrong does not name your council.")]


def _cost(looked: Looked) -> list[Finding]:
    heading = "Gives the cost, even if it is £0"
    money = form.text(looked.answers, "money")
    if not money:
        return [_fix("cost", heading, "You left this blank.", "money", "Say what it cost")]
    return [_ok("cost", heading, f"{amounts.money_in_words(money)}.")]


def _alt(looked: Looked) -> list[Finding]:
    bare = [file.name for file in looked.files if file.is_undescribed]
    heading = "Pictures have alt text"
    if bare:
        said = f"“{bare[0]}” has none."
        if len(bare) > 1:
            said = f"{len(bare)} pictures have none."
        return [_fix("alt", heading, said, form.FILES, "Describe the picture")]
    return [_ok("alt", heading, "Nothing to describe.")]


def _persons(looked: Looked) -> list[Finding]:
    """In the answers, and in the files as far as anybody could look into them."""
    in_words, in_files = _named_in_words(looked), _named_in(looked.files)
    unread = _unread(looked.files)
    if in_words or in_files:
        return [*in_words, *in_files, *unread]
    where = " in what you wrote" if unread else ""
    said = f"We found no names of people, phone numbers, email addresses or postcodes{where}."
    if any(file.is_picture for file in looked.files):
        said = f"{said} We cannot see who is in a picture, so look for yourself."
    return [_ok("personal", "Nobody is named without asking", said), *unread]


def _named_in_words(looked: Looked) -> list[Finding]:
    heading = "Nobody is named without asking"
    for name, text in _texts(looked.kind, looked.answers):
        found = personal.find(text)
        if found:
            what = ", ".join(f"“{each}”" for each in found[:SHOWN])
            said = f"We found {what}. {IF_AGREED}"
            return [
                _fix("personal", heading, said, name, "Take it out, or check that they agreed")
            ]
    return []


def _named_in(files: Sequence[File]) -> list[Finding]:
    """Every file that may name somebody: one that may stay must not hide another."""
    said = [sentence for file in files if (sentence := _who_is_in(file))]
    if not said:
        return []
    fix = "Take the file out, or check that they agreed"
    return [_fix("personal-files", IN_FILES, " ".join([*said, IF_AGREED]), form.FILES, fix)]


def _who_is_in(file: File) -> str:
    stem = _JOINED.sub(" ", file.name.rpartition(".")[0])
    places = (("its name", stem), ("its description", file.alt), *file.passages)
    first: dict[str, str] = {}
    for place, text in places:
        for each in personal.find(text):
            first.setdefault(each, place)
    shown = [f"“{each}” ({place})" for each, place in [*first.items()][:SHOWN]]
    more = f" and {len(first) - SHOWN} more" if len(first) > SHOWN else ""
    return f"In “{file.name}” we found {', '.join(shown)}{more}." if shown else ""


def _unread(files: Sequence[File]) -> list[Finding]:
    waiting = [f"We have not read “{file.name}” yet." for file in files if file.is_waiting]
    closed = [f"We can read no text in “{file.name}”." for file in files if file.is_closed]
    if not waiting and not closed:
        return []
    heading = "Look into the files yourself"
    said = " ".join([*waiting, *closed, "We cannot say whether anybody is named there."])
    return [Finding(check="unread", mark=Mark.NOTE, heading=heading, sentence=said)]


def _plain(looked: Looked) -> list[Finding]:
    heading = "Is in plain English"
    if form.text(looked.answers, "lang") == "cy":
        return []
    for name, text in _texts(looked.kind, looked.answers):
        said = plain.complaint(text)
        if said:
            return [_fix("plain", heading, said, name, "Say it more simply")]
    return [_ok("plain", heading, "Short sentences, no jargon that we know of.")]


def _length(looked: Looked) -> list[Finding]:
    if looked.kind is not Kind.CASE_STUDY:
        return []
    heading = "Can be read in five minutes"
    parts = [(len(text.split()), name) for name, text in _texts(looked.kind, looked.answers)]
    total = sum(count for count, _ in parts)
    if total > plain.MOST_WORDS:
        longest = max(parts)[1]
        said = f"It has {total:,} words. {plain.MOST_WORDS:,} is about what people read."
        return [_fix("length", heading, said, longest, "Shorten the longest part")]
    return [_ok("length", heading, f"{_counted(total, 'word')}.")]


def _claims(looked: Looked) -> list[Finding]:
    level = form.text(looked.answers, "evidence")
    claim = _CLAIM.search(form.text(looked.answers, "results"))
    heading = "Says no more than the evidence does"
    if claim and level in _WEAK:
        said = f"What happened says “{claim[0]}”, but the evidence is given as the weakest."
        return [_fix("claims", heading, said, "evidence", "Say what you have to show for it")]
    return [_ok("claims", heading, "The results and the evidence fit together.")]


def _links(looked: Looked) -> list[Finding]:
    """Tells what came of asking them, if somebody has."""
    heading = "Links answer"
    asked = looked.answers.get(LINKS)
    known = asked if isinstance(asked, Mapping) else {}
    present = links(looked.kind, looked.answers)
    broken = [url for url in present if known.get(url)]
    if broken:
        name = _where(looked, broken[0])
        said = f"{broken[0]} does not answer. {known[broken[0]]}"
        return [_fix("links", heading, said, name, "Check the link")]
    if any(url not in known for url in present):
        said = f"{_counted(len(present), 'link')}, not asked yet."
        return [Finding(check="links", mark=Mark.OPTIONAL, heading=heading, sentence=said)]
    said = "Each of them answered." if present else "There are none."
    return [_ok("links", heading, said)]


def _take_away(looked: Looked) -> list[Finding]:
    heading = "Has something to take away (optional)"
    if looked.files:
        return [_ok("files", heading, f"{_counted(len(looked.files), 'file')}.")]
    said = "It is quicker to copy something when there is a file to start from."
    return [
        Finding(
            check="files",
            mark=Mark.OPTIONAL,
            heading=heading,
            sentence=said,
            question=form.FILES,
            fix="Add a file",
        )
    ]


def _elections(looked: Looked) -> list[Finding]:
    if not is_before_elections(looked.today):
        return []
    said = (
        "The first Thursday of May is less than six weeks away. Where there are elections on "
        "that day, councils take particular care over what they publish before it. Ask your "
        "monitoring officer if you are not sure whether this can wait."
    )
    return [
        Finding(
            check="elections",
            mark=Mark.NOTE,
            heading="Think of the pre-election period",
            sentence=said,
        )
    ]


Check = Callable[[Looked], list[Finding]]
_CHECKS: Mapping[Kind, tuple[Check, ...]] = {
    Kind.CASE_STUDY: (
        *(_sentence, _steps, _went_wrong, _unattributed, _cost, _claims),
        *(_persons, _plain, _length, _links, _alt, _take_away, _elections),
    ),
    Kind.TIP_CARD: (*(_sentence, _went_wrong, _cost, _persons, _plain, _links, _alt, _elections),),
    Kind.TRAINING: (),
}


def _texts(kind: Kind, answers: Mapping[str, object]) -> list[tuple[str, str]]:
    """Everything that somebody wrote in words, by question."""
    written = {form.Ask.LINE, form.Ask.PROSE, form.Ask.STEPS, form.Ask.ADDRESS}
    return [
        (question.name, "\n".join(form.texts(answers, question.name)))
        for question in form.questions(kind)
        if question.ask in written and form.is_answered(question, answers)
    ]


def _where(looked: Looked, url: str) -> str:
    found = [name for name, text in _texts(looked.kind, looked.answers) if url in text]
    return found[0] if found else "title"


def _ok(check: str, heading: str, sentence: str) -> Finding:
    return Finding(check=check, mark=Mark.OK, heading=heading, sentence=sentence)


def _fix(check: str, heading: str, sentence: str, question: str, fix: str) -> Finding:
    return Finding(
        check=check,
        mark=Mark.FIX,
        heading=heading,
        sentence=sentence,
        question=question,
        fix=fix,
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
