from datetime import timedelta

import pytest
from sqlalchemy import select

from kb.accounts.models import CouncilRole, User
from kb.errors import Conflict, NotAllowed, NotFound
from kb.library.models import Standing
from kb.library.publish import set_standing
from kb.mail.models import Letter
from kb.submissions import colleagues, composing, drafts, queue, returning, review
from kb.submissions.models import Draft, State, Verdict
from kb.submissions.review import Seen
from tests.factories import NOW, make_case_study, make_council, make_user
from tests.submissions.sent import make_reviewer
from tests.submissions.test_composing import upload
from tests.submissions.writing import BASE_URL, know_terms, make_draft, send

LATER = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def terms(session):
    know_terms(session)


@pytest.fixture
def waiting(session):
    draft = make_draft(session)
    send(session, draft, flags=["Look at this."])
    return draft


def decline(session, draft, message="It is an advertisement.", by=None):
    given = {"by": by or make_reviewer(session), "seen": Seen(draft=draft.version), "now": NOW}
    review.decline(session, draft, base_url=BASE_URL, message=message, **given)
    return draft


def take_back(session, draft, **values):
    returning.take_back(session, draft, **{"by": draft.owner, "now": LATER} | values)


def start_again(session, draft, **values):
    given = {"by": draft.owner, "now": LATER, "base_url": BASE_URL}
    return returning.start_again(session, draft, **given | values)


def test_what_is_taken_back_is_its_senders_alone_again(session, waiting):
    reviewer = make_reviewer(session)
    seen = Seen(draft=waiting.version)
    review.take(session, waiting, by=reviewer, seen=seen, now=NOW)
    editor = make_user(session, waiting.council, council_role=CouncilRole.EDITOR)

    take_back(session, waiting)
    take_back(session, waiting)  # pressed twice

    assert (waiting.state, waiting.reviewer, waiting.flags) == (State.DRAFT, None, [])
    assert queue.count(session) == 0
    assert colleagues.sent(session, by=editor) == []
    with pytest.raises(NotFound):
        drafts.get(session, waiting.id, by=reviewer)
    assert review.title(waiting) == "Something that was taken back"
    verdicts = [each.verdict for each in drafts.decisions(session, waiting)]
    assert verdicts == [Verdict.SENT, Verdict.TAKEN, Verdict.TAKEN_BACK]
    send(session, waiting, now=LATER)
    assert review.get(session, waiting.id, by=reviewer) is waiting


def test_a_reviewer_who_was_slower_is_told_that_it_was_taken_back(session, waiting):
    seen = Seen(draft=waiting.version)

    take_back(session, waiting)

    with pytest.raises(Conflict, match="Its sender took this back"):
        review.get(session, waiting.id, by=make_reviewer(session))
    with pytest.raises(Conflict, match="was taken back by the team before your answer arrived"):
        review.decline(
            session,
            waiting,
            by=make_reviewer(session),
            seen=seen,
            now=NOW,
            base_url=BASE_URL,
            message="No.",
        )


def test_a_sender_who_was_slower_is_told_what_the_reviewer_did(session, waiting):
    decline(session, waiting)

    with pytest.raises(Conflict, match="A reviewer declined this before you took it back"):
        take_back(session, waiting)
    assert waiting.state is State.DECLINED


@pytest.mark.parametrize("is_first", [True, False])
def test_of_a_sender_and_a_reviewer_at_the_same_moment_one_wins(
    session, runtime, waiting, is_first
):
    people = waiting.owner_id, make_reviewer(session).id
    session.commit()
    sender, reviewer = (_has_read(runtime.database, waiting.id, user) for user in people)
    acts = [(sender, take_back), (reviewer, decline)]
    (first, act), (second, react) = acts if is_first else reversed(acts)

    act(*first[:2], by=first[2])
    first[0].commit()
    with pytest.raises(Conflict):
        react(*second[:2], by=second[2])
    second[0].rollback()

    verdicts = {each.verdict for each in drafts.decisions(first[0], first[1])}
    assert verdicts == {Verdict.SENT, Verdict.TAKEN_BACK if is_first else Verdict.DECLINED}
    for each in (sender, reviewer):
        each[0].close()


def _has_read(database, draft_id, user_id):
    """A session in which somebody has read the draft, and waits for nobody."""
    session = database.open_session(writes=False)
    draft, user = session.get(Draft, draft_id), session.get(User, user_id)
    assert draft.owner.council == draft.council
    session.commit()
    return session, draft, user


def test_what_a_reviewer_asked_for_is_still_known_after_taking_back(session, waiting):
    asked = {"money": "Was it £40 in all?"}
    given = {"by": make_reviewer(session), "seen": Seen(draft=waiting.version), "now": NOW}
    review.ask_changes(session, waiting, base_url=BASE_URL, requests=asked, **given)
    send(session, waiting, now=LATER)

    take_back(session, waiting)

    assert drafts.asked_for(session, waiting) == asked


def test_a_declined_draft_is_started_again_with_its_answers_and_files(session, waiting):
    upload(session, waiting, alt="A box")
    decline(session, waiting)
    before = dict(waiting.answers)

    draft = start_again(session, waiting)

    assert draft.id != waiting.id
    assert draft.answers == before | {returning.FROM: waiting.id}
    files = composing.files(session, draft)
    assert [(each.name, each.alt) for each in files] == [("poster.png", "A box")]
    assert returning.refusal(session, draft).message == "It is an advertisement."
    assert returning.refusal(session, waiting) is None
    assert (waiting.state, len(composing.files(session, waiting))) == (State.DECLINED, 1)
    last = session.scalars(select(Letter).order_by(Letter.id.desc())).first()
    assert (last.subject, f"/share/{draft.id}\n" in last.text) == ("Your draft", True)
    assert start_again(session, waiting) is draft


def test_only_its_owner_starts_what_was_declined_again(session, waiting):
    other = make_user(session, waiting.council)

    with pytest.raises(Conflict, match="Only what was declined"):
        start_again(session, waiting)
    decline(session, waiting)
    with pytest.raises(NotFound):
        start_again(session, waiting, by=other)
    with pytest.raises(NotFound):
        take_back(session, waiting, by=other)


def test_a_change_begun_again_remembers_the_version_it_was_begun_from(session):
    owner = make_user(session, make_council(session))
    page = make_case_study(session, councils=(owner.council.code,))
    draft = make_draft(session, owner, resource=page)
    send(session, draft)
    decline(session, draft)
    page.version += 1

    again = start_again(session, draft)

    assert (again.resource_id, again.base_version) == (page.id, draft.base_version)
    drafts.drop(session, again, by=owner, now=LATER)
    set_standing(session, page, Standing.WITHDRAWN)
    with pytest.raises(NotAllowed):
        start_again(session, draft)
