from datetime import timedelta

import pytest
from sqlalchemy import select

from kb.accounts.models import CouncilRole
from kb.accounts.models import State as AccountState
from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.library.content import Kind
from kb.library.models import Standing
from kb.library.publish import set_standing
from kb.mail.models import Letter
from kb.submissions import drafts, form
from kb.submissions.models import Decision, State, Verdict
from tests.factories import NOW, make_case_study, make_council, make_training, make_user
from tests.submissions.writing import BASE_URL, know_terms, make_draft, send

SUMMARY = form.pages(Kind.CASE_STUDY)[0]


@pytest.fixture(autouse=True)
def terms(session):
    know_terms(session)


def save(session, draft, typed, page=SUMMARY, **values):
    given = {"by": draft.owner, "now": NOW, "base_url": BASE_URL}
    return drafts.save(session, draft, page, typed, **given | values)


def letters(session):
    return list(session.scalars(select(Letter).order_by(Letter.id)))


def test_a_draft_is_its_owners_alone(session):
    draft = make_draft(session)
    colleague = make_user(session, draft.council)
    reviewer = make_user(session, is_reviewer=True)

    assert drafts.get(session, draft.id, by=draft.owner) is draft
    for other in (colleague, reviewer):
        with pytest.raises(NotFound):
            drafts.get(session, draft.id, by=other)


def test_reviewers_read_what_was_sent(session):
    draft = make_draft(session)
    reviewer = make_user(session, is_reviewer=True)
    send(session, draft)

    assert drafts.get(session, draft.id, by=reviewer) is draft
    with pytest.raises(NotFound):
        drafts.own(session, draft.id, by=reviewer)
    with pytest.raises(NotFound):
        drafts.get(session, draft.id, by=make_user(session, draft.council))


def test_what_was_typed_is_kept_even_if_it_is_wrong(session):
    draft = make_draft(session)

    problems = save(session, draft, {"title": "", "summary": "x" * 200, "lang": "xx"})

    assert set(problems) == {"title", "summary", "lang"}
    assert draft.answers["summary"] == "x" * 200
    assert draft.answers["reasons"] == "Nobody suggested topics."


def test_only_what_the_page_asks_is_kept(session):
    draft = make_draft(session)

    save(session, draft, {"title": "New", "money": "999999", "_filled": ["x"], "owner_id": "1"})

    assert draft.answers["money"] == "40"
    assert "owner_id" not in draft.answers


def test_the_link_to_come_back_is_mailed_once(session):
    draft = make_draft(session)

    save(session, draft, {"title": "A title"})
    save(session, draft, {"title": "Another"})

    (letter,) = letters(session)
    assert letter.subject == "Your draft"
    assert letter.to == draft.owner.email
    assert f"{BASE_URL}/share/{draft.id}\n" in letter.text


def test_a_draft_that_we_fill_in_has_its_link_mailed_at_once_and_only_once(session):
    draft = make_draft(session, base_url=BASE_URL)
    empty = drafts.start(session, by=draft.owner, kind=draft.kind, now=NOW, base_url=BASE_URL)

    save(session, draft, {"title": "Another"})

    (letter,) = letters(session)
    assert f"{BASE_URL}/share/{draft.id}\n" in letter.text
    assert f"{BASE_URL}/share/{empty.id}\n" not in letter.text


def test_a_title_adds_no_header_to_a_letter(session):
    draft = make_draft(session, answers={"title": "Hello\r\nBcc: all@example.org"})

    save(session, draft, {"summary": "x"})

    assert "\n" not in letters(session)[0].subject
    assert "“Hello Bcc: all@example.org”" in letters(session)[0].text


def test_what_was_filled_in_is_known_until_its_page_is_saved(session):
    draft = make_draft(session, answers={"_filled": ["title", "years"]})

    save(session, draft, {"title": "A title"})

    assert draft.answers["_filled"] == ["years"]


def test_sending_puts_it_into_the_queue_and_thanks_by_letter(session):
    draft = make_draft(session)

    send(session, draft, flags=["Look at this."])

    assert (draft.state, draft.sent_at, draft.flags) == (State.WAITING, NOW, ["Look at this."])
    (decision,) = drafts.decisions(session, draft)
    assert decision.verdict is Verdict.SENT
    assert letters(session)[-1].subject == "We have what you sent"


