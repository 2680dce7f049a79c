"""What others are saying: the river by day, a page for each entry, and what editors do there."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from urllib.parse import urlencode

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.clock import utcnow
from kb.councils import naming
from kb.db.database import Session
from kb.editions import PerEdition
from kb.errors import Invalid, NotFound
from kb.feeds import changes, leads, river, stories
from kb.feeds.models import Entry
from kb.feeds.river import FACETS, Filters, Words
from kb.feeds.types import Platform
from kb.submissions import drafts
from kb.web import attention, our_pages, pictures
from kb.web.caching import kept
from kb.web.context import db_session, editors_only, is_editor, public, today
from kb.web.facets import FacetView, Option
from kb.web.forms.feeds import LeadForm, UnionForm
from kb.web.outside import local, outside, safe_text

bp = Blueprint("feeds", __name__, url_prefix="/feeds")

PER_PAGE = 30
MOST_OPTIONS = 12
MOST_UNKNOWN = 5
PLAYER = "application/x-shockwave-flash"
FACET_NAMES = {
    "platform": "Where",
    "nation": "Nation",
    "kind": "Kind",
    "council": "Council",
    "purpose": "Purpose, as suggested",
    "theme": "Theme, as suggested",
}
ALWAYS_OPEN = {"platform", "nation"}

words_now = PerEdition(river.words)
_all_counts = PerEdition(river.counts)
_number_of_sources = PerEdition(river.number_of_sources)


@bp.get("")
@public
def index() -> ResponseReturnValue:
    session = db_session()
    words, asked = words_now(session), request.args.to_dict(flat=False)
    filters = river.read(asked, words)
    before = request.args.get("before", type=our_pages.number)
    entries = river.page(session, filters, limit=PER_PAGE + 1, before=before)
    shown = entries[:PER_PAGE]
    marked = leads.of_entries(session, shown)
    return render_template(
        "feeds/index.html",
        days=by_day(shown),
        today=today(),
        leads=marked,
        also_seen=stories.also_seen_of(session, shown),
        begun=drafts.begun_from(session, [lead.id for lead in marked.values()]),
        sources=_number_of_sources(session),
        troubled=len(attention.troubles()),
        filters=filters,
        before=before,
        unknown=river.unknown(asked, words)[:MOST_UNKNOWN],
        chips=_chips(filters, words),
        facets=_facets(_counts(session, filters), filters, words),
        older=address(filters, before=shown[-1].id) if len(entries) > PER_PAGE else "",
        address=address,
    )


@bp.get("/entries/<int(max=2147483647):entry_id>")
@public
def show(entry_id: int) -> ResponseReturnValue:
    session = db_session()
    entry = _readable(session, entry_id)
    forms = (LeadForm(), UnionForm()) if is_editor() else None  # each begins a session
    return _entry_page(session, entry, forms)


@bp.get("/entries/<int(max=2147483647):entry_id>/changes")
@public
@kept
def show_changes(entry_id: int) -> ResponseReturnValue:
    """What its source changed after we had seen it, word by word."""
    session = db_session()
    entry = _readable(session, entry_id)
    return render_template(
        "feeds/changes.html", entry=entry, changes=changes.of_entry(session, entry)
    )


@bp.post("/entries/<int(max=2147483647):entry_id>/hiding")
@editors_only
def create_hiding(entry_id: int) -> ResponseReturnValue:
    entry = river.entry(db_session(), entry_id)
    river.hide(db_session(), entry, is_hidden=True)
    flash(f"“{entry.title}” is hidden from everybody but editors.{_led_by(entry)}")
    return _to(entry)


@bp.post("/entries/<int(max=2147483647):entry_id>/hiding/end")
@editors_only
def delete_hiding(entry_id: int) -> ResponseReturnValue:
    entry = river.entry(db_session(), entry_id)
    river.hide(db_session(), entry, is_hidden=False)
    flash(f"“{entry.title}” is shown again.")
    return _to(entry)


@bp.post("/entries/<int(max=2147483647):entry_id>/separation")
@editors_only
def create_separation(entry_id: int) -> ResponseReturnValue:
    entry = river.entry(db_session(), entry_id)
    stories.split(db_session(), entry)
    flash(f"“{entry.title}” now stands by itself.")
    return _to(entry)


@bp.post("/entries/<int(max=2147483647):entry_id>/union")
@editors_only
def create_union(entry_id: int) -> ResponseReturnValue:
    session = db_session()
    entry = river.entry(session, entry_id)
    form = UnionForm()
    try:
        stories.join(session, entry, _other(session, entry, form.other.data or ""))
    except Invalid as error:
        form.other.errors = [error.problems["other"]]
        return _entry_page(session, entry, (LeadForm(formdata=None), form)), 422
    flash("The two are now shown as one story.")
    return _to(entry)


@bp.post("/entries/<int(max=2147483647):entry_id>/lead")
@editors_only
def create_lead(entry_id: int) -> ResponseReturnValue:
    session = db_session()
    entry = river.entry(session, entry_id)
    form, union = LeadForm(), UnionForm(formdata=None)
    if not form.validate():
        return _entry_page(session, entry, (form, union)), 422
    try:
        named = naming.named(session, form.council.data or "", today=today())
    except Invalid as error:
        form.council.errors = [str(error)]
        return _entry_page(session, entry, (form, union)), 422
    council = entry.source.council or named
    leads.mark(session, entry, why=form.why.data or "", council=council, now=utcnow())
    flash(f"“{entry.title}” is now a lead.")
    return _to(entry)


def address(filters: Filters, *, before: int | None = None, endpoint: str = "feeds.index") -> str:
    """The page, or feed, of these filters."""
    place = [("before", str(before))] if before else []
    query = urlencode([*river.write(filters), *place])
    return f"{url_for(endpoint)}?{query}".rstrip("?")


def by_day(entries: Iterable[Entry]) -> list[tuple[date, list[Entry]]]:
    """Entries by the day under which the river has them, as people here count days."""
    days = groupby(entries, key=lambda entry: local(entry.sort_at).date())
    return [(day, list(those)) for day, those in days]


def _other(session: Session, entry: Entry, text: str) -> Entry:
    """The entry that somebody gave by its address or number. Raises Invalid."""
    if not text:
        raise Invalid({"other": "Give the address or the number of the other entry."})
    endpoint, values = our_pages.page_at(text)
    number = values["entry_id"] if endpoint == "feeds.show" else our_pages.number(text)
    if number == entry.id:
        raise Invalid({"other": "That is this entry itself. Give the other one."})
    try:
        return river.entry(session, number or 0)
    except NotFound as error:
        sentence = "We have no entry there. Give the address or the number of one on this site."
        raise Invalid({"other": sentence}) from error


def _readable(session: Session, entry_id: int) -> Entry:
    """The entry, for whoever may read it: what is hidden is gone for all but editors."""
    entry = river.entry(session, entry_id)
    if entry.is_hidden and not is_editor():
        abort(410)
    return entry


def _entry_page(session: Session, entry: Entry, forms: tuple[LeadForm, UnionForm] | None) -> str:
    form, union = forms or (None, None)
    words = words_now(session)
    shown = pictures.of(entry)
    lead = leads.of_entry(session, entry)
    return render_template(
        "feeds/show.html",
        entry=entry,
        text=safe_text(entry),
        pictures=shown,
        also_seen=stories.also_seen(session, entry),
        lead=lead,
        begun=drafts.begun_from(session, [lead.id] if lead else []),
        form=form,
        union=union,
        suggested=[
            (facet, slug, words[facet].get(slug, slug))
            for facet, slugs in (("purpose", entry.purposes), ("theme", entry.themes))
            for slug in slugs
        ],
        videos=[each for each in entry.enclosures if _is_video(each)],
        files=_files(entry, shown),
    )


def _files(entry: Entry, shown: Iterable[pictures.Shown]) -> list[dict[str, str]]:
    """Those that the page does not show in another place.

    YouTube names an old player beside each video, to which the page has a link already.
    """
    elsewhere = {picture.original for picture in shown}
    files = [each for each in entry.enclosures if not _is_video(each)]
    if entry.source.platform is Platform.YOUTUBE and outside(entry.link):
        files = [each for each in files if each.get("type") != PLAYER]
    return [each for each in files if each["url"] not in elsewhere]


def _is_video(enclosure: Mapping[str, str]) -> bool:
    return enclosure.get("type", "").startswith("video/")


def _led_by(hidden: Entry) -> str:
    """Who tells the story of an entry that was hidden, if anybody does."""
    for other in stories.also_seen(db_session(), hidden):
        if other.leads:
            return f" {other.source.name} tells the same story, which stays."
    return ""


def _counts(session: Session, filters: Filters) -> river.Counts:
    """Counting everything takes longest, and is asked for most."""
    return _all_counts(session) if filters.is_empty else river.counts(session, filters)


def _to(entry: Entry) -> ResponseReturnValue:
    return redirect(url_for("feeds.show", entry_id=entry.id), code=303)


def _chips(filters: Filters, words: Words) -> list[tuple[str, str]]:
    return [
        (words[facet][value], address(filters.without(facet, value)))
        for facet, value in river.write(filters)
    ]


def _facets(counts: river.Counts, filters: Filters, words: Words) -> list[FacetView]:
    views = [
        FacetView(
            name=facet,
            label=label,
            stays_open=facet in ALWAYS_OPEN,
            options=_options(counts.get(facet, {}), filters.of(facet), words[facet]),
        )
        for facet, label in FACET_NAMES.items()
        if facet in FACETS
    ]
    return [view for view in views if view.options]


def _options(
    counts: Mapping[str, int], chosen: frozenset[str], labels: Mapping[str, str]
) -> tuple[Option, ...]:
    """Values that would find something, or are on: the most frequent, in their own order."""
    found = [value for value in labels if counts.get(value) or value in chosen]
    frequent = sorted(found, key=lambda value: (value not in chosen, -counts.get(value, 0)))
    kept = {*frequent[:MOST_OPTIONS], *chosen}
    return tuple(
        Option(value, labels[value], counts.get(value, 0), value in chosen)
        for value in found
        if value in kept
    )
