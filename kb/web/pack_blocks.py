"""The blocks of a pack of one's own: from a page of the library, or in one's own words."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.clock import utcnow
from kb.errors import Conflict, Invalid
from kb.finding import service as finding
from kb.library import service as library
from kb.library.models import Resource
from kb.search.engine import Hit, Query
from kb.training import building, packs
from kb.training.models import Pack
from kb.training.types import Block
from kb.web import pack_keys
from kb.web.context import db_session, public, runtime
from kb.web.forms.packs import KINDS, LONGEST_QUERY, BlockForm, show_problems

bp = Blueprint("pack_blocks", __name__, url_prefix="/sessions/packs/<slug>/blocks")

FOUND = 8
FIND = "find"
NEW_MINUTES = "10"


@bp.get("/new")
@public
def new(slug: str) -> ResponseReturnValue:
    pack = pack_keys.own_pack(slug)
    return _new_page(pack, BlockForm(data={"minutes": NEW_MINUTES}), _query(request.args))


@bp.post("")
@public
def create(slug: str) -> ResponseReturnValue:
    """From a page of the library where `ref` names one, else as it was typed."""
    session, pack, form = db_session(), pack_keys.own_pack(slug), BlockForm()
    ref = request.form.get("ref", "")
    try:
        block = _from_library(ref) if ref else building.block_of(form.typed(_refs()))
        added = packs.add(session, pack, block, now=utcnow())
    except Invalid as error:
        show_problems(form, error.problems)
        return _new_page(pack, form, "", status=422)
    except Conflict as error:
        form.form_errors = [str(error)]
        return _new_page(pack, form, "", status=409)
    if ref:
        return redirect(url_for("pack_blocks.edit", slug=slug, key=added.key), code=303)
    return _back(slug, added.key)


@bp.get("/<key>")
@public
def edit(slug: str, key: str) -> ResponseReturnValue:
    pack = pack_keys.own_pack(slug)
    block = packs.block(pack, key)
    return _edit_page(pack, block, BlockForm(data=asdict(building.typed(block))), block.refs)


@bp.post("/<key>")
@public
def update(slug: str, key: str) -> ResponseReturnValue:
    """Save the block; or look something up for it, which keeps all that was typed."""
    pack = pack_keys.own_pack(slug)
    block, form, refs = packs.block(pack, key), BlockForm(), _refs()
    query = _query(request.form)
    is_asking = bool(query) and query != request.form.get("searched", "")
    if request.form.get("do") == FIND or is_asking:
        return _edit_page(pack, block, form, refs, query)
    try:
        saved = building.block_of(form.typed(refs), before=block)
    except Invalid as error:
        show_problems(form, error.problems)
        return _edit_page(pack, block, form, refs, query, status=422)
    packs.replace(db_session(), pack, saved, now=utcnow())
    return _back(slug, key)


def _from_library(ref: str) -> Block:
    resource = library.by_ref(db_session(), ref)
    if not resource.is_public:
        raise Invalid({"ref": "This page was withdrawn. Choose another one."})
    return building.from_resource(resource)


def _back(slug: str, key: str) -> ResponseReturnValue:
    path = url_for("pack_building.edit", slug=slug, saved="yes", _anchor=f"block-{key}")
    return redirect(path, code=303)


def _refs() -> list[str]:
    return request.form.getlist("refs")[: building.MOST_REFS * 4]


def _query(given: Mapping[str, str]) -> str:
    return given.get("q", "")[:LONGEST_QUERY].strip()


def _found(query: str) -> Sequence[Hit]:
    """Tip cards, case studies and training formats with these words."""
    if not query:
        return ()
    kinds = {"kind": frozenset(kind.value for kind in building.KINDS)}
    asked = Query(text=query, filters=kinds, per_page=FOUND)
    return finding.find(runtime(), asked).page.hits


def _new_page(
    pack: Pack, form: BlockForm, query: str, *, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "packs/block_new.html",
        pack=pack,
        form=form,
        kinds=KINDS,
        query=query,
        hits=_found(query),
    )
    return pack_keys.own((page, status))


def _edit_page(
    pack: Pack,
    block: Block,
    form: BlockForm,
    refs: Sequence[str],
    query: str = "",
    *,
    status: int = 200,
) -> ResponseReturnValue:
    chosen = _resources(refs)
    taken = {resource.ref for resource in chosen}
    page = render_template(
        "packs/block.html",
        pack=pack,
        block=block,
        form=form,
        kinds=KINDS,
        chosen=chosen,
        query=query,
        hits=[hit for hit in _found(query) if hit.key not in taken],
    )
    return pack_keys.own((page, status))


def _resources(refs: Sequence[str]) -> list[Resource]:
    found = packs.resources_of(db_session(), refs)
    return [found[ref] for ref in dict.fromkeys(refs) if ref in found]