def test_what_is_not_whole_is_not_sent(session):
    draft = make_draft(session, answers={"went_wrong": ""})

    with pytest.raises(Invalid) as error:
        send(session, draft)

    assert set(error.value.problems) == {"went_wrong"}
    assert draft.state is State.DRAFT
    assert letters(session) == []


def test_who_waits_for_an_admin_may_write_and_not_send(session):
    waiting = make_user(session, make_council(session), state=AccountState.WAITING)
    draft = make_draft(session, waiting)

    save(session, draft, {"title": "A title"}, by=waiting)

    with pytest.raises(NotAllowed):
        send(session, draft)


def test_what_was_sent_cannot_be_changed_or_sent_again_or_thrown_away(session):
    draft = make_draft(session)
    send(session, draft)

    for attempt in (
        lambda: save(session, draft, {"title": "Another"}),
        lambda: send(session, draft),
        lambda: drafts.drop(session, draft, by=draft.owner, now=NOW),
        lambda: drafts.note(session, draft, "_links", {}, by=draft.owner),
    ):
        with pytest.raises(Conflict):
            attempt()


def test_changes_that_were_asked_for_open_it_again(session):
    draft = make_draft(session)
    send(session, draft)
    reviewer = make_user(session, is_reviewer=True)
    requests = {"money": "Was it £40 in all?"}
    draft.state = State.CHANGES
    session.add(
        Decision(
            draft_id=draft.id,
            by_id=reviewer.id,
            at=NOW,
            verdict=Verdict.CHANGES,
            requests=requests,
        )
    )
    session.flush()

    assert drafts.asked_for(session, draft) == requests
    send(session, draft, now=NOW + timedelta(days=1))

    assert draft.state is State.WAITING
    assert drafts.asked_for(session, draft) == {}
    assert [letter.subject for letter in letters(session)] == ["We have what you sent"] * 2


def test_what_is_thrown_away_is_gone(session):
    draft = make_draft(session)
    owner = draft.owner

    drafts.drop(session, draft, by=owner, now=NOW)

    assert draft.answers == {}
    assert drafts.mine(session, by=owner) == []
    with pytest.raises(NotFound):
        drafts.get(session, draft.id, by=owner)


def test_nobody_else_writes_in_a_draft(session):
    draft = make_draft(session)
    other = make_user(session, draft.council)

    for attempt in (
        lambda: save(session, draft, {"title": "Mine"}, by=other),
        lambda: send(session, draft, by=other),
        lambda: drafts.drop(session, draft, by=other, now=NOW),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_a_page_is_changed_by_its_own_council(session):
    council = make_council(session)
    resource = make_case_study(session, councils=(council.code,))
    editor = make_user(session, council, council_role=CouncilRole.EDITOR)
    stranger = make_user(session, make_council(session))

    assert drafts.may_change(editor, resource)
    assert make_draft(session, editor, resource=resource).base_version == 1
    with pytest.raises(NotAllowed):
        make_draft(session, stranger, resource=resource)


def test_nobody_changes_what_was_taken_down(session):
    council = make_council(session)
    resource = make_case_study(session, councils=(council.code,))
    set_standing(session, resource, Standing.WITHDRAWN)

    assert not drafts.may_change(make_user(session, council), resource)


def test_training_material_is_not_shared_here(session):
    council = make_council(session)
    training = make_training(session, councils=(council.code,))

    with pytest.raises(NotAllowed):
        make_draft(session, make_user(session, council), kind=Kind.TRAINING, resource=training)


def test_nobody_opens_drafts_without_end(session):
    owner = make_user(session, make_council(session))
    for _ in range(drafts.MOST_OPEN):
        make_draft(session, owner)

    with pytest.raises(NotAllowed):
        make_draft(session, owner)


def test_a_new_draft_has_the_usual_licence_and_no_choice_of_readers(session):
    owner = make_user(session, make_council(session))

    draft = drafts.start(session, by=owner, kind=Kind.CASE_STUDY, now=NOW)

    assert draft.answers == {"licence": "ogl-3", "lang": "en"}
