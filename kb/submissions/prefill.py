"""First answers for a draft, from what is known already; people check them."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from urllib.parse import urlsplit

from lxml import html as lxml_html
from lxml.etree import LxmlError, ParserError
from lxml.html import HtmlElement, HTMLParser

from kb.errors import NotAllowed
from kb.library import publish
from kb.library.content import LONGEST_SUMMARY, Kind
from kb.library.models import Lesson, Resource, Visibility
from kb.submissions import amounts, form

Answers = dict[str, object]
FILLED = "_filled"  # which answers were filled in by us and not yet looked at
_DATED = ("article:published_time", "datePublished", "dc.date", "DC.date", "date")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_LETTERS = 200
_TONGUES = {"en", "cy"}


def from_resource(resource: Resource, *, told: Lesson | None = None) -> Answers:
    """What a published page says, as answers. Raises NotAllowed where we have no questions.

    `told` is what went wrong as it was told apart from the page, for its council alone.
    """
    if not form.pages(resource.kind):
        raise NotAllowed("Training material is changed by the people who look after this site.")
    content = publish.content_of(resource)
    answers: Answers = {
        question.name: _plain(getattr(content, question.name), question)
        for question in form.questions(resource.kind)
        if hasattr(content, question.name)
    }
    answers["steps"] = [step.text for step in content.steps]
    answers["setup_time"] = (
        f"{content.setup_hours} hours"
        if content.setup_hours
        else amounts.time_in(content.effort_note)
    )
    if content.weekly_minutes is not None:
        answers["weekly_time"] = f"{content.weekly_minutes} minutes"
    if resource.kind is Kind.CASE_STUDY and content.went_wrong:
        answers["visibility"] = Visibility.PUBLIC.value
    if told is not None:
        answers |= {"went_wrong": told.text, "visibility": told.visibility.value}
    answers |= _money(content.cost_note, content.cost)
    if content.sources:
        first = content.sources[0]
        answers |= _source(first.url or "", first.title, first.publisher)
    return _stated(answers)


def from_entry(
    *,
    title: str,
    url: str,
    summary: str,
    published: date | None,
    source_name: str,
    language: str = "",
) -> Answers:
    """What the feed said; the names of what was filled are under FILLED, to be shown."""
    tongue = language.lower().partition("-")[0]
    answers: Answers = {
        "title": _one_line(title),
        "summary": shortened(summary),
        "years": f"{published:%B %Y}" if published else "",
        "credit": _one_line(source_name),
        "lang": tongue if tongue in _TONGUES else "",
        **_source(url, title, source_name),
    }
    return _marked(_stated(answers))


def from_page(content: bytes, url: str, content_type: str = "") -> Answers:
    """What a web page says of itself: its title, date, description and site."""
    try:
        tree = lxml_html.document_fromstring(content, parser=_parser(content, content_type))
    except (LxmlError, ParserError, ValueError, AssertionError):
        tree = None
    if tree is None:
        return _marked(_source(url, _host(url), _host(url)))
    meta = _meta(tree)
    site = meta.get("og:site_name") or _host(url)
    heading = meta.get("og:title") or next(_texts(tree, "//h1 | //title"), "")
    return from_entry(
        title=heading or _host(url),
        url=url,
        summary=meta.get("og:description") or meta.get("description") or "",
        published=_date(tree, meta),
        source_name=site,
        language=tree.get("lang") or "",
    )


def shortened(text: str, longest: int = LONGEST_SUMMARY) -> str:
    """Its beginning, ended at a word."""
    whole = _one_line(text)
    if len(whole) <= longest:
        return whole
    return f"{whole[: longest - 1].rpartition(' ')[0] or whole[: longest - 1]}…"


def _plain(value: object, question: form.Question) -> object:
    """A list where several answers may be given, the only one where not."""
    if not isinstance(value, tuple):
        return value
    return list(value) if question.is_list else next(iter(value), "")


def _stated(answers: Answers) -> Answers:
    return {name: value for name, value in answers.items() if value}


def _marked(answers: Answers) -> Answers:
    return answers | {FILLED: sorted(answers)}


def _source(url: str, title: str, publisher: str) -> Answers:
    return {
        "source_url": url,
        "source_title": _one_line(title)[:200],
        "source_publisher": _one_line(publisher),
    }


def _money(note: str, cost: tuple[str, ...]) -> Answers:
    amount, _, paid_for = note.partition(": ")
    if re.fullmatch(r"£[\d,.]+", amount):
        return {"money": amount.removeprefix("£"), "money_for": paid_for}
    return {"money": "0"} if cost == ("free",) and not note else {"money_for": note[:200]}


def _one_line(text: str) -> str:
    words = " ".join("".join(c for c in word if c.isprintable()) for word in text.split())
    return words[:_LETTERS] if len(words) > 4 * _LETTERS else words


def _parser(content: bytes, content_type: str) -> HTMLParser:
    head = f"{content_type} ".encode("ascii", "ignore").lower() + content[:2048].lower()
    declared = re.search(rb"charset=[\"']?([a-z0-9_-]+)", head)
    name = declared[1].decode() if declared else "utf-8"
    try:
        return HTMLParser(encoding=name, no_network=True)
    except LookupError:
        return HTMLParser(encoding="utf-8", no_network=True)


def _meta(tree: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        if name and element.get("content"):
            found.setdefault(name, " ".join(element.get("content", "").split()))
    return found


def _texts(tree: HtmlElement, path: str) -> Iterator[str]:
    for element in tree.xpath(path):
        words = " ".join(element.text_content().split())
        if words:
            yield words


def _date(tree: HtmlElement, meta: dict[str, str]) -> date | None:
    stated = [meta[name] for name in _DATED if name in meta]
    times = [element.get("datetime", "") for element in tree.iter("time")]
    return _first_day([*stated, *_of_linked_data(tree), *times])


def _of_linked_data(tree: HtmlElement) -> Iterator[str]:
    for element in tree.xpath("//script[@type='application/ld+json']"):
        try:
            said = json.loads(element.text or "")
        except (ValueError, RecursionError):
            continue
        for thing in said if isinstance(said, list) else [said]:
            if isinstance(thing, dict) and isinstance(thing.get("datePublished"), str):
                yield thing["datePublished"]


def _first_day(texts: Iterable[str]) -> date | None:
    for text in texts:
        found = _ISO_DAY.search(text)
        if found:
            try:
                return date(*map(int, found.groups()))
            except ValueError:
                continue
    return None


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
