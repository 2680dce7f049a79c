"""Pages that are the same for everyone until the next edition, and answers made smaller.

A kept page's ETag names all that the page depends on: the edition, the day (states of
content depend on it), this build of the site, the path and the query. Who has that page
already is told so without it being made again.
"""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from functools import cache, wraps
from pathlib import Path
from threading import Lock
from typing import cast

from flask import Flask, Request, Response, current_app, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue

from kb import indexing
from kb.config import ROOT
from kb.runtime import Runtime
from kb.web.context import P, View, today

MOST_BYTES = 28 * 1024 * 1024
MOST_BYTES_WITH_QUERY = 4 * 1024 * 1024  # so that made-up queries never push out real pages
SESSION = "kb.session"
SMALLEST = 1024  # below that, compression is not worth its work
LEVEL = 5
COMPRESSED = {
    *("text/html", "text/plain", "text/css", "text/xml", "text/markdown", "text/csv"),
    *("application/json", "application/problem+json", "application/xml", "application/ld+json"),
    *("application/atom+xml", "application/rss+xml", "image/svg+xml", "text/javascript"),
}
BUILD = (ROOT / "kb", ROOT / "templates", ROOT / "static" / "build" / "manifest.json")


@dataclass(eq=False)
class KeptPage:
    """A page as it is sent; its smaller form is made when somebody first asks for it."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    _small: list[bytes] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.body) * 5 // 4  # compressed, it has about a quarter of its size

    def small(self) -> bytes:
        if not self._small:
            self._small.append(compress(self.body))
        return self._small[0]


class Shelf:
    """The pages asked for last, of one edition, up to so many bytes."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._pages: OrderedDict[Hashable, KeptPage] = OrderedDict()
        self._held = 0
        self._lock = Lock()

    @property
    def held(self) -> int:
        return self._held

    def get(self, key: Hashable) -> KeptPage | None:
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: Hashable, page: KeptPage) -> None:
        with self._lock:
            self._held += page.size - self._drop(key)
            self._pages[key] = page
            while self._held > self._most:
                self._held -= self._drop(next(iter(self._pages)))

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._held = 0

    def _drop(self, key: Hashable) -> int:
        page = self._pages.pop(key, None)
        return page.size if page is not None else 0


class PageCache:
    """What this process keeps of the present edition."""

    def __init__(self, runtime: Runtime, build: str) -> None:
        self._database = runtime.database
        self._build = build
        self._plain = Shelf(MOST_BYTES)
        self._with_query = Shelf(MOST_BYTES_WITH_QUERY)
        self._version = ""

    def version(self) -> str:
        """Names what every page depends on; pages of another version are thrown away."""
        version = f"{self._build} {indexing.present_edition(self._database)} {today()}"
        if version != self._version:
            self.forget()
            self._version = version
        return version

    def forget(self) -> None:
        self._plain.clear()
        self._with_query.clear()

    def shelf(self, *, with_query: bool) -> Shelf:
        return self._with_query if with_query else self._plain


