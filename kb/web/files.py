"""The files of a draft: sent, described and removed; and files given to whoever may have them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import (
    Blueprint,
    Flask,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from kb.clock import utcnow
from kb.db.database import Session
from kb.errors import Conflict, NotFound
from kb.files import service as files
from kb.files.errors import Busy, Refused
from kb.files.naming import shown
from kb.files.storage import Folder
from kb.files.types import MOST_BYTES, Kept, in_words, is_picture
from kb.library import downloads
from kb.library.content import Attachment
from kb.library.models import Resource
from kb.submissions import composing, drafts, uploads
from kb.submissions.models import Draft
from kb.web import limiting
from kb.web.context import (
    current_person,
    db_session,
    keep_anyway,
    let_go,
    person,
    public,
    runtime,
    signed_in_only,
)
from kb.web.forms import files as fields

bp = Blueprint("files", __name__)

MOST_AT_ONCE = 5 * MOST_BYTES + 64 * 1024
MOST_A_DAY = 100
A_DAY = timedelta(days=1)
A_DAY_S = 24 * 60 * 60
CHOOSE = "Choose at least one file"
TOO_BIG = "It is larger than 20 MB. Make it smaller, or send it in parts."
NO_SUCH = "There is no file at this address."
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A file as a page offers it."""

    attachment: Attachment
    url: str
    words: str
    width: int | None = None
    height: int | None = None


@bp.get("/share/<int(max=2147483647):draft_id>/files")
@signed_in_only
def index(draft_id: int) -> ResponseReturnValue:
    session = db_session()
    draft = drafts.own(session, draft_id, by=current_person())
    if not draft.is_open:
        return redirect(url_for("share.show", draft_id=draft.id), code=303)
    return _page(session, draft)


@bp.post("/share/<int(max=2147483647):draft_id>/files")
@signed_in_only
def create(draft_id: int) -> ResponseReturnValue:
    """Keep what is good, and say of the rest why it is not. No transaction waits for files."""
    by = current_person()
    uploads.check_open(drafts.own(db_session(), draft_id, by=by), by)
    limiting.count("files", by.id, limit=MOST_A_DAY, within=A_DAY)
    let_go()
    sent = [file for file in request.files.getlist("files") if file.filename]
    kept, refused = _taken_in(sent)
    session = db_session()
    draft = drafts.own(session, draft_id, by=by)
    good = [name for name, each in kept if _is_added(session, draft, each, name, refused)]
    if sent and not refused:
        flash(f"{_named(good)} {'was' if len(good) == 1 else 'were'} added.")
        return redirect(url_for("files.index", draft_id=draft.id), code=303)
    keep_anyway()
    problems = [f"“{shown(name)}”: {why}" for name, why in refused] or [CHOOSE]
    return _page(session, draft, problems=problems, good=good), 422


vars(create)["most_bytes"] = MOST_AT_ONCE


@bp.post("/share/<int(max=2147483647):draft_id>/files/descriptions")
@signed_in_only
def describe(draft_id: int) -> ResponseReturnValue:
    session, by = db_session(), current_person()
    draft = drafts.own(session, draft_id, by=by)
    typed = fields.read(uploads.pictures(session, draft), request.form)
    wrong = uploads.describe(session, draft, typed, by=by, now=utcnow())
    if wrong:
        keep_anyway()
        return _page(session, draft, typed=typed, wrong=wrong), 422
    flash("What you said about the pictures is saved.")
    return redirect(url_for("share.show", draft_id=draft.id), code=303)


@bp.post("/share/<int(max=2147483647):draft_id>/files/<int(max=2147483647):upload_id>/removal")
@signed_in_only
def remove(draft_id: int, upload_id: int) -> ResponseReturnValue:
    session, by = db_session(), current_person()
    draft = drafts.own(session, draft_id, by=by)
    name = uploads.remove(session, draft, upload_id, by=by, now=utcnow())
    flash(f"“{name}” was removed.")
    return redirect(url_for("files.index", draft_id=draft.id), code=303)


@bp.post("/share/<int(max=2147483647):draft_id>/files/published/<digest>/removal")
@signed_in_only
def take_off(draft_id: int, digest: str) -> ResponseReturnValue:
    session, by = db_session(), current_person()
    draft = drafts.own(session, draft_id, by=by)
    name = uploads.take_off(session, draft, digest, by=by, now=utcnow())
    flash(f"“{name}” goes from the page once a reviewer has published your change.")
    return redirect(url_for("files.index", draft_id=draft.id), code=303)


