from dataclasses import replace

import pytest
from sqlalchemy import select

from kb.accounts.models import State as AccountState
from kb.factory import create_app
from kb.feeds.fetch import Fetcher
from kb.library.content import Kind
from kb.mail.models import Letter
from kb.submissions import review
from kb.submissions.models import Decision, Draft, State, Verdict
from tests.factories import NOW, make_council, make_tip_card, make_user
from tests.pages import words
from tests.people import Person, Reviewer
from tests.services.feedserver import Reply, serve
from tests.submissions.writing import CASE, know_terms, make_draft

YES = {"agreed": "yes", "licensed": "yes"}


@pytest.fixture
def web():
    with serve({"/there": Reply(body=b"<p>x", headers={"Content-Type": "text/html"})}) as server:
        yield server


@pytest.fixture
def app(runtime, web):
    with runtime.database.transaction() as session:
        know_terms(session)
    fetcher = Fetcher(contact="https://swap.example.org", allow=frozenset({web.address}))
    yield create_app(runtime=replace(runtime, fetcher=fetcher))
    fetcher.close()


@pytest.fixture
def officer(app, runtime):
    with runtime.database.transaction() as session:
        user = make_user(session, make_council(session, short_name="Fenbridge"))
    return Person(app, user)


def drafted(runtime, officer, **values):
    with runtime.database.transaction() as session:
        return make_draft(session, officer.user, **values).id


def saved(runtime, draft_id):
    with runtime.database.reading() as session:
        return session.get(Draft, draft_id)


def test_each_finding_has_one_link_to_fix_it(officer, runtime):
    draft_id = drafted(
        runtime, officer, answers={"reasons": "Cllr Jane Smith rang.", "steps": ["One"]}
    )

    page = officer.get(f"/share/{draft_id}/check")

    assert "2 need you. You can send it anyway." in page.words
    needing = page.find(".//li[@class='fix']")
    assert [len(li.findall(".//a")) for li in needing] == [1, 1]
    (link,) = [href for text, href in page.links if "check that they agreed" in text]
    assert link == f"/share/{draft_id}/questions/why?back=check#reasons"
    assert officer.get(link).find(".//*[@id='reasons']")


def test_the_check_says_what_cannot_stay_blank(officer, runtime):
    draft_id = drafted(runtime, officer, answers={"money": "", "licence": ""})

    page = officer.get(f"/share/{draft_id}/check")

    assert "You can send it anyway." not in page.words
    assert "Still missing" in page.words
    assert "Enter what it cost, even if it was £0" in page.words
    assert "Choose a licence" in page.words


def test_the_links_in_the_text_are_asked_when_somebody_wants_it(officer, runtime, web):
    text = f"See {web.url('/there')} and {web.url('/gone')} and http://10.0.0.1/secret"
    answers = {"reasons": text, "source_url": ""}
    draft_id = drafted(runtime, officer, answers=answers)
    assert "3 links, not asked yet." in officer.get(f"/share/{draft_id}/check").words
    assert web.hits("/there") == 0

    page = officer.post(f"/share/{draft_id}/links")

    assert page.heading == "Shareability check"
    assert f"{web.url('/gone')} does not answer." in page.words
    known = saved(runtime, draft_id).answers["_links"]
    assert known[web.url("/there")] == ""
    assert known["http://10.0.0.1/secret"]


def test_the_preview_is_the_page_that_readers_would_see(officer, runtime):
    draft_id = drafted(runtime, officer)

    page = officer.get(f"/share/{draft_id}/preview")

    assert page.heading == CASE["title"]
    for text in ("Preview.", "Fenbridge Council", "Print a postcard", "£40: printing"):
        assert text in page.words
    for text in ("The first box had no lock.", "Ask the library", "The online form"):
        assert text in page.words
    assert page.meta("robots") == "noindex"
    assert page.headers["Cache-Control"] == "private, no-cache"


def test_a_tip_card_has_a_preview_too(officer, runtime):
    draft_id = drafted(runtime, officer, kind=Kind.TIP_CARD)

    page = officer.get(f"/share/{draft_id}/preview")

    assert page.heading == "Ask one question at a time"
    assert "Write down the one question." in page.words


