"""What the pages of sharing, review, copies and questions need to be walked."""

from datetime import timedelta

from kb.accounts import links, second_step, tokens
from kb.accounts.models import Purpose
from kb.accounts.models import State as AccountState
from kb.clock import utcnow
from kb.copying.models import FollowUp, Hider, Status
from kb.files import service as files
from kb.files.storage import Folder
from kb.library.content import Kind, check
from kb.library.models import Standing
from kb.library.publish import content_of, publish, set_standing
from kb.mail import service as mail
from kb.mail.models import State as LetterState
from kb.planning import service as planning
from kb.submissions import removal, review, uploads
from kb.submissions.uploads import Described
from kb.upkeep import service as upkeep
from kb.web.papers import LEFT
from tests.browser import session_world
from tests.copying.making import change, make_copy, make_practice, report
from tests.factories import NOW, TODAY, make_case_study, make_council, make_user
from tests.questions.asking import make_question, make_shown
from tests.services import filesamples
from tests.submissions.writing import BASE_URL, make_draft, send

CODES = timedelta(days=1)  # however long the walk takes
LATER = {"now": NOW, "base_url": BASE_URL}


def build(runtime):
    """Fill the site; gives the people by role, and what to put into the addresses of pages."""
    pictures = [_taken_in(runtime, filesamples.png(640, high)) for high in (400, 300)]
    paper = _taken_in(runtime, filesamples.pdf("Ask one question at a time."))
    with runtime.database.transaction() as session:
        people = _people(session)
        sharer, reviewer = people["sharer"], people["reviewer"]
        study = _published(session, sharer, reviewer, [*pictures[:1], paper])
        things = {
            "study": study.id,
            "study_slug": study.slug,
            "withdrawn": _withdrawn(session, sharer, reviewer),
            "waiting_user": make_user(session, state=AccountState.WAITING, name="Gwen Ŵyn").id,
            **_drafts(session, sharer, reviewer, study, pictures),
            **_copies(session, sharer, study),
            **_questions(session, sharer, study),
            **_codes(session, sharer),
            **session_world.things_of(session, sharer),
        }
        for page in (study, make_case_study(session, title="Asked by nobody we know")):
            upkeep.note(session, page, text="The committee has another name now.", **LATER)
        _plan(session, sharer, study)
        _dead_letter(session)
    return people, things


def _taken_in(runtime, content):
    return files.take_in(Folder(runtime.settings.files_dir), runtime.apart, content)


def _people(session):
    home = make_council(session, short_name="Dyffryn Dŵr", website="https://www.dyffryn.example")
    admin = make_user(session, is_admin=True, name="Ada Admin")
    admin.totp_secret = second_step.new_key()
    return {
        "sharer": make_user(session, home, name="Siân Sharer"),
        "reviewer": make_user(session, is_reviewer=True, name="Rhys Reviewer"),
        "admin": admin,
    }


def _seen(draft):
    live = draft.resource.version if draft.resource else 0
    return review.Seen(draft=draft.version, live=live)


def _add_files(session, draft, kept, *, alt="A postcard on a table"):
    for number, each in enumerate(kept):
        uploads.add(session, draft, each, name=f"postcard {number}", by=draft.owner, now=NOW)
    pictures = uploads.pictures(session, draft)
    if alt:
        said = {each.id: Described(alt=alt) for each in pictures}
        uploads.describe(session, draft, said, by=draft.owner, now=NOW)


def _published(session, owner, reviewer, kept=(), **answers):
    draft = make_draft(session, owner, answers=answers)
    _add_files(session, draft, kept)
    send(session, draft)
    return review.publish(
        session, draft, by=reviewer, seen=_seen(draft), edits={}, message="", **LATER
    )


def _withdrawn(session, owner, reviewer):
    """It also told what went wrong without a name, which is gone with it; another still does."""
    wrong = {"visibility": "unattributed", "went_wrong": "Nobody had told the library."}
    _published(session, owner, reviewer, title="Asked at the bus stop", **wrong)
    gone = _published(session, owner, reviewer, title="Asked by telephone")
    removal.take_down(session, gone, reason="The number is no longer ours.", by=reviewer, **LATER)
    return gone.id


