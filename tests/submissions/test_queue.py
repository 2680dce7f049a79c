from datetime import datetime, timedelta

from sqlalchemy import event

from kb.submissions import history, queue
from kb.submissions.models import State, Verdict
from kb.submissions.queue import Place, Sort
from tests.factories import NOW, make_case_study, make_council, make_user
from tests.submissions.sent import make_reviewer, make_sent


def test_what_was_flagged_comes_first_and_then_the_oldest(session):
    young = make_sent(session, sent_at=NOW - timedelta(days=1))
    old = make_sent(session, sent_at=NOW - timedelta(days=5))
    flagged = make_sent(session, flags=["A phone number"])
    make_sent(session, state=State.CHANGES)

    found = queue.waiting(session, now=NOW)

    assert [each.draft_id for each in found] == [flagged.id, old.id, young.id]
    assert [each.age for each in found] == [0, 3, 1]
    assert [each.flags for each in found] == [1, 0, 0]
    assert queue.count(session) == 3


def test_changes_and_new_pages_can_be_seen_alone(session):
    new = make_sent(session)
    change = make_sent(session, resource=make_case_study(session), base_version=1)

    found = {
        sort: [each.draft_id for each in queue.waiting(session, now=NOW, sort=sort)]
        for sort in Sort
    }

    assert found == {Sort.NEW: [new.id], Sort.CHANGE: [change.id]}


def test_two_hundred_of_one_sender_do_not_bury_the_others(session):
    council = make_council(session)
    burst = [
        make_sent(
            session,
            make_user(session, council=council, email=f"spam{n}@burst.example"),
            sent_at=NOW - timedelta(days=2),
            flags=["Links"],
        )
        for n in range(200)
    ]
    honest = make_sent(session)

    found = queue.waiting(session, now=NOW)
    all_of_them = queue.waiting(session, now=NOW, sender="burst.example")

    front = [*burst[: queue.AT_FRONT], honest]
    assert [each.draft_id for each in found] == [draft.id for draft in front]
    assert [each.more for each in found] == [0, 0, 0, 0, 200 - queue.AT_FRONT, 0]
    assert len(all_of_them) == 200
    assert queue.place(session, honest, now=NOW).number == queue.AT_FRONT + 1
    assert queue.place(session, burst[-1], now=NOW).number == 201


def test_names_below_the_domain_of_a_council_are_one_sender(session):
    council = make_council(session, website="https://www.fen.gov.uk")
    for n in range(queue.AT_FRONT + 1):
        make_sent(session, make_user(session, council=council, email=f"s@n{n}.fen.gov.uk"))
    other = make_sent(session, make_user(session, council=council, email="s@elsewhere.example"))

    found = queue.waiting(session, now=NOW)

    assert [each.sender for each in found] == [
        *["fen.gov.uk"] * queue.AT_FRONT,
        "elsewhere.example",
    ]
    assert found[-1].draft_id == other.id
    assert len(queue.waiting(session, now=NOW, sender="fen.gov.uk")) == queue.AT_FRONT + 1


def test_a_sender_learns_where_it_stands_and_how_long_that_takes(session):
    reviewer = make_reviewer(session)
    for days in (2, 4, 8):
        done = make_sent(session, sent_at=NOW - timedelta(days=days), state=State.PUBLISHED)
        history.record(session, Verdict.PUBLISHED, by=reviewer, draft=done, now=NOW)
    make_sent(session, sent_at=NOW - timedelta(days=1))
    mine = make_sent(session)

    assert queue.place(session, mine, now=NOW) == Place(number=2, usual_days=2)


def test_a_second_answer_counts_from_when_it_was_sent_again(session):
    reviewer, first = make_reviewer(session), datetime(2026, 10, 5, 9, tzinfo=NOW.tzinfo)
    for _ in range(3):
        draft = make_sent(session, sent_at=first, state=State.PUBLISHED)
        history.record(session, Verdict.SENT, by=draft.owner, draft=draft, now=NOW)
        later = NOW + timedelta(days=1)
        history.record(session, Verdict.PUBLISHED, by=reviewer, draft=draft, now=later)

    assert queue.usual_days(session) == 1


def test_too_few_answers_say_nothing_about_what_is_usual(session):
    mine = make_sent(session)

    assert queue.place(session, mine, now=NOW) == Place(number=1, usual_days=None)


def test_the_order_of_the_queue_is_told_without_reading_what_was_written(session):
    drafts = [make_sent(session, resource=make_case_study(session, title=t)) for t in "AB"]
    asked = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *a: asked.append(a[2]))

    found = queue.waiting(session, now=NOW)
    session.expunge_all()
    shown = queue.drafts(session, [found[0].draft_id])

    assert [each.draft_id for each in found] == [draft.id for draft in drafts]
    assert [draft.resource.version for draft in shown.values()] == [1]
    assert len(asked) == 2
    assert "answers" not in asked[0]
    assert "resource_1.body" not in asked[1]
