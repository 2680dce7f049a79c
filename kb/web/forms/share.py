"""The questions of a draft as fields, and what somebody typed into them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from kb.submissions import amounts, form
from kb.submissions.form import Ask, Page, Question

FEWEST_STEPS = 3
MOST_KEPT = 50
_LINE_ASKS = {Ask.LINE, Ask.EFFORT, Ask.MONEY, Ask.ADDRESS}


@dataclass(frozen=True, kw_only=True)
class Field:
    """A question with its answer, and what is to be said beside it.

    `error` is what is wrong, `asked` what a reviewer asked for; `is_filled` says that we
    filled it in and nobody has looked at it yet.
    """

    question: Question
    values: tuple[str, ...]
    options: tuple[tuple[str, str], ...] = ()
    error: str = ""
    asked: str = ""
    is_filled: bool = False

    @property
    def name(self) -> str:
        return self.question.name

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def first_id(self) -> str:
        """Where the error summary leads to."""
        return f"{self.name}-1" if self.options or self.question.ask is Ask.STEPS else self.name


def read(page: Page, posted: MultiDict[str, str]) -> dict[str, object]:
    """What was typed on this page, whole."""
    return {
        question.name: _list(question, posted)
        if question.is_list
        else _clean(posted.get(question.name, ""), question)
        for question in page.questions
    }


def fields(
    page: Page,
    answers: Mapping[str, object],
    terms: form.Options,
    *,
    errors: Mapping[str, str],
    asked: Mapping[str, str],
    filled: Iterable[str] = (),
    more_steps: int = 0,
) -> list[Field]:
    known = set(filled)
    return [
        Field(
            question=question,
            values=_values(question, answers, more_steps),
            options=tuple(question.options(terms).items()),
            error=errors.get(question.name, ""),
            asked=asked.get(question.name, ""),
            is_filled=question.name in known,
        )
        for question in page.questions
    ]


def _values(question: Question, answers: Mapping[str, object], more: int) -> tuple[str, ...]:
    if question.ask is Ask.STEPS:
        given = form.texts(answers, question.name)
        empty = max(FEWEST_STEPS, more) - len(given)
        return (*given, *[""] * min(empty, form.MOST_STEPS))
    if question.is_list:
        return tuple(form.texts(answers, question.name))
    value = answers.get(question.name, "")
    return (value,) if isinstance(value, str) else ()


def _list(question: Question, posted: MultiDict[str, str]) -> list[str]:
    given = (_clean(text, question) for text in posted.getlist(question.name))
    return [text for text in given if text][:MOST_KEPT]


def _clean(text: str, question: Question) -> str:
    """Without what no text holds; on one line where a line is asked for."""
    if question.ask in _LINE_ASKS:
        text = " ".join(text.split())
    if question.ask is Ask.ADDRESS:
        text = amounts.web_address(text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c == "\n" or c == "\t" or not _is_control(c)).strip()


def _is_control(c: str) -> bool:
    return ord(c) < 32 or ord(c) == 127 or 0xD800 <= ord(c) <= 0xDFFF
