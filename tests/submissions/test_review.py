from datetime import timedelta

import pytest
from sqlalchemy import select

from kb.accounts.models import User
from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.library import lessons
from kb.library.content import Kind
from kb.library.history import revisions
from kb.library.models import Resource, Standing, Visibility
from kb.library.publish import content_of, set_standing
from kb.library.publish import publish as publish_content
from kb.library.state import State as Trust
from kb.library.state import state_of
from kb.mail.models import Letter
from kb.submissions import history, review
from kb.submissions.models import Draft, State, Verdict
from kb.submissions.review import Seen
from tests.factories import (
    NOW,
    TODAY,
    make_council,
    make_term,
    make_tip_card,
    make_user,
)
from tests.submissions.sent import make_reviewer, make_sent

BASE = "https://swap.example"


def decide(session, draft, how=review.publish, *, by=None, seen=None, **said):
    seen = seen or Seen(draft=draft.version, live=draft.resource.version if draft.resource else 0)
    return how(
        session,
        draft,
        by=by or make_reviewer(session),
        seen=seen,
        now=NOW,
        base_url=BASE,
        **said,
    )


def letters(session):
    return list(session.scalars(select(Letter).order_by(Letter.id)))


def test_what_is_published_is_the_councils_and_its_writer_looks_after_it(session):
    draft = make_sent(session)

    resource = decide(session, draft, message="Lovely.")

    (revision,) = revisions(session, resource)
    assert (resource.title, resource.kind) == ("Ask one question at a time", Kind.TIP_CARD)
    assert revision.author == draft.council.name
    assert draft.owner.name not in revision.author + revision.note
    assert resource.owner == draft.owner
    assert resource.checked == TODAY
    assert resource.review_by == TODAY + timedelta(days=365)
    assert state_of(resource, today=TODAY) is Trust.CURRENT
    assert (draft.state, draft.resource, draft.decided_at) == (State.PUBLISHED, resource, NOW)


def test_its_writer_gets_a_letter_with_the_address(session):
    draft = make_sent(session)

    resource = decide(session, draft, message="Lovely.")

    (letter,) = letters(session)
    assert letter.to == draft.owner.email
    assert letter.subject == "Published: “Ask one question at a time”"
    assert f"{BASE}/p/{resource.id}" in letter.text
    assert "  Lovely." in letter.text


def test_every_decision_is_remembered(session):
    draft, reviewer = make_sent(session), make_reviewer(session)

    review.take(session, draft, by=reviewer, seen=Seen(draft=draft.version), now=NOW)
    decide(session, draft, review.ask_changes, by=reviewer, requests={"title": "Shorter."})

    found = history.of_draft(session, draft)
    assert [each.verdict for each in found] == [Verdict.SENT, Verdict.TAKEN, Verdict.CHANGES]
    assert found[-1].requests == {"title": "Shorter."}
    assert [each.by for each in found] == [draft.owner, reviewer, reviewer]


def test_changes_are_asked_for_question_by_question_and_with_reasons(session):
    draft = make_sent(session)

    decide(
        session,
        draft,
        review.ask_changes,
        requests={"body": "Take out the phone number.", "title": "  "},
        message="Nearly there.",
    )

    (letter,) = letters(session)
    assert draft.state is State.CHANGES
    assert "How it works, and why\n  Take out the phone number." in letter.text
    assert "Nearly there." in letter.text
    assert f"{BASE}/share/{draft.id}" in letter.text


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (review.ask_changes, {"requests": {}}),
        (review.ask_changes, {"requests": {"title": " "}}),
        (review.ask_changes, {"requests": {"nothing-like-it": "Why?"}}),
        (review.ask_changes, {"requests": {"title": "x" * 2001}}),
        (review.decline, {"message": " "}),
        (review.decline, {"message": "x" * 2001}),
        (review.publish, {"edits": {"purpose": "engage"}}),
        (review.publish, {"edits": {"title": ""}}),
        (review.publish, {"edits": {"title": "x" * 500}}),
        (review.publish, {"message": "x" * 2001}),
    ],
)
def test_nobody_is_answered_without_words_or_with_wrong_ones(session, how, said):
    draft = make_sent(session)

    with pytest.raises(Invalid):
        decide(session, draft, how, **said)

    assert draft.state is State.WAITING
    assert letters(session) == []


