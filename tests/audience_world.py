"""One of everything, and one person of each role, for the walk over all routes."""

from kb.accounts import sign_ins
from kb.accounts.models import CouncilRole
from kb.accounts.models import State as AccountState
from kb.clock import utcnow
from kb.copying.models import Copy, Status
from kb.files.models import StoredFile
from kb.library.content import Kind
from kb.mail import service as mail
from kb.mail.models import State as LetterState
from kb.planning.models import SavedPlan
from kb.questions.models import Question
from kb.submissions.models import Draft, Upload
from kb.submissions.models import State as DraftState
from kb.training import answering, packs, pledging, rounds, saying, sessions
from kb.training.models import WriteUp
from kb.training.types import Block, RoundKind
from kb.upkeep.models import ReaderNote
from tests.factories import (
    NOW,
    TODAY,
    make_case_study,
    make_council,
    make_entry,
    make_lead,
    make_source,
    make_term,
    make_tip_card,
    make_training,
    make_user,
)

BLOCKS = (
    Block(key="ideas", title="Ideas", minutes=5, round=RoundKind.IDEAS, question="What now?"),
    Block(key="do", title="Pledge", minutes=5, round=RoundKind.PLEDGE, question="I will"),
)
ROLES = ("visitor", "waiting", "elsewhere", "owner", "colleague", "reviewer", "admin")


def build(session):
    """Fill an empty database; gives each role's person, and the number or name of each thing.

    `elsewhere` writes for another council, `colleague` is an editor of the owner's. All
    that can belong to somebody belongs to the owner or to their council.
    """
    home, other = make_council(session, slug="home"), make_council(session)
    people = _people(session, home, other)
    owner = people["owner"]
    term = make_term(session, "barrier", "skills")
    study = make_case_study(session, title="Study", councils=[home.code], barrier=[term.slug])
    study.owner_id = owner.id
    foreign = make_case_study(session, title="Foreign")
    make_tip_card(session, title="Card", number=1)
    make_training(session, title="Exercise")
    entry = make_entry(session, make_source(session))
    things = {
        "resource_id": study.id,
        "entry_id": entry.id,
        "source_id": entry.source_id,
        "lead_id": make_lead(session, entry).id,
        "sign_in_id": _sign_in(session, owner),
        "draft_id": _draft(session, owner, DraftState.DRAFT),
        "waiting_id": _draft(session, owner, DraftState.WAITING),
        "copy_id": _copy(session, foreign, owner),
        "note_id": _note(session, study),
        "question_id": _question(session, study, people["elsewhere"], owner),
        "plan_id": _plan(session, owner),
        "code": {"api": home.code},  # by the first part of the address
        "user_id": people["waiting"].id,
        "letter_id": _letter(session),
    }
    things["upload_id"], things["digest"] = _upload(session, things["draft_id"])
    things |= _pack(session, owner) | make_room(session, owner)
    things["code"]["j"] = things["room_code"]
    session.flush()
    return people, things


def _people(session, home, other):
    return {
        "waiting": make_user(session, state=AccountState.WAITING),
        "elsewhere": make_user(session, other),
        "owner": make_user(session, home),
        "colleague": make_user(session, home, council_role=CouncilRole.EDITOR),
        "reviewer": make_user(session, is_reviewer=True),
        "admin": make_user(session, is_admin=True),
    }


def _sign_in(session, user):
    token = sign_ins.start(session, user, device="Another browser", now=utcnow())
    return sign_ins.find(session, token, now=utcnow()).id


def _draft(session, owner, state):
    return _added(
        session,
        Draft(
            kind=Kind.CASE_STUDY,
            owner_id=owner.id,
            council_id=owner.council_id,
            answers={"title": "A draft"},
            state=state,
            started_at=NOW,
            saved_at=NOW,
            sent_at=NOW if state is DraftState.WAITING else None,
        ),
    )


def _copy(session, resource, owner):
    return _added(
        session,
        Copy(
            resource_id=resource.id,
            source_version=1,
            council_id=owner.council_id,
            owner_id=owner.id,
            status=Status.PLANNED,
            started_at=NOW,
            saved_at=NOW,
            told_version=1,
        ),
    )


def _note(session, resource):
    return _added(session, ReaderNote(resource_id=resource.id, resource_version=1, made_at=NOW))


def _question(session, resource, asker, to):
    return _added(
        session,
        Question(
            resource_id=resource.id,
            asker_id=asker.id,
            to_id=to.id,
            text="How?",
            asked_at=NOW,
            sent_at=NOW,
        ),
    )


def _plan(session, user):
    return _added(session, SavedPlan(user_id=user.id, picks=[], look_again=TODAY, saved_at=NOW))


def _letter(session):
    letter = mail.write(session, key="k", to="a@example.org", subject="S", text="T", now=NOW)
    letter.state = LetterState.DEAD
    return letter.id


def _upload(session, draft_id):
    """A picture in a draft: its number there, and the digest that its address has."""
    file = StoredFile(digest="a" * 64, media_type="image/png", size=1, kept_at=NOW)
    _added(session, file)
    upload = Upload(draft_id=draft_id, file_id=file.id, name="a.png", sent_at=NOW)
    return _added(session, upload), file.digest


def _added(session, thing):
    session.add(thing)
    session.flush()
    return thing.id


def _pack(session, owner):
    pack, _ = packs.create(session, title="Own pack", now=NOW, source=None, owner=owner)
    pack.blocks = list(BLOCKS)
    return {"pack_slug": pack.slug, "key": BLOCKS[0].key}


def make_room(session, owner):
    """An open session of theirs, with somebody in it who has said and promised something."""
    training, _ = sessions.prepare(
        session, title="A session", blocks=BLOCKS, starts_at=NOW, now=NOW, owner=owner
    )
    sessions.open_room(session, training, now=NOW)
    ideas, pledges = (rounds.of_block(session, training, block.key)[0] for block in BLOCKS)
    token = answering.join(session, training, now=NOW)
    who = answering.participant(session, training, token)
    rounds.open_round(session, pledges, now=NOW)
    pledge = pledging.pledge(session, pledges, who, will="ask", now=NOW)
    rounds.open_round(session, ideas, now=NOW)
    idea = saying.say(session, ideas, who, "Ask early", key="k", now=NOW)
    left = {"kind": Kind.CASE_STUDY.value, "title": "What we did", "text": "All of it"}
    _added(session, WriteUp(session_id=training.id, made_at=NOW, **left))
    return {
        "training_id": training.id,
        "room_code": training.code,
        "room_token": token,
        "round_id": ideas.id,
        "idea_id": idea.id,
        "pledge_id": pledge.id,
    }


def sit_in(client, things):
    """This browser is the participant of the room; gives what its forms send."""
    code, token = things["room_code"], things["room_token"]
    client.set_cookie(f"room-{code}", token, path=f"/j/{code}")
    return {"room": token, "round": things["round_id"], "idea": things["idea_id"]}


def seal_of(browser, things):
    """What the trainer's forms carry, from a page of theirs."""
    page = browser.get(f"/sessions/{things['training_id']}/run")
    return page.find(".//input[@name='seal']")[0].get("value")
