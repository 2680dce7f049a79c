import pytest
from sqlalchemy import select

from kb.copying import service as copying
from kb.feeds.models import Lead
from kb.files.types import PDF
from kb.library import service as library
from kb.library.models import Resource
from kb.mail.models import Letter
from kb.submissions.models import Decision, Draft, State, Verdict
from kb.web.forms.review import CHANGES, DECLINE, EDIT, PUBLISH
from tests.copying.making import BASE, make_plan, make_practice, make_writer
from tests.factories import NOW, make_council, make_lead, make_tip_card, make_user
from tests.people import Person, Reviewer
from tests.submissions.sent import make_reviewer, make_sent
from tests.submissions.test_composing import upload
from tests.submissions.writing import know_terms, make_draft, send

NASTY = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def reviewer(app):
    return Reviewer(app)


@pytest.fixture
def draft(runtime):
    with runtime.database.transaction() as session:
        return make_sent(session)


def seen(page):
    """The versions that the form of a page says it was made of."""
    fields = page.find(".//form[@enctype]//input[@type='hidden']")
    return {field.get("name"): field.get("value") for field in fields}


def decide(browser, draft, choice, expect=200, **said):
    page = browser.get(f"/review/{draft.id}")
    return browser.post(
        f"/review/{draft.id}/decisions", expect, **seen(page) | {"decision": choice} | said
    )


def state_of(runtime, draft):
    with runtime.database.reading() as session:
        return session.get(Draft, draft.id).state


def letters(runtime):
    with runtime.database.reading() as session:
        return list(session.scalars(select(Letter).order_by(Letter.id)))


@pytest.mark.parametrize("path", ["/review", "/review/decisions", "/review/{id}"])
def test_only_reviewers_see_what_waits(app, runtime, browser, draft, path):
    with runtime.database.transaction() as session:
        writer = make_user(session, council=make_council(session))
    path = path.format(id=draft.id)

    answer = browser.response(path)
    Person(app, writer).get(path, expect=403)

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in")


def test_somebody_elses_writing_is_not_for_reviewers(reviewer, runtime):
    with runtime.database.transaction() as session:
        draft = make_sent(session, state=State.DRAFT)

    reviewer.get(f"/review/{draft.id}", expect=404)
    reviewer.post(f"/review/{draft.id}/decisions", expect=404, decision=PUBLISH)


def test_a_new_page_is_shown_whole_with_its_flags_first(reviewer, runtime):
    with runtime.database.transaction() as session:
        draft = make_sent(session, flags=["There is a phone number in it."])

    page = reviewer.get(f"/review/{draft.id}")

    assert page.heading == "Ask one question at a time"
    words = page.words
    assert "1 thing to look at" in words
    assert words.index("phone number") < words.index("They scroll past five.")


def test_answers_and_files_are_shown_in_the_words_of_the_sender(reviewer, runtime):
    with runtime.database.transaction() as session:
        know_terms(session)
        draft = make_draft(session, answers={"visibility": "unattributed"})
        paper = upload(session, draft, media_type=PDF)
        paper.file.passages = [["page 1, line 2", "Ask Jane Smith."]]
        send(session, draft)

    words = reviewer.get(f"/review/{draft.id}").words

    asked = words[words.index("Question by question") :]
    for label in ("Let people suggest topics", "Open Government Licence", "£40", "without"):
        assert label in asked
    for code in ("topic-choose", "ogl-3", "unattributed", "low-audience", PDF):
        assert code not in words
    assert "poster.png (PDF, 1 KB)" in words
    assert "we found “Jane Smith” (page 1, line 2)" in words


def test_a_change_shows_only_what_changed_by_words(reviewer, runtime):
    with runtime.database.transaction() as session:
        card = make_tip_card(session, title="Ask one question", body="People answer.")
        draft = make_sent(
            session,
            resource=card,
            base_version=1,
            answers={"title": "Ask one question twice", "body": "People answer."},
        )

    page = reviewer.get(f"/review/{draft.id}")

    added = ["".join(each.itertext()) for each in page.find(".//section//ins")]
    headings = [each.text for each in page.find(".//section[@class='diff']//h3")]
    assert "Added:  twice" in added
    assert headings[0] == "Title"
    assert "Text" not in headings
    assert "that did not change" in page.words


def test_a_published_page_is_live_and_its_writer_is_told(reviewer, runtime, browser, draft):
    page = decide(reviewer, draft, PUBLISH, message="Lovely.")

    assert "You published “Ask one question at a time”." in page.words
    card = browser.get("/tip-cards/ask-one-question-at-a-time")
    assert "They scroll past five." in card.words
    assert "/p/" in letters(runtime)[0].text


def test_a_reviewers_edits_are_published(reviewer, browser, draft):
    edits = {"edit-body": "People answer one question.\r\nNever five."}

    decide(reviewer, draft, EDIT, **edits)

    assert "Never five." in browser.get("/tip-cards/ask-one-question-at-a-time").words


