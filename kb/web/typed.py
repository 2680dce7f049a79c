"""What somebody typed, to be shown to them where we could not take it: nothing is lost."""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from flask import current_app, request, url_for
from flask_wtf import FlaskForm  # type: ignore[import-untyped]
from werkzeug.exceptions import HTTPException
from wtforms.fields.core import UnboundField

from kb.library.content import Kind
from kb.submissions import form as questions
from kb.web.own_paths import own_path

MOST_FIELDS = 200  # no form of ours has more
SHORT = 60
ROW = 80
MOST_ROWS = 12
SECRETS = {"present", "code", "seal", "room", "key"}
SECRET_WORDS = ("password", "token", "secret")
NOT_TYPED = {
    *("do", "back", "next", "of", "from", "change", "lead", "copy", "number", "kind", "with"),
    *("version", "source_version", "draft_version", "live_version", "round", "idea", "block"),
    *("resource", "other", "send", "did", "listed", "found", "feed", "searched", "referrer"),
}
BESIDE = {"request-": "What should change", "edit-": "Edit the words"}
NUMBERED = {
    "choice": "Your choice for step {}",
    "text": "What you do instead of step {}",
    "why": "Why, for step {}",
}
_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_OURS = {"same-origin", "none"}


@dataclass(frozen=True, kw_only=True)
class Field:
    """One value of a form. Whoever typed none of it need not see it."""

    name: str
    label: str
    value: str
    is_shown: bool

    @property
    def is_long(self) -> bool:
        return len(self.value) > SHORT or "\n" in self.value

    @property
    def rows(self) -> int:
        lines = sum(1 + len(line) // ROW for line in self.value.split("\n"))
        return min(max(lines, 2), MOST_ROWS)


@dataclass(frozen=True, kw_only=True)
class Typed:
    """A form as it came, without what nobody may read over a shoulder.

    `is_whole` says that it can be sent again as it stands here: no file, nothing secret and
    nothing beyond the limit has been left out.
    """

    fields: tuple[Field, ...] = ()
    files: tuple[str, ...] = ()
    is_whole: bool = False

    @property
    def shown(self) -> list[Field]:
        return [field for field in self.fields if field.is_shown]


def may_be_shown() -> bool:
    """Is it a form of ours? Whoever sends somebody here from elsewhere does not choose
    what our page says.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    is_ours = origin is None or origin.partition("://")[2] == request.host
    return request.method == "POST" and is_ours and (site is None or site in _OURS)


def of_request() -> Typed:
    """What came with this request; ask `may_be_shown` first."""
    try:
        sent = list(request.form.items(multi=True))
        files = [file.filename or "" for _, file in request.files.items(multi=True)]
    except HTTPException:  # it is too much, or no form
        return Typed()
    plain = [(name, value) for name, value in sent if not is_secret(name)]
    return Typed(
        fields=tuple(_fields(plain[:MOST_FIELDS])),
        files=tuple(name for name in files[:MOST_FIELDS] if name),
        is_whole=not any(files)
        and len(plain) <= MOST_FIELDS
        and all(name == "csrf_token" for name, _ in sent if is_secret(name)),
    )


def is_secret(name: str) -> bool:
    """Is this the name of what is never shown again, not even to whoever typed it?"""
    return name in SECRETS or any(word in name.lower() for word in SECRET_WORDS)


def page_of_form() -> str:
    """The page that the form of this request stood on, "" if it cannot be known.

    A view whose form came as the answer to another one says in `form_at` where it begins.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if begins := getattr(view, "form_at", ""):
        return url_for(begins)
    came = urlsplit(request.referrer or "")
    path = f"{came.path}?{came.query}" if came.query else came.path
    if came.netloc == request.host and _is_page(came.path):
        return own_path(path)
    above = request.path
    while above.count("/") > 1 and not _is_page(above):
        above = above.rpartition("/")[0]
    return own_path(above) if _is_page(above) else ""


def here() -> str:
    """The address that this request was sent to."""
    return own_path(request.full_path.rstrip("?"))


def _is_page(path: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    return adapter is not None and adapter.test(path, "GET")


def _fields(sent: list[tuple[str, str]]) -> Iterator[Field]:
    count, seen = Counter(name for name, _ in sent), Counter[str]()
    for name, value in sent:
        seen[name] += 1
        label = f"{_label(name)}, {seen[name]}" if count[name] > 1 else _label(name)
        text = _UNREADABLE.sub("", value.replace("\r\n", "\n"))
        is_shown = bool(text.strip()) and name not in NOT_TYPED
        yield Field(name=name, label=label, value=text, is_shown=is_shown)


def _label(name: str) -> str:
    """What the form calls it, as near as that can be known without making the form again."""
    for start, words in BESIDE.items():
        if name.startswith(start):
            return f"{words}: {_label(name.removeprefix(start))}"
    stem, _, number = name.rpartition("_")
    if stem in NUMBERED and number.isascii() and number.isdigit():
        return NUMBERED[stem].format(int(number[:5]) + 1)
    words = re.sub(r"[-_]+", " ", name).strip()[:SHORT]
    return labels().get(name) or f"{words[:1].upper()}{words[1:]}" or "A field"


@cache
def labels() -> dict[str, str]:
    """The name of a field -> its label, where all forms that have it say the same."""
    found: dict[str, set[str]] = {}
    for name, label in (*_labels_of_forms(), *_labels_of_questions()):
        found.setdefault(name, set()).add(label)
    return {name: words.pop() for name, words in found.items() if len(words) == 1}


def _labels_of_questions() -> Iterator[tuple[str, str]]:
    for kind in (Kind.CASE_STUDY, Kind.TIP_CARD):
        for question in questions.questions(kind):
            yield question.name, question.label


def _labels_of_forms() -> Iterator[tuple[str, str]]:
    for form in _below(FlaskForm):
        for name, field in vars(form).items():
            if isinstance(field, UnboundField):
                label = field.kwargs.get("label") or next(iter(field.args), "")
                if isinstance(label, str) and label:
                    yield name, label.removesuffix(" (optional)")


def _below(form: type[object]) -> Iterator[type[object]]:
    """Those that a module of ours names, not those that are made of what somebody has."""
    for each in form.__subclasses__():
        if getattr(sys.modules.get(each.__module__), each.__name__, None) is each:
            yield each
        yield from _below(each)
