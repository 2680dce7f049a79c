"""Look at a draft with all that belongs to it: its answers, its files and its council."""

from datetime import date

from sqlalchemy.orm import Session

from kb.files.types import WITH_TEXT, is_picture
from kb.submissions import checks, composing
from kb.submissions.models import Draft, Upload


def findings(session: Session, draft: Draft, *, today: date) -> list[checks.Finding]:
    """What the checks find, in the order in which people read it."""
    council = draft.council
    return checks.run(
        checks.Looked(
            kind=draft.kind,
            answers=draft.answers,
            files=_files(session, draft),
            council_names=(council.name, council.short_name, council.welsh_name)
            if council
            else (),
            today=today,
        )
    )


def for_reviewers(session: Session, draft: Draft) -> list[str]:
    """What was found when it was sent, and in its files as far as they were read by now."""
    then = [flag for flag in draft.flags if not flag.startswith(checks.IN_FILES)]
    now = checks.of_files(_files(session, draft))
    return [*then, *(f"{each.heading}: {each.sentence}" for each in now)]


def _files(session: Session, draft: Draft) -> list[checks.File]:
    return [_file(upload) for upload in composing.files(session, draft)]


def _file(upload: Upload) -> checks.File:
    """With the text that was read of it long ago: no file is opened for this."""
    file = upload.file
    has_text = file.media_type in WITH_TEXT
    return checks.File(
        name=upload.name,
        alt="" if upload.is_decorative else upload.alt,
        passages=file.passages or (),
        is_picture=is_picture(file.media_type),
        is_undescribed=composing.is_undescribed(upload),
        is_waiting=has_text and file.passages is None and not file.problem,
        is_closed=has_text and bool(file.problem),
    )