def test_turning_something_down_needs_a_reason_and_says_it(session):
    draft = make_sent(session)

    decide(session, draft, review.decline, message="It is about\nanother council.")

    assert draft.state is State.DECLINED
    assert "  It is about\n  another council." in letters(session)[0].text
    assert session.scalars(select(Resource)).all() == []


def test_a_reviewers_edits_are_published_and_the_writer_is_told(session):
    draft = make_sent(session)

    resource = decide(session, draft, edits={"title": "Ask one\u200b thing", "try_this": "Write."})

    assert resource.title == "Ask one\u200b thing"
    assert draft.answers["try_this"] == "Write."
    assert "changed some words" in letters(session)[0].text


@pytest.mark.parametrize("how", [review.publish, review.decline, review.ask_changes])
@pytest.mark.parametrize("whose", ["own", "own council", "page of own council"])
def test_nobody_decides_about_their_own(session, how, whose):
    council = make_council(session)
    reviewer = make_reviewer(session, council if whose == "own council" else None)
    owner = {
        "own": reviewer,
        "own council": make_user(session, council=council),
        "page of own council": make_user(session, council=make_council(session)),
    }[whose]
    card = make_tip_card(session, councils=[council.code])
    if whose == "page of own council":
        reviewer.council = council
        draft = make_sent(session, owner, resource=card, base_version=1)
    else:
        draft = make_sent(session, owner)
    said = {"requests": {"title": "Shorter."}} if how is review.ask_changes else {"message": "No."}

    with pytest.raises(NotAllowed):
        decide(session, draft, how, by=reviewer, **said)
    with pytest.raises(NotAllowed):
        review.take(session, draft, by=reviewer, seen=Seen(draft=draft.version), now=NOW)

    assert draft.state is State.WAITING


def test_only_reviewers_decide_and_find_what_was_sent(session):
    draft, writer = make_sent(session), make_user(session, council=make_council(session))

    with pytest.raises(NotAllowed):
        decide(session, draft, by=writer)
    with pytest.raises(NotFound):
        review.get(session, draft.id, by=writer)

    assert review.get(session, draft.id, by=make_reviewer(session)) is draft


@pytest.mark.parametrize("state", [State.DRAFT, State.DROPPED])
def test_what_somebody_still_writes_is_no_reviewers(session, state):
    draft = make_sent(session, state=state)

    with pytest.raises(NotFound):
        review.get(session, draft.id, by=make_reviewer(session))


@pytest.mark.parametrize("state", [State.PUBLISHED, State.CHANGES, State.DECLINED, State.DROPPED])
def test_what_was_decided_stays_so(session, state):
    draft = make_sent(session, state=state)

    with pytest.raises(Conflict, match="Nothing of yours was saved"):
        decide(session, draft)


def test_a_reviewer_who_read_an_earlier_state_is_told(session):
    draft = make_sent(session)
    seen = Seen(draft=draft.version)
    review.take(session, draft, by=make_reviewer(session), seen=seen, now=NOW)

    with pytest.raises(Conflict, match="Another reviewer"):
        decide(session, draft, seen=seen)


def test_two_reviewers_at_the_same_moment_make_one_publication(runtime):
    with runtime.database.transaction() as session:
        draft_id = make_sent(session).id
        reviewers = [make_reviewer(session).id for _ in range(2)]
    first, second = (_has_read(runtime.database, draft_id, reviewer) for reviewer in reviewers)

    decide(*first[:2], by=first[2], seen=Seen(draft=1))
    first[0].commit()
    with pytest.raises(Conflict):
        decide(*second[:2], by=second[2], seen=Seen(draft=1))
    second[0].rollback()

    assert len(first[0].scalars(select(Resource)).all()) == 1
    assert len(letters(first[0])) == 1
    for each, *_ in (first, second):
        each.close()


