"""What machines ask a site for: its pages, its rules, and whom to tell about a hole."""

from collections.abc import Iterator
from datetime import timedelta

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue

from kb.clock import utcnow
from kb.councils import service as councils
from kb.db.database import Session
from kb.library import service as library
from kb.web.caching import kept
from kb.web.context import db_session, public, runtime
from kb.web.filters import url_of

bp = Blueprint("site", __name__)

MOST_ADDRESSES = 50_000  # the sitemap protocol allows no more in one file
PAGES = (
    *("home.show", "search.results", "tip_cards.deck", "training.index", "councils.index"),
    *("about.checking", "about.accessibility", "about.privacy", "about.cookies"),
    *("about.credits", "about.api", "feeds.index", "sources.index", "share.index"),
    *("planner.show", "barriers.index", "likeness.index", "lessons.index"),
    *("packs.index", "picture.show"),
)
A_YEAR = timedelta(days=365)


@bp.get("/sitemap.xml")
@public
@kept
def sitemap() -> ResponseReturnValue:
    addresses = [*_addresses(db_session())][:MOST_ADDRESSES]
    text = render_template("site/sitemap.xml", addresses=addresses)
    return Response(text, mimetype="application/xml")


@bp.get("/robots.txt")
@public
@kept
def robots() -> ResponseReturnValue:
    place = f"{runtime().settings.base_url}{url_for('site.sitemap')}"
    return _plain("User-agent: *", "Allow: /", "", f"Sitemap: {place}")


@bp.get("/.well-known/security.txt")
@public
def security_txt() -> ResponseReturnValue:
    base = runtime().settings.base_url
    return _plain(
        f"Contact: {base}{url_for('about.checking')}",
        f"Expires: {utcnow() + A_YEAR:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: en",
        f"Canonical: {base}{url_for('site.security_txt')}",
    )


def _addresses(session: Session) -> Iterator[tuple[str, str]]:
    """Every public page and the date of its last change, "" where nobody keeps one."""
    for endpoint in PAGES:
        yield url_for(endpoint), ""
    for kind, slug, published_at in library.addresses(session):
        yield url_of(kind, slug), published_at.date().isoformat()
    for council in councils.everyone(session):
        yield url_for("councils.show", slug=council.slug), ""


def _plain(*lines: str) -> Response:
    return Response("\n".join([*lines, ""]), mimetype="text/plain")
