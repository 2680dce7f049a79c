"""What the line above every page counts."""

from sqlalchemy import event

from kb.accounts.models import State
from tests.factories import make_council, make_user
from tests.pages import words
from tests.people import Person
from tests.submissions.sent import make_reviewer, make_sent


def bar(browser, path="/account", expect=200):
    links = browser.get(path, expect).find(".//nav[@class='who']//a")
    return {a.get("href"): words(a) for a in links}


def test_reviewers_and_admins_see_how_much_waits_on_every_page(app, runtime):
    with runtime.database.transaction() as session:
        reviewer, admin = make_reviewer(session), make_user(session, is_admin=True)
    people = [Person(app, each) for each in (reviewer, admin)]
    before = [bar(person) for person in people]
    with runtime.database.transaction() as session:
        make_user(session, state=State.WAITING)
        for _ in range(2):
            make_sent(session)

    reviewers, admins = (bar(person, "/barriers") for person in people)

    assert [each["/review"] for each in before] == ["Review", "Review"]
    assert before[1]["/admin/people"] == "Admin"
    assert reviewers["/review"] == "Review (2 drafts wait)"
    assert "/admin/people" not in reviewers
    assert admins["/admin/people"] == "Admin (1 person waits)"
    assert bar(people[0], "/no-such-page", 404)["/review"] == "Review"


def test_nothing_is_counted_for_anybody_else(app, runtime, browser):
    with runtime.database.transaction() as session:
        writer = make_user(session, council=make_council(session))
    person, asked = Person(app, writer), []
    engine = runtime.database.engine
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    browser.get("/")
    person.get("/")

    assert asked
    assert not [sql for sql in asked if "FROM draft" in sql]