def test_an_edit_that_breaks_the_rules_is_shown_again_with_everything_typed(
    reviewer, runtime, draft
):
    said = {"edit-title": "", "edit-body": "New words.", "message": "Small things."}

    page = decide(reviewer, draft, EDIT, expect=422, **said)

    assert page.title.startswith("Error: ")
    assert "Say the tip in one line" in page.words
    assert page.find(".//textarea[@id='edit-body']")[0].text.strip() == "New words."
    assert page.find(".//textarea[@id='message']")[0].text.strip() == "Small things."
    assert state_of(runtime, draft) is State.WAITING


def test_it_is_sent_back_with_what_should_change(reviewer, runtime, draft):
    decide(reviewer, draft, CHANGES, **{"request-body": "Take out the number."})

    assert state_of(runtime, draft) is State.CHANGES
    assert "Take out the number." in letters(runtime)[0].text
    assert "Take out the number." in reviewer.get(f"/review/{draft.id}").words


@pytest.mark.parametrize(
    ("choice", "said", "sentence"),
    [
        ("", {}, "Choose what you want to do."),
        ("approve", {}, "Choose what you want to do."),
        (CHANGES, {}, "Say what they should change."),
        (DECLINE, {}, "Say why you turn it down."),
        (DECLINE, {"message": "x" * 2001}, "Use 2000 characters or fewer."),
        (PUBLISH, {"edit-title": "Other"}, "You asked for changes or edited words."),
        (PUBLISH, {"request-title": "Other"}, "You asked for changes or edited words."),
        (EDIT, {"request-title": "Other"}, "You asked for changes as well."),
        (CHANGES, {"edit-title": "Other"}, "You edited words as well."),
        (CHANGES, {"request-title": "x" * 2001}, "Use 2000 characters or fewer."),
    ],
)
def test_a_decision_that_is_none_is_asked_for_again(
    reviewer, runtime, draft, choice, said, sentence
):
    page = decide(reviewer, draft, choice, expect=422, **said)

    assert sentence in page.words
    assert page.title.startswith("Error: ")
    assert state_of(runtime, draft) is State.WAITING
    assert letters(runtime) == []


def test_two_reviewers_at_once_get_one_publication_and_one_clear_page(app, runtime, draft):
    first, second = Reviewer(app), Reviewer(app)
    page = first.get(f"/review/{draft.id}")
    said = seen(page) | {"decision": PUBLISH}

    first.post(f"/review/{draft.id}/decisions", **{**said, "csrf_token": first.token()})
    refused = second.post(
        f"/review/{draft.id}/decisions", 409, **{**said, "csrf_token": second.token()}
    )

    assert "was published before your answer arrived. Nothing of yours was saved." in refused.words
    with runtime.database.reading() as session:
        assert len(session.scalars(select(Resource)).all()) == 1
    assert len(letters(runtime)) == 1


@pytest.mark.parametrize("version", ["", "-1", "x", "99", "²", "9" * 30])
def test_a_form_that_names_another_version_is_refused(reviewer, runtime, draft, version):
    decide(reviewer, draft, PUBLISH, expect=409, draft_version=version)

    assert state_of(runtime, draft) is State.WAITING


def test_a_page_that_moved_on_is_compared_with_what_everyone_reads_now(reviewer, runtime):
    with runtime.database.transaction() as session:
        card = make_tip_card(session, title="Old")
        draft = make_sent(session, resource=card, base_version=1)
        make_tip_card(session, ref=card.ref, title="Newer")

    page = reviewer.get(f"/review/{draft.id}")
    decide(reviewer, draft, PUBLISH, expect=409, live_version="1")

    assert "The published page has changed since this was begun from its version 1." in page.words
    assert any("Newer" in "".join(each.itertext()) for each in page.find(".//section//del"))


def test_a_draft_is_with_whoever_took_it(app, reviewer, draft):
    page = reviewer.get(f"/review/{draft.id}")
    taken = reviewer.post(f"/review/{draft.id}/reviewer", **seen(page) | {"with": "me"})
    other = Reviewer(app).get("/review")

    assert "With: you" in taken.words
    assert f"With {reviewer.user.name}" in other.words or reviewer.user.name in other.words
    given_back = reviewer.post(f"/review/{draft.id}/reviewer", **seen(taken) | {"with": "nobody"})
    assert "With: nobody" in given_back.words


@pytest.mark.parametrize("whose", ["own", "own council"])
def test_nobody_decides_about_what_is_their_own(app, runtime, whose):
    with runtime.database.transaction() as session:
        council = make_council(session)
        user = make_reviewer(session, council)
        owner = user if whose == "own" else make_user(session, council=council)
        draft = make_sent(session, owner)
    person = Person(app, user)

    page = person.get(f"/review/{draft.id}")
    versions = {"draft_version": "1", "live_version": "0"}
    for choice in (PUBLISH, DECLINE, CHANGES):
        said = versions | {"decision": choice, "message": "Good."}
        person.post(f"/review/{draft.id}/decisions", 403, **said)
    person.post(f"/review/{draft.id}/reviewer", 403, **versions | {"with": "me"})

    assert "Another reviewer decides about it." in page.words
    assert page.find(".//input[@name='decision']") == []
    assert state_of(runtime, draft) is State.WAITING