def _drafts(session, owner, reviewer, study, pictures):
    empty = dict.fromkeys(("setup_time", "weekly_time", "replaces", "money"), "")
    draft = make_draft(session, owner, answers={"title": "Asked at the market", **empty})
    draft.answers = draft.answers | {LEFT: [["Our thanks", "To everybody at the library."]]}
    _add_files(session, draft, pictures[1:], alt="")
    whole = make_draft(session, owner, answers={"title": "Asked in the park"})
    sent = make_draft(session, owner, answers={"title": "Asked on the bus"})
    _add_files(session, sent, pictures[1:])
    send(session, sent, flags=["Nobody is named without asking: We found “Ann Example”."])
    changed = make_draft(
        session, owner, answers={"steps": ["Print two postcards", "Collect them"]}, resource=study
    )
    send(session, changed)
    asked = make_draft(session, owner, answers={"title": "Asked at school"})
    send(session, asked)
    review.ask_changes(
        session,
        asked,
        by=reviewer,
        seen=_seen(asked),
        requests={"results": "Say how many answered."},
        message="Nearly there.",
        **LATER,
    )
    tip = make_draft(session, owner, kind=Kind.TIP_CARD)
    return {
        "draft": draft.id,
        "whole": whole.id,
        "sent": sent.id,
        "changed": changed.id,
        "asked": asked.id,
        "tip": tip.id,
    }


def _copies(session, owner, study):
    """A family of four; and a copy by the sharer's council whose source has changed since."""
    first = make_copy(session, study, weeks=9, steps=_two_changes(study))
    report(session, first, hours=6, what_happened="Nine postcards came in the first month.")
    make_copy(session, study, parent=first, weeks=3, status=Status.TRYING)
    third = make_copy(session, study, weeks=6)
    report(session, third, Status.STOPPED, note="The library closed.", hours=2)
    hidden = make_copy(session, study)
    hidden.hidden_at, hidden.hidden_by, hidden.hidden_why = (
        NOW,
        Hider.REVIEWER,
        "It names a person.",
    )
    orphan = make_copy(session, make_practice(session, title="Ask by fax"), status=Status.DOING)
    set_standing(session, orphan.resource, Standing.WITHDRAWN, note="Nobody has a fax any more.")

    source = make_practice(session, title="Ask before you print")
    own = make_copy(session, source, by=owner, weeks=4)
    steps = [{"text": "Write two posts."}, {"text": "Ask comms for ten minutes."}]
    newer = check(content_of(source).to_json() | {"steps": steps})
    publish(session, newer, author="Somebody", now=NOW)
    token = tokens.make()
    session.add(
        FollowUp(copy_id=own.id, week=4, token_hash=tokens.hash_of(token), asked_at=utcnow())
    )
    return {
        "copy": first.id,
        "hidden": hidden.id,
        "orphan": orphan.id,
        "own": own.id,
        "source": source.id,
        "token": token,
        "other": make_practice(session, title="Ask twice").slug,
    }


def _two_changes(study):
    kept = [change("Print a bilingual postcard", "Half of us speak Welsh")] * 2
    return [*kept, *[change("Collect it each month")] * (len(study.steps) - 2)]


def _questions(session, owner, study):
    shown = make_shown(session, study, text="How many postcards did you print?")
    unanswered = make_question(session, make_practice(session, title="Ask nobody"))
    unanswered.to_id = unanswered.to = None
    unasked = make_practice(session, title="Ask late")
    return {
        "question": make_question(session, study, text="Who reads them?").id,
        "shown": shown.id,
        "unanswered": unanswered.id,
        "unasked": unasked.id,
    }


def _codes(session, user):
    now = utcnow() + CODES
    made = {
        "reset_code": links.make(session, Purpose.RESET, user.email, now=now),
        "arrival_code": links.make(session, Purpose.SIGN_IN, user.email, now=now),
        "confirm_code": links.make(
            session, Purpose.CONFIRM, "new@dyffryn.example", now=now, said={"name": "New"}
        ),
    }
    return {name: code for name, (_, code) in made.items()}


def _plan(session, user, study):
    planning.save(
        session,
        by=user,
        purpose="topic-choose",
        barrier="skills",
        first_steps={study.ref: "Ask the library"},
        look_again=TODAY,
        now=NOW,
    )


def _dead_letter(session):
    letter = mail.write(
        session, key="dead", to="gone@dyffryn.example", subject="Gone", text="Hello", now=NOW
    )
    letter.state, letter.attempts = LetterState.DEAD, 7
    letter.last_error = "550 There is no such mailbox here."
