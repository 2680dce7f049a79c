"""What people paste, and where each platform keeps its feeds; the rules stand in recipes.toml.

Nothing here asks the network. `resolve` does, and offers only what answered and was read.
"""

import html
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from kb.errors import Invalid
from kb.feeds.types import Platform

LONGEST = 2_000
_FEED_SCHEMES = re.compile(r"^(?:feed|webcal|podcast|itpc|rss):(?://)?(?=.)", re.IGNORECASE)
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"^(?:mailto|javascript|data|tel|file|ftp|sms|about|blob):", re.I)
_FEDIVERSE = re.compile(r"^(?:acct:@?|@)(?P<name>[\w.-]+)@(?P<host>[\w.-]+\.\w[\w-]*)/?$")
_BLUESKY = re.compile(r"^(?:@|at://)(?P<name>[\w-]+(?:\.[\w-]+)+)/?$")
_DID = re.compile(r"^(?:at://)?(?P<name>did:[a-z]+:[\w.:%-]+)/?$")
_E_MAIL = re.compile(r"^[^\s@/:]+@[\w.-]+\.\w+$")
_PHRASE = re.compile(r"^[\"“”](?P<words>[^\"“”<>]+)[\"“”]$")
_HREF = re.compile(r"<a\b[^>]*?\bhref\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_WRITTEN_OUT = re.compile(r"(?<![\w/=])(?:https?|feed)://[^\s<>\"“”]+", re.IGNORECASE)
_BARE = re.compile(
    r"(?<![\w@/.:-])(?:[\w-]+\.)+[^\W\d_]{2,}(?::\d+)?(?:/[^\s<>\"“”]*)?(?![\w@])", re.IGNORECASE
)
_AROUND, _AFTER = " <>\"“”‘’'`«»", ".,;:!?"
_IP_6 = re.compile(r"^\[[0-9a-f:.]+\]", re.IGNORECASE)
_MISTYPED = re.compile(r"^(https?)(?:[;:.,]+/+|/{2,})(?=[^/\s])", re.IGNORECASE)
_TWICE = re.compile(r"^https?://(?=https?://)", re.IGNORECASE)
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"))
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_KEPT = "%/:=&?~+!$,;'()*[]@"  # what an address may hold besides letters
_NO_READING = (
    "{name} does not let other programs read its pages, so we cannot follow this account. "
    "Look for the same person's website, newsletter, Mastodon, Bluesky or YouTube page, "
    "or write an important post up as a case study."
)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What an address means, and where its feeds are.

    `host` and `path` (with the query) are patterns that must fit whole; what they name
    fills the templates, beside `url`, `origin` and `hostname`. Of `feeds` the first that
    can be read counts, or with `each` all. `asks` is an address to read first, where one
    of `finds` names more; `missing` is said of an answer in which none does, `unknown`, if
    given, where the platform has nothing there, and `instead`, what to do, where it does not
    let us in. What holds `closed` asks not to be read. `whole` is the feed of everything:
    offered last, and never mistaken for the part that was asked for.
    """

    called: str
    platform: Platform
    kind: str
    host: str
    path: str
    feeds: tuple[str, ...]
    each: bool = False
    asks: str = ""
    finds: tuple[str, ...] = ()
    missing: str = ""
    unknown: str = ""
    instead: str = ""
    closed: str = ""
    whole: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class PageRecipe:
    """What a page shows of the software that made it, and where that keeps its feeds."""

    called: str
    platform: Platform
    kind: str
    marker: str
    feeds: tuple[str, ...]
    each: bool = False


@dataclass(frozen=True, kw_only=True)
class Pasted:
    """A web address; `guessed_scheme` says that nobody wrote https:// themselves."""

    url: str
    guessed_scheme: bool = False


def address(pasted: str) -> Pasted:
    """The web address that somebody means. Raises Invalid with a sentence."""
    text = pasted.translate(_INVISIBLE).strip()
    _check(text)
    text = _as_address(_FEED_SCHEMES.sub("", _mended(_only_address(text))))
    guessed = not _SCHEME.match(text)
    if guessed and _OTHER_SCHEME.match(text):
        raise _wrong("We can follow addresses that begin with http:// or https:// only.")
    return Pasted(url=_tidy(f"https://{text}" if guessed else text), guessed_scheme=guessed)


def refusal(url: str) -> str:
    """Why nobody can follow that place and what to do instead; "" where one can."""
    host, path = _host_and_path(url)
    for rule in _RULES["refusal"]:
        hosts = rule["hosts"]
        is_there = any(host == known or host.endswith(f".{known}") for known in hosts)
        if is_there and re.fullmatch(rule.get("path", ".*"), path, re.DOTALL):
            return str(rule.get("sentence") or _NO_READING.format(name=rule["name"]))
    return ""


def matching(url: str) -> Iterator[tuple[Recipe, dict[str, str]]]:
    """The recipes that fit, best first, each with the words that fill its templates."""
    host, path = _host_and_path(url)
    for recipe in RECIPES:
        at = re.fullmatch(recipe.host, host, re.IGNORECASE)
        there = re.fullmatch(recipe.path, path, re.IGNORECASE | re.DOTALL)
        if at and there:
            yield recipe, {**places(url), **_named(at), **_named(there)}


def made_by(page: str, url: str) -> Iterator[tuple[PageRecipe, dict[str, str]]]:
    """What the HTML of a page shows of the software that made it."""
    for recipe in PAGE_RECIPES:
        found = re.search(recipe.marker, page, re.IGNORECASE)
        if found:
            yield recipe, {**places(url), **_named(found)}


def found_in(page: str, finds: tuple[str, ...]) -> dict[str, str]:
    """What the first pattern that fits names, as it reads once unescaped; else nothing."""
    plain = page.replace("\\/", "/")
    for pattern in finds:
        if found := re.search(pattern, plain, re.IGNORECASE):
            return {name: html.unescape(value) for name, value in _named(found).items()}
    return {}


def fill(template: str, words: Mapping[str, str]) -> str:
    return template.format_map(words)


def places(url: str) -> dict[str, str]:
    """What every template may name."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    folder = parts.path.rpartition("/")[0] + "/"
    page = f"{origin}{parts.path or '/'}"
    return {
        "url": url,
        "origin": origin,
        "hostname": parts.hostname or "",
        "folder": folder,
        "page": page,
    }


def platform_of(feed_url: str) -> tuple[Platform, str]:
    """The platform that a feed's address gives away, and the kind of what comes from there."""
    for rule in _RULES["place"]:
        if re.search(rule["pattern"], feed_url, re.IGNORECASE):
            return Platform(rule["platform"]), str(rule["kind"])
    return Platform.WEBSITE, ""


def is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _check(text: str) -> None:
    if not text:
        raise _wrong("Paste the address of a page, a profile or a feed.")
    if text.startswith(("<?xml", "{")) or "<rss" in text or "<feed" in text:
        raise _wrong("This is the text of a feed. Paste its address instead.")
    if len(text) > LONGEST:
        raise _wrong("This is too long to be an address.")


def _only_address(text: str) -> str:
    """The one address in what was pasted: of a link, of a sentence, or all of it."""
    phrase = _PHRASE.match(text)
    if phrase and not _BARE.fullmatch(phrase["words"]) and "://" not in text:
        return text
    if re.search(r"[\s<]|\]\(", text):
        for pattern in (_HREF, _WRITTEN_OUT, _BARE):
            found = {_without_wrapping(html.unescape(each)) for each in pattern.findall(text)}
            if found:
                return found.pop() if len(found) == 1 else text
    return _without_wrapping(text)


def _without_wrapping(text: str) -> str:
    """Without quotation marks and brackets around it, and without the end of a sentence."""
    before = ""
    while text != before:
        before = text
        text = text.strip(_AROUND).rstrip(_AFTER)
        for opening, closing in ("()", "[]"):
            if text.startswith(opening) and not _IP_6.match(text):
                text = text[1:]
            if text.endswith(closing) and text.count(closing) > text.count(opening):
                text = text[:-1]
    return text


def _mended(text: str) -> str:
    """With https:// written out where a letter of it was lost, mistyped or said twice."""
    return _TWICE.sub("", _MISTYPED.sub(r"\1://", text))


def _as_address(text: str) -> str:
    """The address that a name, a handle or a phrase stands for."""
    if known := _FEDIVERSE.match(text):
        return f"https://{known['host']}/@{known['name']}"
    if known := _DID.match(text) or _BLUESKY.match(text):
        return f"https://bsky.app/profile/{known['name']}"
    if known := _PHRASE.match(text):
        return f"https://news.google.com/search?q={quote(known['words'])}"
    if _E_MAIL.match(text):
        raise _wrong(
            "This looks like an e-mail address. A Mastodon name begins with @, "
            "as in @scrutiny@mastodon.social."
        )
    if text.startswith("@"):
        raise _wrong(
            f"“{text[:60]}” may be on many sites. Paste the address of the profile, or write "
            "@name@server for Mastodon, @name.bsky.social for Bluesky, youtube.com/@name "
            "for YouTube."
        )
    return text


def _tidy(text: str) -> str:
    """Host in lower case and in ASCII, no fragment, everything else as it was."""
    if re.search(r"\s", text):
        raise _wrong(_why_spaces(text))
    if _CONTROLS.search(text):
        raise _wrong("This holds characters that no address has.")
    try:
        parts = urlsplit(text)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii") if parts.hostname else ""
    except ValueError as error:  # also what a name cannot be written with
        raise _wrong("This is not an address that the web knows. Check its spelling.") from error
    if parts.scheme.lower() not in {"http", "https"}:
        raise _wrong("We can follow addresses that begin with http:// or https:// only.")
    if parts.username is not None:
        raise _wrong("Leave the name and the password out of the address.")
    if not _is_host(host):
        raise _wrong(f"“{text[:60].removeprefix('https://')}” is not a whole address.")
    netloc = f"[{host}]" if ":" in host else host
    netloc += f":{port}" if port else ""
    path, query = quote(parts.path or "/", safe=_KEPT), quote(parts.query, safe=_KEPT)
    return urlunsplit((parts.scheme.lower(), netloc, path, query, ""))


def _is_host(host: str) -> bool:
    return ":" in host or (
        len(host) < 254 and bool(re.fullmatch(r"(?!-)[\w-]+(?:\.[\w-]+)+\.?", host))
    )


def _why_spaces(text: str) -> str:
    if len([*_WRITTEN_OUT.findall(text), *_BARE.findall(text)]) > 1:
        return "Paste one address at a time, or import a list of them as an OPML file."
    return (
        "These are words and not an address. Paste the address of a page, or put the words "
        "in quotation marks to follow them in Google News."
    )


def _wrong(sentence: str) -> Invalid:
    return Invalid({"address": sentence})


def _host_and_path(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return (parts.hostname or "").removeprefix("www."), f"{parts.path or '/'}{query}"


def _named(found: re.Match[str]) -> dict[str, str]:
    return {name: value or "" for name, value in found.groupdict().items()}


def _read() -> dict[str, list[dict[str, Any]]]:
    rules: dict[str, list[dict[str, Any]]] = tomllib.loads(
        Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    )
    return rules


def _values(rule: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: tuple(v) if isinstance(v, list) else v for name, v in rule.items()}
    return {**values, "platform": Platform(rule["platform"])}


_RULES = _read()
RECIPES = tuple(Recipe(**_values(rule)) for rule in _RULES["recipe"])
PAGE_RECIPES = tuple(PageRecipe(**_values(rule)) for rule in _RULES["page"])