class WatchedSessions(SecureCookieSessionInterface):
    """Flask's own, leaving where it can be asked whether a view has used its session."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        session = super().open_session(app, request)
        request.environ[SESSION] = session
        return session


def init_app(app: Flask, runtime: Runtime) -> None:
    settings = runtime.settings
    build = f"{_this_build()}{build_id((), settings.site_name, settings.base_url)}"
    app.extensions["kb_pages"] = PageCache(runtime, build)
    app.session_interface = WatchedSessions()
    app.after_request(make_smaller)
    app.after_request(ask_each_time)


def kept(view: View[P]) -> View[P]:
    """Keep what this view answers until something that readers see has changed.

    Only for views whose answer depends on nothing but their path and query.
    """

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if request.method not in {"GET", "HEAD"} or _is_somebodys() or current_app.debug:
            return view(*args, **kwargs)
        pages = cast(PageCache, current_app.extensions["kb_pages"])
        tag = _tag(pages.version())
        known = request.if_none_match
        if not known.star_tag and known.contains_weak(tag):
            return _marked(Response(status=304), tag)
        shelf = pages.shelf(with_query=bool(request.query_string))
        page = shelf.get(tag)
        if page is None:
            response = current_app.make_response(view(*args, **kwargs))
            if not _can_be_kept(response):
                return response
            page = KeptPage(response.get_data(), _own_headers(response))
            shelf.put(tag, page)
        return _marked(_response(page), tag)

    return answer


def make_smaller(response: Response) -> Response:
    """Compress what is text and not small, for whoever can read that."""
    if not _can_be_smaller(response):
        return response
    response.vary.add("Accept-Encoding")
    if _takes_gzip():
        response.set_data(compress(response.get_data()))
        response.headers["Content-Encoding"] = "gzip"
        if response.headers.get("ETag", "W/").startswith('"'):
            response.headers["ETag"] = f"W/{response.headers['ETag']}"
    return response


def ask_each_time(response: Response) -> Response:
    """Nobody on the way keeps a page without asking us, or a personal one at all."""
    if "Cache-Control" not in response.headers:
        is_personal = _session_was_used() or _is_somebodys()
        response.headers["Cache-Control"] = "private, no-cache" if is_personal else "no-cache"
    return response


def compress(body: bytes) -> bytes:
    return gzip.compress(body, LEVEL, mtime=0)


@cache
def _this_build() -> str:
    """What this process runs: it has loaded its code, and does not look at it again."""
    return build_id(BUILD)


def build_id(paths: Iterable[Path], *settings: str) -> str:
    """Changes with the code, the templates, the assets and what pages show of the settings."""
    digest = hashlib.blake2b("\0".join(settings).encode(), digest_size=8)
    for path in paths:
        for file in sorted([path] if path.is_file() else path.rglob("*")):
            if file.is_file() and file.suffix != ".pyc":
                digest.update(f"\0{file}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def _is_somebodys() -> bool:
    """Does this come from a browser that we gave a session? Its pages may be its own."""
    is_named = "HTTP_COOKIE" in request.environ
    return is_named and current_app.config["SESSION_COOKIE_NAME"] in request.cookies


def _session_was_used() -> bool:
    """To ask `flask.session` itself would be to use it."""
    session = request.environ.get(SESSION)
    return session is not None and session.accessed


def _tag(version: str) -> str:
    asked = f"{version}\0{request.path}\0".encode() + request.query_string
    return hashlib.blake2b(asked, digest_size=12).hexdigest()


def _can_be_kept(response: Response) -> bool:
    is_plain = response.status_code == 200 and not response.is_streamed
    says_itself = {"Set-Cookie", "Cache-Control"} & set(response.headers.keys())
    return is_plain and not says_itself and not _session_was_used()


def _own_headers(response: Response) -> tuple[tuple[str, str], ...]:
    return tuple((k, v) for k, v in response.headers if k != "Content-Length")


def _response(page: KeptPage) -> Response:
    if len(page.body) < SMALLEST or not _takes_gzip():
        return Response(page.body, headers=page.headers)
    response = Response(page.small(), headers=page.headers)
    response.headers["Content-Encoding"] = "gzip"
    return response


def _marked(response: Response, tag: str) -> Response:
    """Browsers keep it, and ask each time whether it is still the same."""
    response.headers["ETag"] = f'W/"{tag}"'
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Accept-Encoding"
    return response


def _can_be_smaller(response: Response) -> bool:
    return (
        not response.is_streamed
        and not response.direct_passthrough
        and "Content-Encoding" not in response.headers
        and response.mimetype in COMPRESSED
        and (response.content_length or 0) >= SMALLEST
    )


def _takes_gzip() -> bool:
    accepted = request.headers.get("Accept-Encoding", "")
    return "gzip" in accepted and request.accept_encodings.quality("gzip") > 0
