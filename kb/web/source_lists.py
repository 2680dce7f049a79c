"""Lists of sources from other feed readers: looked into first, then put on our list."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.clock import utcnow
from kb.errors import Invalid
from kb.feeds import known, listing, opml
from kb.feeds.models import State
from kb.feeds.opml import Listed
from kb.web import candidates
from kb.web.context import db_session, editors_only
from kb.web.forms.sources import AddressForm, ListForm

bp = Blueprint("source_lists", __name__, url_prefix="/feeds/sources/import")

MOST_BYTES = 1024 * 1024


@bp.get("")
@editors_only
def new() -> ResponseReturnValue:
    return render_template("source_lists/new.html", form=ListForm())


@bp.post("/preview")
@editors_only
def show() -> ResponseReturnValue:
    """What a file holds; nothing is stored yet."""
    form = ListForm()
    if not form.validate():
        return render_template("source_lists/new.html", form=form), 422
    try:
        listed = opml.read(form.file.data.read())
    except Invalid as error:
        form.file.errors = [*error.problems.values()]
        return render_template("source_lists/new.html", form=form), 422
    return shown(listed)


vars(show)["most_bytes"] = MOST_BYTES


@bp.post("")
@editors_only
def create() -> ResponseReturnValue:
    """Put them on our list, switched off until somebody probes them, as the command does."""
    try:
        outlines = candidates.read_list(request.form.get("listed", ""))
    except Invalid as error:
        return _again(error), 422
    new = len(listing.take(db_session(), outlines, now=utcnow()))
    noun = "source" if new == 1 else "sources"
    flash(f"{new} new {noun}, switched off until somebody probes them.")
    return redirect(url_for("sources.index", state=State.OFF), code=303)


def _again(error: Invalid) -> str:
    """Where the list came from, once more, after what we found in it has run out."""
    if address := request.form.get("address", ""):
        again = AddressForm(formdata=None, address=address)
        again.address.errors = [*error.problems.values()]
        return render_template("sources/new.html", form=again)
    form = ListForm(formdata=None)
    form.file.errors = [*error.problems.values()]
    return render_template("source_lists/new.html", form=form)


def shown(listed: Listed, *, address: str = "") -> str:
    """What a list holds; `address` is where it was fetched, if nobody sent a file."""
    urls = [each.feed_url for each in listed.outlines]
    followed = known.by_addresses(db_session(), urls)
    new = [each for each in listed.outlines if each.feed_url not in followed]
    signed, taken = candidates.write_list(new)
    return render_template(
        "source_lists/show.html",
        form=ListForm(formdata=None),
        address=address,
        new=new[:taken],
        left=len(new) - taken,
        known=[*{each.id: each for each in followed.values()}.values()],
        problems=listed.problems,
        signed=signed,
    )