def test_what_cannot_be_a_page_yet_says_so(officer, runtime):
    with runtime.database.transaction() as session:
        code = officer.user.council.code
        card = make_tip_card(session, councils=(code,), deck=("craft",))
        answers = {"body": "word " * 160}
        draft = make_draft(
            session, officer.user, kind=Kind.TIP_CARD, resource=card, answers=answers
        )

    page = officer.get(f"/share/{draft.id}/preview")

    assert page.heading.startswith("Change “")
    assert "There is no preview yet. A tip card has at most 150 words" in page.text


def test_the_preview_holds_nothing_that_is_not_for_everybody(officer, runtime):
    draft_id = drafted(runtime, officer, answers={"visibility": "peers only"})

    assert CASE["went_wrong"] not in officer.get(f"/share/{draft_id}/preview").words


def test_answers_are_shown_with_a_way_to_change_each(officer, runtime):
    draft_id = drafted(runtime, officer)

    page = officer.get(f"/share/{draft_id}/answers")

    rows = {words(row.find("dt")): words(row) for row in page.find(".//dl/div")}
    assert "£40" in rows["Money spent"]
    assert "Let people suggest topics" in rows["What is it for?"]
    assert "Not answered" in rows["Anything else about what you did?"]
    assert ("Change money spent", f"/share/{draft_id}/questions/cost?back=answers#money") in (
        page.links
    )


def test_both_boxes_are_ticked_before_anything_is_sent(officer, runtime):
    draft_id = drafted(runtime, officer)

    for data in ({}, {"agreed": "yes"}, {"licensed": "yes"}, {"agreed": "no", "licensed": "1"}):
        page = officer.post(f"/share/{draft_id}/sending", expect=422, **data)

        assert page.title.startswith("Error: ")
    assert saved(runtime, draft_id).state is State.DRAFT


def test_what_is_missing_is_a_list_with_a_link_each(officer, runtime):
    draft_id = drafted(runtime, officer, answers={"money": "", "went_wrong": "", "licence": ""})

    page = officer.post(f"/share/{draft_id}/sending", expect=422, **YES)

    summary = page.find(".//div[@role='alert']")[0]
    links = {words(a): a.get("href") for a in summary.iter("a")}
    assert links["Enter what it cost, even if it was £0"].endswith("cost?back=answers#money")
    assert len(links) == 3
    assert all(officer.get(href) for href in links.values())
    assert saved(runtime, draft_id).state is State.DRAFT


def test_what_is_sent_is_in_the_queue(officer, runtime, session):
    draft_id = drafted(runtime, officer, answers={"reasons": "Cllr Jane Smith rang."})

    page = officer.post(f"/share/{draft_id}/sending", **YES)

    assert page.heading == CASE["title"]
    assert "It is next in the queue" in page.words
    draft = session.get(Draft, draft_id)
    assert draft.state is State.WAITING
    assert "Jane Smith" in draft.flags[0]
    (decision,) = session.scalars(select(Decision)).all()
    assert decision.verdict is Verdict.SENT
    (letter,) = session.scalars(select(Letter)).all()
    assert letter.to == officer.user.email


def test_what_was_sent_is_not_written_in_any_more(officer, runtime):
    draft_id = drafted(runtime, officer)
    officer.post(f"/share/{draft_id}/sending", **YES)

    officer.post(f"/share/{draft_id}/questions/summary", expect=409, title="Other")
    officer.post(f"/share/{draft_id}/sending", expect=409, **YES)
    officer.post(f"/share/{draft_id}/end", expect=409)
    for path in ("questions/summary", "check", "answers", "end"):
        assert officer.get(f"/share/{draft_id}/{path}").heading == CASE["title"]
    assert saved(runtime, draft_id).answers["title"] == CASE["title"]


def test_reviewers_see_the_preview_of_what_was_sent(app, officer, runtime):
    draft_id = drafted(runtime, officer)
    officer.post(f"/share/{draft_id}/sending", **YES)

    assert Reviewer(app).get(f"/share/{draft_id}/preview").heading == CASE["title"]


