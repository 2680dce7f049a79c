"""Session packs: choose one, read its agenda, print what the room needs, take it offline."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from kb.training import clock, packs, sessions
from kb.training.models import Pack
from kb.web import offline_packs, pack_keys, pack_pages
from kb.web.context import db_session, person, public, runtime

bp = Blueprint("packs", __name__, url_prefix="/sessions")

LONGEST_TIME = 5


@bp.get("")
@public
def index() -> ResponseReturnValue:
    session, me = db_session(), person()
    own = packs.held(session, pack_keys.keys()) + (packs.owned_by(session, me) if me else [])
    page = render_template(
        "packs/index.html",
        packs=packs.seeded(session),
        own=own,
        sessions=sessions.owned_by(session, me) if me else [],
        length=clock.length,
        in_words=clock.in_words,
    )
    return pack_keys.own(page) if own or me else page


@bp.get("/packs/<slug>")
@public
def show(slug: str) -> ResponseReturnValue:
    pack = pack_keys.pack_of(slug)
    return _own(pack, render_template("packs/show.html", **_page(pack)))


@bp.get("/packs/<slug>/run-sheet")
@public
def run_sheet(slug: str) -> ResponseReturnValue:
    pack = pack_keys.pack_of(slug)
    return _own(pack, render_template("packs/run_sheet.html", **_page(pack)))


@bp.get("/packs/<slug>/handout")
@public
def handout(slug: str) -> ResponseReturnValue:
    pack = pack_keys.pack_of(slug)
    return _own(pack, render_template("packs/handout.html", **_page(pack)))


@bp.get("/packs/<slug>/cards")
@public
def cards(slug: str) -> ResponseReturnValue:
    pack = pack_keys.pack_of(slug)
    sheets = pack_pages.card_sheets(pack.blocks)
    return _own(pack, render_template("packs/cards.html", pack=pack, sheets=sheets))


@bp.get("/packs/<slug>/offline.html")
@public
def offline(slug: str) -> ResponseReturnValue:
    """The pack as one file; it is never shown as a page of this site."""
    pack = pack_keys.pack_of(slug)
    return _own(pack, offline_packs.download(pack, base_url=runtime().settings.base_url))


def _page(pack: Pack) -> dict[str, object]:
    typed = request.args.get("starts", "")[:LONGEST_TIME]
    starts_at = pack_pages.moment(typed)
    return {
        "pack": pack,
        "title": pack.title,
        "lede": pack.lede,
        "rows": pack_pages.rows(pack.blocks, starts_at),
        "minutes": clock.length(pack.blocks),
        "in_words": clock.in_words,
        "starts": typed if starts_at else "",
    }


def _own(pack: Pack, answer: ResponseReturnValue) -> ResponseReturnValue:
    return answer if pack.is_seeded else pack_keys.own(answer)
