"""Sources: how each one is, in the open; and what editors do with them."""

from collections import Counter
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb import jobs
from kb.clock import utcnow
from kb.db.database import Session
from kb.errors import Conflict, Invalid, KbError, NotFound
from kb.feeds import known, opml, probing, resolve, river, sources, stories
from kb.feeds.models import Source, State
from kb.feeds.types import Answer, Candidate, CleanFeed, Fetched, Resolved
from kb.finding import asking
from kb.web import attention, candidates, source_lists
from kb.web.context import db_session, editors_only, is_editor, let_go, public, runtime
from kb.web.forms.sources import AddressForm, EndForm, KeptForm, SourceForm
from kb.web.paging import paging
from kb.web.source_edits import checked, council_names, others, show_problems

bp = Blueprint("sources", __name__, url_prefix="/feeds/sources")

PER_PAGE = 50
MOST_PAGES = 400
NEWEST = 5


@bp.get("")
@public
def index() -> ResponseReturnValue:
    args, now = request.args.to_dict(flat=False), utcnow()
    found = sources.everyone(db_session())
    asked = "".join(args.get("state", ())[:1])
    state = State(asked) if asked in {*State} else None
    shown = [source for source in found if state in {None, source.state}]
    pages = paging(
        page=asking.number(args, "page", default=1, most=MOST_PAGES),
        total=len(shown),
        per_page=PER_PAGE,
        most=MOST_PAGES,
        url_of_page=lambda page: url_for(
            "sources.index", state=state, page=page if page > 1 else None
        ),
    )
    rows = shown[(pages.page - 1) * PER_PAGE : pages.page * PER_PAGE]
    return render_template(
        "sources/index.html",
        rows=[(source, sources.health(source, now=now)) for source in rows],
        troubles=attention.troubles(),
        state=state,
        states=_states(found, now),
        total=len(found),
        paging=pages,
    )


@bp.get("/<int(max=2147483647):source_id>")
@public
def show(source_id: int) -> ResponseReturnValue:
    source = sources.get(db_session(), source_id)
    form = EndForm() if is_editor() else None
    return _page(db_session(), source, form)


@bp.get("/new")
@editors_only
def new() -> ResponseReturnValue:
    return _asked(AddressForm())


@bp.post("/candidates")
@editors_only
def find() -> ResponseReturnValue:
    """Look behind what was pasted; nothing is stored yet."""
    form = AddressForm()
    if not form.validate():
        return _asked(form), 422
    let_go()
    try:
        found = _resolve(form.address.data or "")
    except KbError as error:
        form.address.errors = [str(error)]
        return _asked(form), 422
    if found.listed:
        return _list(found.listed, form)
    if not found.candidates:
        return _asked(form, found.sentence), 422
    return _choice(found)


@bp.post("")
@editors_only
def create() -> ResponseReturnValue:
    session = db_session()
    form = SourceForm()
    try:
        found = candidates.read(request.form.get("found", ""))
    except Invalid as error:
        return _again(error), 422
    form.feed.choices = candidates.choices(found)
    try:
        source = _stored(session, form, found)
    except Invalid as error:
        show_problems(form, error, otherwise="feed")
        return _choice(found, form), 422
    except Conflict as error:
        session.rollback()
        ours = known.by_address(session, found.candidates[int(form.feed.data)].url)
        form.feed.errors = [known.sentence(ours) if ours else str(error)]
        return _choice(found, form), 422
    flash(f"We follow {source.name} from now on. Its first posts arrive within minutes.")
    return _to(source)


vars(create)["form_at"] = "sources.new"


@bp.post("/<int(max=2147483647):source_id>/check")
@editors_only
def create_check(source_id: int) -> ResponseReturnValue:
    """Read it now, by the very function that the schedule runs."""
    let_go()
    report = jobs.refresh_sources(runtime(), now=utcnow(), limit=1, only=[source_id])
    if not report.sources:
        flash("It is being read at this moment, or is not followed. Look again in a minute.")
    elif report.failed:
        flash("It could not be read. This page says why.")
    else:
        flash(f"It was read: {report.new_entries} new, {report.changed} changed.")
    return redirect(url_for("sources.show", source_id=source_id), code=303)


@bp.post("/<int(max=2147483647):source_id>/probe")
@editors_only
def create_probe(source_id: int) -> ResponseReturnValue:
    """Ask a source that is switched off once, as the command does; follow it if it answers."""
    url = sources.get(db_session(), source_id).feed_url
    let_go()
    probe = _probe(url)
    source = sources.get(db_session(), source_id)
    if sources.probed(db_session(), source, probe, now=utcnow()):
        flash(f"{source.name} answers, and is followed from now on.")
    else:
        flash(f"{source.name} stays switched off. {source.reason}".rstrip())
    return _to(source)


@bp.post("/<int(max=2147483647):source_id>/pause")
@editors_only
def create_pause(source_id: int) -> ResponseReturnValue:
    source = sources.get(db_session(), source_id)
    sources.pause(db_session(), source, reason="An editor paused it.")
    flash(f"{source.name} is paused: we read nothing from it until somebody resumes it.")
    return _to(source)


@bp.post("/<int(max=2147483647):source_id>/pause/end")
@editors_only
def delete_pause(source_id: int) -> ResponseReturnValue:
    source = sources.get(db_session(), source_id)
    sources.resume(db_session(), source, now=utcnow())
    flash(f"{source.name} is read again from now on.")
    return _to(source)


