"""Build a pack of one's own: begin it, keep its link, change what it says, order its blocks."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.clock import utcnow
from kb.errors import Conflict, Invalid
from kb.training import clock, packs
from kb.training.models import Pack
from kb.web import limiting, pack_keys, pack_pages
from kb.web.context import db_session, person, public, runtime
from kb.web.forms.moments import NOT_A_TIME
from kb.web.forms.packs import AboutForm, NewPackForm, about_form, show_problems
from kb.web.papers import A_DAY

bp = Blueprint("pack_building", __name__, url_prefix="/sessions")

MOST_MADE = 60  # in a day, from one network: a whole office may share it
UP, DOWN, COPY, REMOVE, OPEN = "up", "down", "copy", "remove", "open"
ADD = "add"
NO_START = "Enter a start time too, so that we can say whether it fits."


@bp.get("/new")
@public
def new() -> ResponseReturnValue:
    source = _source(request.args.get("from", ""))
    form = NewPackForm(data={"title": packs.title_of_copy(source) if source else ""})
    return _new_page(form, source)


@bp.post("/new")
@public
def create() -> ResponseReturnValue:
    session, form, owner = db_session(), NewPackForm(), person()
    source = _source(request.form.get("from", ""))
    try:
        pack, token = packs.create(
            session, title=form.title.data or "", now=utcnow(), source=source, owner=owner
        )
        limiting.count("packs", limiting.remote_address(), limit=MOST_MADE, within=A_DAY)
    except (Invalid, Conflict) as error:
        show_problems(form, error.problems if isinstance(error, Invalid) else {"": str(error)})
        return _new_page(form, source), 422 if isinstance(error, Invalid) else 409
    if owner is not None:
        return redirect(url_for("pack_building.edit", slug=pack.slug), code=303)
    return _arrive(pack, token, "pack_building.link", is_new=True)


@bp.get("/packs/<slug>/link")
@public
def link(slug: str) -> ResponseReturnValue:
    """The private link, once; after that its maker must have kept it."""
    pack = pack_keys.own_pack(slug)
    path = pack_keys.shown(url_for("pack_building.key", slug=slug) + "?")
    if not path:
        return redirect(url_for("pack_building.edit", slug=slug), code=303)
    address = f"{runtime().settings.base_url}{path}"
    return pack_keys.own(render_template("packs/link.html", pack=pack, address=address))


@bp.get("/packs/<slug>/key")
@public
def key(slug: str) -> ResponseReturnValue:
    """Programs that look at messages open their links: this one only shows a button."""
    token = request.args.get("key", "")
    pack = packs.by_link(db_session(), slug, token)
    return pack_keys.own(render_template("packs/key.html", pack=pack, token=token))


@bp.post("/packs/<slug>/key")
@public
def create_key(slug: str) -> ResponseReturnValue:
    token = request.form.get("key", "")
    pack = packs.by_link(db_session(), slug, token)
    return _arrive(pack, token, "pack_building.edit")


@bp.get("/packs/<slug>/edit")
@public
def edit(slug: str) -> ResponseReturnValue:
    pack = pack_keys.own_pack(slug)
    starts, ends = (request.args.get(name, "")[:5] for name in ("starts", "ends"))
    return _page(pack, about_form(pack, starts=starts, ends=ends))


@bp.post("/packs/<slug>")
@public
def update(slug: str) -> ResponseReturnValue:
    """Every button of the page saves what stands in it, and then does what it says."""
    session, pack = db_session(), pack_keys.own_pack(slug)
    form = about_form(pack)
    what, _, where = request.form.get("do", "").partition("-")
    minutes = form.minutes()
    if what == REMOVE:
        minutes.pop(where, None)
    try:
        _check_times(form)
        packs.save(session, pack, form.about(), minutes, now=utcnow())
        return _after(pack, form, what, where)
    except Invalid as error:
        show_problems(form, error.problems)
        return _page(pack, form, status=422)
    except Conflict as error:
        session.rollback()
        form.form_errors = [str(error)]
        return _page(pack, form, status=409)


@bp.post("/packs/<slug>/removal")
@public
def delete(slug: str) -> ResponseReturnValue:
    pack = pack_keys.own_pack(slug)
    if request.form.get("sure") != "yes":
        page = about_form(pack)
        page.form_errors = ["Tick the box to say that the pack may be deleted."]
        return _page(pack, page, status=422)
    packs.delete(db_session(), pack)
    response = make_response(redirect(url_for("packs.index"), code=303))
    pack_keys.take_back(response, pack)
    return pack_keys.own(response)


def _after(pack: Pack, form: AboutForm, what: str, where: str) -> ResponseReturnValue:
    session, now = db_session(), utcnow()
    at = "blocks"
    if what in {UP, DOWN}:
        packs.move(session, pack, where, -1 if what == UP else 1, now=now)
        at = f"block-{where}"
    elif what == COPY:
        at = f"block-{packs.duplicate(session, pack, where, now=now).key}"
    elif what == REMOVE:
        packs.remove(session, pack, where, now=now)
    elif what == OPEN:
        packs.block(pack, where)
        path = url_for("pack_blocks.edit", slug=pack.slug, key=where)
        return redirect(path, code=303)
    elif what == ADD:
        return redirect(url_for("pack_blocks.new", slug=pack.slug), code=303)
    path = url_for(
        "pack_building.edit",
        slug=pack.slug,
        saved="yes",
        starts=form.starts.data or None,
        ends=form.ends.data or None,
        _anchor=at,
    )
    return redirect(path, code=303)


def _check_times(form: AboutForm) -> None:
    """Raises Invalid, together with all else that is wrong."""
    problems = {}
    for field in (form.starts, form.ends):
        field.data = (field.data or "").strip()
        if field.data and pack_pages.moment(field.data) is None:
            problems[field.name] = NOT_A_TIME
    if form.ends.data and not form.starts.data:
        problems["starts"] = NO_START
    if problems:
        raise Invalid(problems)


def _arrive(pack: Pack, token: str, endpoint: str, *, is_new: bool = False) -> ResponseReturnValue:
    response = make_response(redirect(url_for(endpoint, slug=pack.slug), code=303))
    pack_keys.give(response, pack, token)
    if is_new:
        pack_keys.show_once(url_for("pack_building.key", slug=pack.slug, key=token))
    return pack_keys.own(response)


def _source(slug: str) -> Pack | None:
    return pack_keys.pack_of(slug) if slug else None


def _new_page(form: NewPackForm, source: Pack | None) -> str:
    seeded = packs.seeded(db_session())
    return render_template("packs/new.html", form=form, source=source, packs=seeded)


def _page(pack: Pack, form: AboutForm, *, status: int = 200) -> ResponseReturnValue:
    starts, ends = form.starts.data or "", form.ends.data or ""
    page = render_template(
        "packs/edit.html",
        pack=pack,
        form=form,
        rows=pack_pages.rows(pack.blocks, pack_pages.moment(starts)),
        minutes=clock.length(pack.blocks),
        in_words=clock.in_words,
        over_run=pack_pages.over_run(pack.blocks, starts, ends),
        is_saved=status == 200 and request.args.get("saved") == "yes",
        is_full=len(pack.blocks) >= packs.MOST_BLOCKS,
    )
    return pack_keys.own((page, status))