def test_who_waits_for_an_admin_cannot_send(app, runtime):
    with runtime.database.transaction() as session:
        user = make_user(session, make_council(session), state=AccountState.WAITING)
    waiting = Person(app, user)
    draft_id = drafted(runtime, waiting)

    page = waiting.get(f"/share/{draft_id}/answers")
    waiting.post(f"/share/{draft_id}/sending", expect=403, **YES)

    assert "Send to a reviewer" not in page.words
    assert "an admin still has to confirm" in page.words
    assert saved(runtime, draft_id).state is State.DRAFT


def test_nobody_sends_without_end(officer, runtime):
    for _ in range(10):
        officer.post(f"/share/{drafted(runtime, officer)}/sending", **YES)

    officer.post(f"/share/{drafted(runtime, officer)}/sending", expect=429, **YES)


def test_a_draft_is_thrown_away_after_a_question(officer, runtime):
    draft_id = drafted(runtime, officer)

    assert "Throw this draft away?" in officer.get(f"/share/{draft_id}/end").heading
    page = officer.post(f"/share/{draft_id}/end")

    assert f"“{CASE['title']}” was thrown away." in page.text
    assert saved(runtime, draft_id).answers == {}
    officer.get(f"/share/{draft_id}", expect=404)


def test_what_was_sent_is_taken_back_and_changed(officer, runtime):
    draft_id = drafted(runtime, officer)
    officer.post(f"/share/{draft_id}/sending", **YES)
    refused = officer.post(
        f"/share/{draft_id}/questions/summary", 409, title="A <b>better</b> title", lang="cy"
    )

    page = officer.get(f"/share/{draft_id}/end")
    [form] = [form for form in page.find(".//form") if "Take it back" in words(form)]
    page = officer.post(form.get("action"))

    assert refused.heading == "This cannot be changed now"
    assert "You can take it back first." in refused.words
    assert "See how it stands, and what you can do" in dict(refused.links)
    typed = refused.find(".//input[@readonly]")
    assert "A <b>better</b> title" in [field.get("value") for field in typed]
    assert page.heading == "Share a case study"
    assert "It is your draft again" in page.text
    assert saved(runtime, draft_id).state is State.DRAFT


def test_a_reviewer_who_was_slower_sees_what_they_wrote(app, officer, runtime):
    draft_id, reviewer = drafted(runtime, officer), Reviewer(app)
    officer.post(f"/share/{draft_id}/sending", **YES)
    officer.post(f"/share/{draft_id}/sending/end")

    page = reviewer.post(
        f"/review/{draft_id}/decisions", 409, decision="decline", message="Too short for us."
    )

    assert "Its sender took this back" in page.words
    assert "Too short for us." in [e.get("value") for e in page.find(".//input[@readonly]")]
    assert "Something that was taken back" in reviewer.get("/review/decisions").words


def test_what_was_declined_is_started_again(app, officer, runtime):
    draft_id = drafted(runtime, officer)
    officer.post(f"/share/{draft_id}/sending", **YES)
    with runtime.database.transaction(quietly=True) as session:
        draft, by = session.get(Draft, draft_id), make_user(session, is_reviewer=True)
        given = {"by": by, "seen": review.Seen(draft=draft.version), "now": NOW}
        review.decline(session, draft, base_url="", message="Say <b>what</b> you did.", **given)

    page = officer.get(f"/share/{draft_id}")
    [form] = [form for form in page.find(".//form") if "Start again from this" in words(form)]
    page = officer.post(form.get("action"))

    assert "You started this again from one that was declined" in page.words
    assert "Say <b>what</b> you did." in page.words
    [link] = [href for text, href in page.links if text == "See the one that was declined"]
    assert link == f"/share/{draft_id}"
    officer.post(f"/share/{draft_id + 1}/sending", **YES)
    shown = Reviewer(app).get(f"/review/{draft_id + 1}")
    assert ("one that was turned down", f"/review/{draft_id}") in shown.links
