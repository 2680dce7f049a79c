"""Which page of ours somebody means by the address, the path or the number that they gave."""

from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from kb.web.context import runtime

LARGEST_ID = 2_147_483_647
NO_PAGE: tuple[str, dict[str, Any]] = ("", {})


def number(text: str) -> int | None:
    """The number of something that we keep, if it is one."""
    is_number = text.isascii() and text.isdigit() and len(text) <= 10
    return int(text) if is_number and int(text) <= LARGEST_ID else None


def page_at(text: str) -> tuple[str, dict[str, Any]]:
    """The view behind an address or a path of this site, and what the address tells it.

    ("", {}) where nothing is there, or where it is somebody else's.
    """
    try:
        parts = urlsplit(text if "://" in text or text.startswith("/") else f"//{text}")
    except ValueError:
        return NO_PAGE
    if parts.scheme not in {"", "http", "https"} or parts.netloc.lower() not in {"", *_hosts()}:
        return NO_PAGE
    try:
        endpoint, values = current_app.url_map.bind("").match(unquote(parts.path).rstrip("/"))
    except HTTPException:
        return NO_PAGE
    return endpoint, dict(values)


def _hosts() -> set[str]:
    """What this site is called where it is, and where people outside find it."""
    return {urlsplit(runtime().settings.base_url).netloc.lower(), request.host.lower()}