@bp.post("/<int(max=2147483647):source_id>/retirement")
@editors_only
def create_retirement(source_id: int) -> ResponseReturnValue:
    session = db_session()
    source = sources.get(session, source_id)
    form = EndForm()
    form.offer(others(session, source))
    if not form.validate():
        return _page(session, source, form), 422
    chosen = form.successor.data
    successor = sources.get(session, int(chosen)) if chosen else None
    sources.retire(session, source, reason=form.reason.data or "", successor=successor)
    flash(f"{source.name} is retired. Its entries stay.")
    return _to(source)


@bp.post("/<int(max=2147483647):source_id>/retirement/end")
@editors_only
def delete_retirement(source_id: int) -> ResponseReturnValue:
    """Follow it again, whether somebody retired it or it ended because it had moved."""
    source = sources.get(db_session(), source_id)
    sources.resume(db_session(), source, now=utcnow())
    flash(f"{source.name} is followed again from now on.")
    return _to(source)


def _resolve(pasted: str) -> Resolved:
    fetcher = runtime().fetcher
    return resolve.resolve(pasted, fetch=fetcher.fetch, page=fetcher.page, read=_read)


def _probe(url: str) -> sources.Probe:
    """What comes of asking there. No transaction is open while we wait."""
    fetcher = runtime().fetcher
    answer: Answer | Exception
    try:
        answer = fetcher.fetch(url)
    except KbError as error:
        answer = error
    return probing.probe(url, answer, fetch=fetcher.fetch, page=fetcher.page, read=_read)


def _read(fetched: Fetched) -> CleanFeed:
    return runtime().reader.read(fetched, now=utcnow())


def _list(content: bytes, form: AddressForm) -> ResponseReturnValue:
    """What an address led to that was a list of feeds."""
    try:
        return source_lists.shown(opml.read(content), address=form.address.data or "")
    except Invalid as error:
        form.address.errors = [*error.problems.values()]
        return _asked(form), 422


def _asked(form: AddressForm, sentence: str = "") -> str:
    """Where to look. What was typed before of the source goes along."""
    return render_template("sources/new.html", form=form, sentence=sentence, kept=KeptForm().shown)


def _again(error: Invalid) -> str:
    """The same where what we found once has run out."""
    found, place = request.form.get("found", ""), request.form.get("feed", "")
    form = AddressForm(formdata=None, address=candidates.address(found, place))
    show_problems(form, error, otherwise="address")
    return _asked(form)


def _choice(found: Resolved, form: SourceForm | None = None) -> str:
    """Which one to follow. Those that we have already are told of and not offered.

    Unless nothing else is left of what somebody has filled in, which is never taken away.
    """
    ours = known.among(db_session(), found.candidates)
    numbered = [*enumerate(found.candidates)]
    free = [(place, each) for place, each in numbered if each.url not in ours]
    offered = free or (numbered if form else [])
    return render_template(
        "sources/choose.html",
        form=form or _filled(found, free or numbered),
        found=found,
        signed=candidates.write(found),
        councils=council_names(db_session()),
        ours={url: (source, known.sentence(source)) for url, source in ours.items()},
        offered=offered,
    )


def _filled(found: Resolved, offered: list[tuple[int, Candidate]]) -> SourceForm:
    """The form as the first candidate would have it, and as somebody filled it in before."""
    place, first = offered[0]
    usual = {
        "name": first.title if len(offered) == 1 else "",
        "kind": first.kind or sources.usual_kind(first.url),
        "language": first.language or "en",
    }
    form = SourceForm(formdata=None, data=usual | KeptForm().kept)
    form.feed.choices = candidates.choices(found)
    form.feed.data = str(place) if len(offered) == 1 else None
    return form


def _stored(session: Session, form: SourceForm, found: Resolved) -> Source:
    """Raises Invalid with a sentence for each field that is wrong."""
    council = checked(session, form)
    return sources.add(
        session,
        found.candidates[int(form.feed.data)],
        name=form.name.data or "",
        council=council,
        organisation=form.organisation.data or "",
        nation=form.nation.data,
        kind=form.kind.data,
        language=form.language.data,
        now=utcnow(),
    )


def _page(session: Session, source: Source, form: EndForm | None) -> str:
    if form is not None:
        form.offer(others(session, source))
    filters = river.Filters(source=source.id)
    entries = river.page(session, filters, limit=NEWEST)
    return render_template(
        "sources/show.html",
        source=source,
        health=sources.health(source, now=utcnow()),
        successor=_successor(session, source),
        entries=entries,
        also_seen=stories.also_seen_of(session, entries),
        total=river.total(session, filters),
        form=form,
        kind=sources.KINDS.get(source.kind, source.kind),
    )


def _successor(session: Session, source: Source) -> Source | None:
    try:
        return sources.get(session, source.successor_id) if source.successor_id else None
    except NotFound:
        return None


def _states(found: list[Source], now: datetime) -> list[tuple[State, str, int]]:
    """Each state that some source is in: its words, and how many are."""
    words = {source.state: sources.health(source, now=now).state for source in found}
    numbers = Counter(source.state for source in found)
    return [(state, words[state], numbers[state]) for state in State if state in words]


def _to(source: Source) -> ResponseReturnValue:
    return redirect(url_for("sources.show", source_id=source.id), code=303)