def test_only_the_address_says_which_draft_it_is(reviewer, runtime, draft):
    with runtime.database.transaction() as session:
        other = make_sent(session)

    decide(reviewer, draft, DECLINE, message="No.", draft_id=str(other.id), id=str(other.id))

    assert state_of(runtime, draft) is State.DECLINED
    assert state_of(runtime, other) is State.WAITING


def test_no_decision_is_taken_without_our_token(reviewer, runtime, draft):
    said = {"decision": PUBLISH, "draft_version": "1", "live_version": "0", "csrf_token": ""}

    reviewer.post(f"/review/{draft.id}/decisions", 400, **said)
    reviewer.post(f"/review/{draft.id}/reviewer", 400, **said)

    assert state_of(runtime, draft) is State.WAITING


def test_a_writer_decides_nothing(app, runtime, draft):
    with runtime.database.transaction() as session:
        person = make_user(session, council=make_council(session))
    versions = {"draft_version": "1", "live_version": "0", "decision": PUBLISH}

    Person(app, person).post(f"/review/{draft.id}/decisions", 403, **versions)
    Person(app, draft.owner).post(f"/review/{draft.id}/decisions", 403, **versions)

    assert state_of(runtime, draft) is State.WAITING


def test_whatever_is_written_stays_text(reviewer, runtime):
    with runtime.database.transaction() as session:
        owner = make_user(session, council=make_council(session), name=NASTY)
        answers = dict.fromkeys(("body", "watch_out", "try_this", "credit", "title"), NASTY)
        draft = make_sent(session, owner, answers=answers, flags=[NASTY])

    queue, page = reviewer.get("/review"), reviewer.get(f"/review/{draft.id}")
    decide(reviewer, draft, CHANGES, message=NASTY, **{"request-body": NASTY})
    after = reviewer.get(f"/review/{draft.id}"), reviewer.get("/review/decisions")

    for each in (queue, page, *after):
        assert NASTY not in each.text
        assert "<script>alert" in each.words


def test_every_decision_can_be_read_again(reviewer, runtime, draft):
    decide(reviewer, draft, DECLINE, message="It is about another council.")

    everything = reviewer.get("/review/decisions")
    mine = reviewer.get("/review/decisions?by=me&before=x")

    assert "It is about another council." in everything.words
    assert "Declined" in mine.words
    assert "Sent" in everything.words
    assert len(mine.find(".//tbody/tr")) == 1


def test_many_decisions_are_read_page_by_page(reviewer, runtime, draft):
    with runtime.database.transaction() as session:
        for _ in range(60):
            session.add(
                Decision(draft_id=draft.id, by=draft.owner, at=draft.sent_at, verdict=Verdict.SENT)
            )

    page = reviewer.get("/review/decisions")
    older = reviewer.get(dict(page.links)["Older decisions"])

    assert (len(page.find(".//tbody/tr")), len(older.find(".//tbody/tr"))) == (50, 11)


def test_a_lead_is_closed_by_what_was_written_up_from_it(reviewer, runtime):
    with runtime.database.transaction() as session:
        lead = make_lead(session)
        draft = make_sent(session, lead_id=lead.id)

    decide(reviewer, draft, PUBLISH)

    with runtime.database.reading() as session:
        found = session.get(Lead, lead.id)
        assert found.closed_at is not None
        assert found.resource == library.get(session, found.resource_id)


@pytest.mark.parametrize("whose", ["own", "another council’s"])
def test_a_copy_knows_the_page_that_came_of_it(reviewer, runtime, whose):
    with runtime.database.transaction() as session:
        practice, owner = make_practice(session), make_writer(session)
        copier = owner if whose == "own" else make_writer(session)
        plan = make_plan(practice, copier)
        copy = copying.start(session, practice, plan, by=copier, base_url=BASE, now=NOW)
        draft = make_sent(session, owner, copy_id=copy.id)

    decide(reviewer, draft, PUBLISH)

    with runtime.database.reading() as session:
        assert (copying.get(session, copy.id).result_id is not None) == (whose == "own")


def test_what_cannot_be_published_says_why(reviewer, runtime):
    with runtime.database.transaction() as session:
        draft = make_sent(session, answers={"purpose": ["gone"]})

    page = reviewer.get(f"/review/{draft.id}")
    refused = decide(reviewer, draft, PUBLISH, expect=422)

    assert "Choose from the list" in page.words
    assert "Choose from the list" in refused.words
    assert state_of(runtime, draft) is State.WAITING


def test_long_answers_fit_into_one_decision(reviewer, runtime, draft):
    said = {f"request-{name}": "ŵ" * 2000 for name in ("body", "watch_out", "try_this", "credit")}

    page = reviewer.get(f"/review/{draft.id}")
    fields = seen(page) | {"decision": CHANGES} | said
    answer = reviewer.client.post(
        f"/review/{draft.id}/decisions",
        data=fields | {"edit-body": "ŵ" * 9000, "edit-watch_out": "ŵ" * 9000},
        content_type="multipart/form-data",
    )

    assert answer.status_code == 422