def _has_read(database, draft_id, reviewer_id):
    """A session in which somebody has read the draft, and waits for nobody."""
    session = database.open_session(writes=False)
    draft, reviewer = session.get(Draft, draft_id), session.get(User, reviewer_id)
    assert draft.owner.council == draft.council
    session.commit()
    return session, draft, reviewer


def test_a_change_makes_a_version_and_leaves_the_page_to_its_owner(session):
    council = make_council(session)
    owner, colleague = (make_user(session, council=council) for _ in range(2))
    card = decide(session, make_sent(session, owner))
    change = make_sent(
        session, colleague, resource=card, base_version=1, answers={"title": "Ask one thing"}
    )

    decide(session, change)

    assert (card.version, card.title, card.owner) == (2, "Ask one thing", owner)


def test_whoever_writes_gets_a_page_that_nobody_keeps(session):
    council = make_council(session)
    card = make_tip_card(session, councils=[council.code])
    colleague = make_user(session, council=council)

    decide(session, make_sent(session, colleague, resource=card, base_version=1))

    assert card.owner == colleague


def test_a_page_that_moved_on_is_published_only_by_who_has_seen_that(session):
    card = decide(session, make_sent(session))
    change = make_sent(session, card.owner, resource=card, base_version=1)
    moved = publish_content(
        session, make_other(card), author="Somebody", now=NOW + timedelta(hours=1)
    )

    assert review.has_moved_on(change)
    with pytest.raises(Conflict, match="version 2"):
        decide(session, change, seen=Seen(draft=change.version, live=1))
    decide(session, change, seen=Seen(draft=change.version, live=moved.version))

    assert card.version == 3


def test_a_page_that_was_taken_down_is_not_changed_behind_everybodys_back(session):
    card = decide(session, make_sent(session))
    change = make_sent(session, card.owner, resource=card, base_version=1)
    set_standing(session, card, Standing.WITHDRAWN, note="Wrong.")

    with pytest.raises(Conflict, match="taken down"):
        decide(session, change)


def test_a_page_that_is_changed_is_history_no_longer(session):
    card = decide(session, make_sent(session))
    set_standing(session, card, Standing.HISTORICAL)
    change = make_sent(session, card.owner, resource=card, base_version=1)

    decide(session, change)

    assert card.standing is Standing.LIVE


def test_who_has_closed_their_account_gets_no_letter(session):
    draft = make_sent(session)
    draft.owner.state = type(draft.owner.state).CLOSED

    decide(session, draft)

    assert letters(session) == []


def test_what_went_wrong_can_be_for_peers_alone(session):
    draft = make_sent(session, kind=Kind.CASE_STUDY, answers=CASE)
    for facet, slug in (("evidence", "told"), ("weekly", "none")):
        make_term(session, facet, slug)

    resource = decide(session, draft)

    lesson = lessons.of_resource(session, resource)
    assert (lesson.text, lesson.visibility) == ("The link was wrong.", Visibility.PEERS)
    assert resource.went_wrong == ""
    assert "The link was wrong" not in str(revisions(session, resource)[0].content)


CASE = {
    "summary": "We asked one question.",
    "years": "2025",
    "reasons": "Few answered.",
    "steps": ["Ask."],
    "weekly_time": "0",
    "replaces": "nothing",
    "results": "More answered.",
    "evidence": "told",
    "went_wrong": "The link was wrong.",
    "visibility": Visibility.PEERS.value,
    "next_step": "Ask.",
}


def make_other(resource):
    return content_of(resource).model_copy(update={"title": "Moved on"})
