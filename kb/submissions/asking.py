"""What a question is, and what is wrong with an answer to it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kb.submissions import amounts

Answers = Mapping[str, object]
Options = Mapping[str, Mapping[str, str]]

MOST_STEPS = 20
MOST_CHOICES = 20
LONGEST_STEP = 500
LONGEST_LINE = 300
LONGEST_PASSAGE = 1_000
LONGEST_PROSE = 10_000  # two of these fit into one request
TOO_LONG = "Use {longest:,} characters or fewer. You have {over:,} too many."


class Ask(StrEnum):
    """How an answer is given."""

    LINE = "line"
    PROSE = "prose"
    ONE = "one"
    SEVERAL = "several"
    STEPS = "steps"
    EFFORT = "effort"
    MONEY = "money"
    ADDRESS = "address"


@dataclass(frozen=True, kw_only=True)
class Question:
    """One thing that is asked for.

    `absent` is what we say when there is no answer, "" where none is needed. Its choices are
    the terms of `facet` or, without one, `choices`. `before` is what stands there unless
    something else was chosen.
    """

    name: str
    label: str
    ask: Ask = Ask.LINE
    hint: str = ""
    absent: str = ""
    longest: int = LONGEST_LINE
    facet: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    before: str = ""

    @property
    def is_list(self) -> bool:
        return self.ask in {Ask.SEVERAL, Ask.STEPS}

    def options(self, terms: Options) -> dict[str, str]:
        return dict(terms.get(self.facet, {})) if self.facet else dict(self.choices)


@dataclass(frozen=True, kw_only=True)
class Page:
    """One step. `task` is what the list calls it, `title` asks it, `part` counts from 1."""

    name: str
    part: int
    task: str
    title: str
    questions: tuple[Question, ...]
    intro: str = ""
    example: tuple[tuple[str, str], ...] = ()


def text(answers: Answers, name: str) -> str:
    value = answers.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def texts(answers: Answers, name: str) -> list[str]:
    value = answers.get(name, ())
    if isinstance(value, str) or not isinstance(value, Sequence):
        return [value.strip()] if isinstance(value, str) and value.strip() else []
    return [each.strip() for each in value if isinstance(each, str) and each.strip()]


def is_answered(question: Question, answers: Answers) -> bool:
    return bool(texts(answers, question.name))


def problems(asked: Iterable[Question], answers: Answers, terms: Options) -> dict[str, str]:
    """A sentence for each answer that is absent and needed, or wrong."""
    found = {question.name: problem(question, answers, terms) for question in asked}
    return {name: sentence for name, sentence in found.items() if sentence}


def problem(question: Question, answers: Answers, terms: Options) -> str:
    """What is wrong with the answer; "" where nothing is."""
    given = texts(answers, question.name)
    if not given:
        return question.absent
    if question.ask in {Ask.ONE, Ask.SEVERAL}:
        return _wrong_choice(question, given, terms)
    longest = max(len(each) for each in given)
    if longest > question.longest:
        return TOO_LONG.format(longest=question.longest, over=longest - question.longest)
    if question.ask is Ask.STEPS and len(given) > MOST_STEPS:
        return f"Use {MOST_STEPS} steps or fewer"
    return _wrong_form(question, given[0])


def _wrong_choice(question: Question, given: list[str], terms: Options) -> str:
    options = question.options(terms)
    if any(each not in options for each in given):
        return "Choose from the list"
    if len(given) > MOST_CHOICES:
        return f"Choose {MOST_CHOICES} or fewer"
    if question.name == "signoff" and "none" in given and len(given) > 1:
        return "Select whose agreement you needed, or “None needed”, but not both"
    return ""


def _wrong_form(question: Question, given: str) -> str:
    if question.ask is Ask.EFFORT and amounts.minutes(given) is None:
        return "Enter a time, like 45 minutes, 2-3 hours or half a day"
    if question.ask is Ask.MONEY and amounts.pounds(given) is None:
        return "Cost must be a number, like 0 or 250"
    if question.ask is Ask.ADDRESS and not amounts.is_web_address(given):
        return "Enter a web address, like https://www.example.org/report"
    if question.ask not in {Ask.PROSE, Ask.STEPS} and "\n" in given:
        return "Use one line"
    if question.name == "years" and not amounts.years(given):
        return "Give the year, such as 2025"
    return ""
