"""The loop from signing up to an answer that everybody reads, one form after another."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import html5lib

from kb.library.content import Kind
from kb.submissions import form
from tests.factories import make_council, make_user
from tests.services import filesamples
from tests.submissions.writing import CASE, TIP, know_terms

OWNER, COPIER, REVIEWER = "sian@fen.gov.uk", "dai@elm.gov.uk", "rhys@swap.example.org"
QUESTION, ANSWER = "Who empties the box?", "The caretaker does, on Fridays."
ROLES = ("owner", "copier", "reviewer", "visitor")


def set_the_scene(session):
    """Councils and a reviewer: all that the loop needs to begin."""
    know_terms(session)
    make_council(session, short_name="Fenbridge", website="https://www.fen.gov.uk")
    make_council(session, short_name="Elmhurst", website="https://www.elm.gov.uk")
    make_user(session, email=REVIEWER, is_reviewer=True)


class Person(Protocol):
    """Somebody with a browser; whoever tells the story brings four of them."""

    def get(self, path):
        """The text of a page."""

    def fields(self, path, action):
        """What this form of the page says when nothing is typed into it."""

    def send(self, action, fields, files=None):
        """Fails unless it was acknowledged."""


@dataclass(kw_only=True)
class Step:
    """One form that somebody sends, and where its words stand once it was taken in.

    `at` may be a function where the page is not known before. `form` is the form that
    stands on the page, where a button of it leads elsewhere.
    """

    by: Person
    page: str
    action: str
    typed: dict[str, object] = field(default_factory=dict)
    files: dict[str, tuple] | None = None
    form: str = ""
    reader: Person
    at: str | Callable[[], str]
    words: str

    def request(self):
        fields = self.by.fields(self.page, self.form or self.action)
        return self.action, fields | self.typed, self.files

    def is_seen(self):
        at = self.at if isinstance(self.at, str) else self.at()
        return self.words in self.reader.get(at)


class Story:
    """One telling of it; `say` makes what people type of what they would type.

    `answers` are put over what is said of the practice.
    """

    def __init__(self, people, database, *, kind=Kind.CASE_STUDY, say=str, answers=None):
        self.owner, self.copier, self.reviewer, self.visitor = (people[role] for role in ROLES)
        self._database, self.kind, self._say = database, kind, say
        whole = CASE if kind is Kind.CASE_STUDY else TIP
        self._answers = whole | (answers or {})

    def steps(self):
        yield from self._sign_up(self.owner, OWNER)
        yield from self._sign_up(self.copier, COPIER)
        yield from self.sign_in(self.reviewer, REVIEWER)
        yield from self._write()
        yield from self._add_files()
        yield self._send()
        yield from self._ask_for_a_change()
        yield self._send()
        yield self._publish()
        yield from self._copy()
        yield from self._ask()

    def _sign_up(self, person, email):
        yield Step(
            by=person,
            page="/sign-up",
            action="/sign-up",
            typed={"email": email, "name": self._say("Siân Evans")},
            reader=person,
            at=partial(self._link, email),
            words="Confirm the address",
        )
        yield Step(
            by=person,
            page=self._link(email),
            action="/sign-up/confirmation",
            reader=person,
            at="/account",
            words=email,
        )

    def sign_in(self, person, email):
        yield Step(
            by=person,
            page="/sign-in",
            form="/sign-in",
            action="/sign-in/link",
            typed={"email": email},
            reader=person,
            at=partial(self._link, email),
            words=email,
        )
        yield Step(
            by=person,
            page=self._link(email),
            action="/sign-in/arrival",
            reader=person,
            at="/account",
            words=email,
        )

    def _write(self):
        yield Step(
            by=self.owner,
            page=f"/share/new?kind={self.kind.value}",
            action="/share/drafts",
            reader=self.owner,
            at=lambda: self.draft,
            words="Check and send",
        )
        for page in form.pages(self.kind):
            answers = {each.name: self._answers.get(each.name, "") for each in page.questions}
            texts = [answer for answer in answers.values() if isinstance(answer, str)]
            yield self._answer(page.name, answers, max([*texts, "checked"], key=len))

    def _answer(self, name, answers, words):
        path = f"{self.draft}/questions/{name}"
        return Step(
            by=self.owner,
            page=path,
            action=path,
            typed=answers,
            reader=self.owner,
            at=path,
            words=words,
        )

    def _add_files(self):
        files = f"{self.draft}/files"
        yield Step(
            by=self.owner,
            page=files,
            action=files,
            files={"files": (self._say("Poster ŵ") + ".png", filesamples.png(), "image/png")},
            reader=self.owner,
            at=files,
            words=".png",
        )
        yield Step(
            by=self.owner,
            page=files,
            action=f"{files}/descriptions",
            typed={"alt-1": self._say("A poster with a box")},
            reader=self.owner,
            at=files,
            words="A poster with a box",
        )

    def _send(self):
        return Step(
            by=self.owner,
            page=f"{self.draft}/answers",
            action=f"{self.draft}/sending",
            typed={"agreed": "yes", "licensed": "yes"},
            reader=self.reviewer,
            at="/review",
            words=self._answers["title"],
        )

    def _ask_for_a_change(self):
        yield Step(
            by=self.reviewer,
            page=self.review,
            action=f"{self.review}/reviewer",
            reader=self.reviewer,
            at=self.review,
            words="With: you",
        )
        yield Step(
            by=self.reviewer,
            page=self.review,
            action=f"{self.review}/decisions",
            typed={
                "decision": "changes",
                f"request-{self.mended}": self._say("Where, please?"),
                "message": self._say("Nearly."),
            },
            reader=self.owner,
            at=self.draft,
            words="Changes asked",
        )
        page = form.page_with(self.kind, self.mended)
        answers = {q.name: self._answers[q.name] for q in self._questions(page)}
        better = self._say("At the library.")
        yield self._answer(page, answers | {self.mended: better}, better)

    def _publish(self):
        return Step(
            by=self.reviewer,
            page=self.review,
            action=f"{self.review}/decisions",
            typed={"decision": "publish", "message": self._say("Thank you.")},
            reader=self.visitor,
            at=lambda: self.page,
            words="At the library.",
        )

    def _copy(self):
        yield Step(
            by=self.copier,
            page="/copies/new?of=1",
            action="/copies",
            typed=self._plan("Print a flyer"),
            reader=self.visitor,
            at="/copies/1",
            words="Print a flyer",
        )
        yield Step(
            by=self.copier,
            page="/copies/1/edit",
            action="/copies/1",
            typed=self._plan("Print two flyers"),
            reader=self.visitor,
            at="/copies/1",
            words="Print two flyers",
        )
        yield Step(
            by=self.copier,
            page="/copies/1/reports/new",
            action="/copies/1/reports",
            typed=self._outcome(),
            reader=self.visitor,
            at="/copies/1",
            words="Nine more came.",
        )

    def _ask(self):
        asking, question = "/p/1/questions", "/questions/1"
        yield Step(
            by=self.copier,
            page=f"{asking}/new",
            action=asking,
            typed={"text": f"{self._say(QUESTION)} See https://example.org/box"},
            reader=self.owner,
            at=question,
            words=QUESTION,
        )
        yield Step(
            by=self.owner,
            page=question,
            action=f"{question}/answer",
            typed={"text": f"{self._say(ANSWER)} See https://example.org/key"},
            reader=self.copier,
            at=question,
            words=ANSWER,
        )
        for person, reader, at, words in (
            (self.owner, self.owner, question, "checked"),
            (self.copier, self.visitor, self.page, ANSWER),
        ):
            yield Step(
                by=person,
                page=question,
                action=f"{question}/consent",
                typed={"agrees": "yes"},
                reader=reader,
                at=at,
                words=words,
            )

    def _plan(self, flyer):
        return {
            "choice_0": "change",
            "text_0": self._say(flyer),
            "why_0": self._say("It is quick."),
            "choice_1": "drop",
            "why_1": self._say("No table."),
            "also": self._say(flyer),
            "first_step": self._say("Ring the printer."),
        }

    def _outcome(self):
        said = {"note": self._say("No time."), "what_happened": self._say("Nine more came.")}
        return {"status": "stopped", "hours": "6"} | said

    def _questions(self, page):
        return next(each for each in form.pages(self.kind) if each.name == page).questions

    @property
    def mended(self):
        """The question that the reviewer asks about."""
        return "results" if self.kind is Kind.CASE_STUDY else "watch_out"

    @property
    def page(self):
        """Where everybody reads it."""
        folder = "case-studies" if self.kind is Kind.CASE_STUDY else "tip-cards"
        return f"/{folder}/{self._one('SELECT slug FROM resource WHERE id = 1')}"

    @property
    def draft(self):
        return f"/share/{self._one('SELECT id FROM draft')}"

    @property
    def review(self):
        return self.draft.replace("/share/", "/review/")

    def _link(self, email):
        """The path of the link in the last letter to somebody."""
        text = self._one("SELECT text FROM letter WHERE to_address = ? ORDER BY id DESC", email)
        return re.search(r"http://[^/]+(/\S+code=[\w-]{43})", text)[1]

    def _one(self, sql, *values):
        with closing(sqlite3.connect(self._database)) as database:
            return database.execute(sql, values).fetchone()[0]


def form_of(text, action):
    """Everything that a form says when nothing is typed into it."""
    tree = html5lib.parse(text, namespaceHTMLElements=False)
    (form, *_) = [each for each in tree.iter("form") if each.get("action") == action]
    fields = {}
    for each in form.iter():
        name, kind = each.get("name"), each.get("type", "text")
        if each.tag not in {"input", "textarea", "select"} or not name:
            continue
        if each.tag == "textarea":
            fields[name] = each.text or ""
        elif each.tag == "select":
            chosen = each.findall(".//option[@selected]") or each.findall(".//option")[:1]
            fields[name] = chosen[0].get("value") if chosen else ""
        elif kind not in {"file", "radio", "checkbox"} or each.get("checked") is not None:
            fields[name] = each.get("value", "")
    return fields