@bp.post("/share/<int(max=2147483647):draft_id>/files/published/<digest>/removal/end")
@signed_in_only
def put_back(draft_id: int, digest: str) -> ResponseReturnValue:
    session, by = db_session(), current_person()
    draft = drafts.own(session, draft_id, by=by)
    name = uploads.put_back(session, draft, digest, by=by, now=utcnow())
    flash(f"“{name}” stays on the page.")
    return redirect(url_for("files.index", draft_id=draft.id), code=303)


@bp.get("/files/<digest>/<name>")
@public
def show(digest: str, name: str) -> ResponseReturnValue:
    """To everybody where a public page offers it, else to who may see the draft it is in."""
    session = db_session()
    row = files.get(session, digest)
    if row is None:
        raise NotFound(NO_SUCH)
    is_public = name in downloads.names(session, digest)
    if not is_public:
        _check_may_see(session, digest, name)
    response = send_file(
        Folder(runtime().settings.files_dir).open(digest),
        mimetype=row.media_type,
        as_attachment=not is_picture(row.media_type),
        download_name=name,
        etag=digest,
    )
    if response.status_code == 200:
        response.content_length = row.size
    response.headers["Content-Security-Policy"] = POLICY
    cache = f"public, max-age={A_DAY_S}" if is_public else "private, no-cache"
    response.headers["Cache-Control"] = cache
    return response


def on_page(session: Session, resource: Resource) -> list[Offered]:
    """The files that a page offers, in their order; of a preview, too."""
    attachments = resource.attachments or []
    sizes = files.sizes(session, {a.digest for a in attachments}) if attachments else {}
    return [_offered(attachment, sizes.get(attachment.digest)) for attachment in attachments]


def url_of_file(digest: str, name: str) -> str:
    return url_for("files.show", digest=digest, name=name)


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(url_of_file=url_of_file, file_words=in_words)


def _offered(attachment: Attachment, size: tuple[int, int] | None) -> Offered:
    return Offered(
        attachment=attachment,
        url=url_of_file(attachment.digest, attachment.name),
        words=in_words(attachment.media_type, attachment.size),
        width=size[0] if size else None,
        height=size[1] if size else None,
    )


def _check_may_see(session: Session, digest: str, name: str) -> None:
    """Whoever may not see a file is not told that there is one."""
    by = person()
    if by is None:
        raise NotFound(NO_SUCH)
    uploads.visible(session, digest, name, by=by)


def _taken_in(sent: Sequence[FileStorage]) -> tuple[list[tuple[str, Kept]], list[tuple[str, str]]]:
    """Those that are in the storage now, and those that are not taken, with the reason."""
    kept: list[tuple[str, Kept]] = []
    refused: list[tuple[str, str]] = []
    storage = Folder(runtime().settings.files_dir)
    for number, file in enumerate(sent):
        name = file.filename or ""
        try:
            if number >= uploads.MOST:
                raise Refused(uploads.FULL)
            kept.append((name, files.take_in(storage, runtime().apart, _content(file))))
        except (Refused, Busy) as error:
            refused.append((name, str(error)))
    return kept, refused


def _content(file: FileStorage) -> bytes:
    """All of it, but for what is too big to be read at all."""
    content = file.stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Refused(TOO_BIG)
    return content


def _is_added(
    session: Session, draft: Draft, kept: Kept, name: str, refused: list[tuple[str, str]]
) -> bool:
    try:
        uploads.add(session, draft, kept, name=name, by=current_person(), now=utcnow())
    except Conflict as error:
        refused.append((name, str(error)))
        return False
    return True


def _named(names: Sequence[str]) -> str:
    return f"“{shown(names[0])}”" if len(names) == 1 else f"{len(names)} files"


def _page(
    session: Session,
    draft: Draft,
    *,
    problems: Sequence[str] = (),
    good: Sequence[str] = (),
    typed: Mapping[int, uploads.Described] | None = None,
    wrong: Mapping[int, str] | None = None,
) -> str:
    pictures = uploads.pictures(session, draft)
    return render_template(
        "files/index.html",
        draft=draft,
        title=drafts.title(draft),
        uploads=composing.files(session, draft),
        pictures=fields.fields(pictures, typed, wrong),
        problems=problems,
        good=[shown(name) for name in good],
        published=composing.published(draft),
        removed={each.digest for each in composing.removed(draft)},
        most=uploads.MOST,
        longest_alt=uploads.LONGEST_ALT,
    )
