"""How far a draft is: what its task list says of each page."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kb.library.content import Attachment
from kb.submissions import composing, form
from kb.submissions.models import Draft, Upload

MINUTES_A_PAGE = 2


class Step(StrEnum):
    """How one page stands."""

    DONE = "Completed"
    NOW = "In progress"
    TODO = "Not started"
    OPTIONAL = "Optional"
    ASKED = "Changes asked"


@dataclass(frozen=True, kw_only=True)
class Task:
    page: form.Page
    step: Step

    @property
    def is_due(self) -> bool:
        return self.step not in {Step.DONE, Step.OPTIONAL}


@dataclass(frozen=True, kw_only=True)
class Progress:
    """`may_send` says that there is enough to look at what is missing for sending."""

    tasks: tuple[Task, ...]

    @property
    def done(self) -> int:
        return sum(task.step is Step.DONE for task in self.tasks)

    @property
    def minutes_left(self) -> int:
        return MINUTES_A_PAGE * sum(task.is_due for task in self.tasks)

    @property
    def may_send(self) -> bool:
        return not any(task.is_due for task in self.tasks if task.page.part == 1)

    @property
    def next_page(self) -> form.Page | None:
        """The first that still needs something."""
        return next((task.page for task in self.tasks if task.is_due), None)


def of(draft: Draft, terms: form.Options, *, asked: Mapping[str, str]) -> Progress:
    """`asked` are the questions of which a reviewer wants more."""
    return Progress(
        tasks=tuple(
            Task(page=page, step=_step(page, draft, terms, asked))
            for page in form.pages(draft.kind)
        )
    )


def of_files(sent: Collection[Upload], removed: Collection[Attachment]) -> Step:
    """How the page of files stands: a picture that nobody described keeps it open."""
    if any(composing.is_undescribed(upload) for upload in sent):
        return Step.NOW
    return Step.DONE if sent or removed else Step.OPTIONAL


def _step(page: form.Page, draft: Draft, terms: form.Options, asked: Mapping[str, str]) -> Step:
    if any(question.name in asked for question in page.questions):
        return Step.ASKED
    wrong = form.problems(page.questions, draft.answers, terms)
    answered = any(
        form.texts(draft.answers, question.name) not in ([], [question.before])
        for question in page.questions
    )
    if wrong:
        return Step.NOW if answered else Step.TODO
    is_needed = any(question.absent for question in page.questions)
    return Step.DONE if answered or is_needed else Step.OPTIONAL
