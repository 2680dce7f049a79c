"""How pages show what others wrote: their links, their languages, their times, their text."""

import re
from datetime import date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import Flask
from markupsafe import Markup

from kb.feeds.models import Entry
from kb.feeds.types import Platform

OUTSIDE = "nofollow ugc noopener"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_ICONS = {
    Platform.MASTODON: ("masto", "masto"),
    Platform.BLUESKY: ("sky", "sky"),
    Platform.YOUTUBE: ("video", "video"),
}


def local(value: datetime) -> datetime:
    """That moment by the clocks of the councils."""
    try:
        return value.astimezone(ZoneInfo("Europe/London"))
    except ZoneInfoNotFoundError:  # a machine that knows no time zones
        return value


def clock_time(value: datetime) -> str:
    """9:14am."""
    there = local(value)
    return f"{there.hour % 12 or 12}:{there:%M}{'am' if there.hour < 12 else 'pm'}"


def long_day(value: date) -> str:
    """Monday 23 November 2026."""
    return f"{value:%A} {value.day} {value:%B %Y}"


def outside(url: str) -> str:
    """The address if it is one of the web, "" for any other: no script, no file."""
    try:
        parts = urlsplit(url.strip())
        is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return ""
    return url.strip() if is_web else ""


def language(code: str) -> str:
    """A language that a page may claim for a text, "" where it is our own or none."""
    is_other = _LANGUAGE.fullmatch(code) and not code.lower().startswith("en")
    return code if is_other else ""


def safe_text(entry: Entry) -> Markup:
    """What `kb.feeds.clean` made safe before it was stored; nothing else is trusted."""
    return Markup(entry.html)  # noqa: S704 - cleaned by nh3


def icon_of(platform: Platform) -> tuple[str, str]:
    """The icon of a platform, and the colour of the square behind it."""
    return _ICONS.get(platform, ("blog", ""))


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        outside=outside, local=local, clock_time=clock_time, long_day=long_day, tongue=language
    )
    app.jinja_env.globals.update(icon_of=icon_of, OUTSIDE=OUTSIDE)
