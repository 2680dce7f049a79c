import pytest

from kb import jobs
from kb.accounts.models import CouncilRole
from kb.clock import utcnow
from kb.library import service as library
from kb.library.models import Resource
from kb.library.publish import content_of, publish
from tests.factories import make_case_study, make_council, make_user
from tests.people import Person, Reviewer
from tests.submissions.sent import make_reviewer

SECRET = "the words of the page that nobody may read any more"
NASTY = "<script>alert(1)</script>"


@pytest.fixture
def study(runtime):
    with runtime.database.transaction() as session:
        council = make_council(session, name="Fenbridge Council")
        study = make_case_study(
            session,
            title="Walks",
            credit="A blog",
            body=SECRET,
            actions=SECRET,
            summary=SECRET,
            councils=[council.code],
        )
        study.owner = make_user(session, council=council)
        return study


@pytest.fixture
def reviewer(app):
    return Reviewer(app)


def address(study, what="removal"):
    return f"/review/pages/{study.id}/{what}"


def version_of(runtime, study):
    with runtime.database.reading() as session:
        return session.get(Resource, study.id).version


def change(runtime, study):
    with runtime.database.transaction() as session:
        content = content_of(session.get(Resource, study.id))
        changed = content.model_copy(update={"title": "Runs"})
        publish(session, changed, author="Somebody", now=utcnow())


def test_a_tombstone_keeps_the_credit_and_the_reason_and_nothing_else(
    reviewer, browser, runtime, study
):
    jobs.update_index(runtime)

    reviewer.client.post(
        address(study), data={"csrf_token": reviewer.token(), "reason": "They ask for it."}
    )
    jobs.update_index(runtime)

    grave = browser.get(f"/case-studies/{study.slug}", expect=410)
    assert "CouncilFenbridge Council CreditA blog" in grave.words
    assert "They ask for it." in grave.words
    for path in (
        f"/case-studies/{study.slug}",
        f"/p/{study.id}",
        f"/p/{study.id}/history",
        f"/p/{study.id}/history/1",
        "/search?q=walks",
        "/search?q=words+that+nobody+may+read",
        "/api/v1/resources",
        f"/api/v1/resources/{study.ref}",
        "/api/v1/search?q=walks",
        "/feed.xml",
        "/sitemap.xml",
        "/councils",
        "/",
    ):
        assert SECRET not in browser.response(path).text, path


def test_a_reason_is_asked_for_and_stays_text(reviewer, browser, study):
    page = reviewer.get(address(study))
    refused = reviewer.post(address(study), 422, reason=" ")
    reviewer.post(address(study), 410, reason=NASTY)

    assert page.heading == "Take down “Walks”"
    assert "Say why, in a sentence that everybody can read." in refused.words
    assert refused.title.startswith("Error: ")
    grave = browser.get(f"/p/{study.id}", expect=410)
    assert NASTY not in grave.text
    assert NASTY in grave.words


def test_a_council_takes_back_its_own_page(app, runtime, study):
    owner = Person(app, study.owner)

    assert "Take it down" in owner.get(f"/case-studies/{study.slug}").words
    owner.post(address(study), 410, reason="We ask for it.")

    owner.get(address(study), expect=404)


def test_nobody_else_takes_it_down(app, runtime, browser, study):
    with runtime.database.transaction() as session:
        council = make_council(session)
        stranger = make_user(session, council=council, council_role=CouncilRole.EDITOR)
        nobody = make_user(session)
    for user in (stranger, nobody):
        person = Person(app, user)
        person.get(address(study), expect=403)
        person.post(address(study), 403, reason="Because.")
        assert "Take it down" not in person.get(f"/case-studies/{study.slug}").words
        person.post(address(study, "publication"), 403)
        person.post(address(study, "restoration"), 403, number="1")

    assert browser.response(address(study)).status_code == 303
    assert browser.client.post(address(study)).status_code == 400
    browser.get(f"/case-studies/{study.slug}")


@pytest.mark.parametrize("what", ["removal", "publication", "restoration"])
def test_nothing_happens_to_a_page_without_our_token(reviewer, runtime, study, what):
    change(runtime, study)

    reviewer.post(address(study, what), 400, csrf_token="", reason="No.", number="1")

    assert version_of(runtime, study) == 2


def test_what_was_taken_down_comes_back(app, reviewer, browser, study):
    reviewer.post(address(study), 410, reason="By mistake.")
    page = reviewer.get(address(study))

    reviewer.post(address(study, "publication"))
    again = reviewer.post(address(study, "publication"), 409)

    assert "It was taken down, for this reason: By mistake." in page.words
    assert "is live already" in again.words
    assert SECRET in browser.get(f"/case-studies/{study.slug}").words


def test_a_reviewer_restores_a_version(reviewer, browser, runtime, study):
    change(runtime, study)
    page = reviewer.get(f"/p/{study.id}/history/1")

    refused = reviewer.post(address(study, "restoration"), 422, number="1", reason="x" * 501)
    reviewer.post(address(study, "restoration"), number="1", reason="The runs never were.")

    assert refused.title.startswith("Error: Version 1 of “Runs”")
    assert "Use 500 characters or fewer." in refused.words
    assert refused.find(".//input[@id='reason']")[0].get("value") == "x" * 501
    versions = browser.get(f"/p/{study.id}/history")
    assert "Version 1 restored. The runs never were." in versions.words
    assert "Make version 1 what everyone reads again" in page.text
    assert browser.get(f"/case-studies/{study.slug}").heading == "Walks"
    assert version_of(runtime, study) == 3


def test_only_reviewers_of_other_councils_see_that_they_can_restore(app, browser, runtime, study):
    change(runtime, study)
    with runtime.database.transaction() as session:
        own = make_reviewer(session, library.get(session, study.id).councils[0])
    path, button = f"/p/{study.id}/history/1", "what everyone reads again"

    assert button not in browser.get(path).text
    assert button not in Person(app, own).get(path).text
    assert button not in Person(app, study.owner).get(path).text
    Person(app, own).post(address(study, "restoration"), 403, number="1")


@pytest.mark.parametrize("number", ["", "0", "9", "x", "-1", "9" * 40])
def test_a_version_that_never_was_is_not_found(reviewer, study, number):
    reviewer.post(address(study, "restoration"), 404, number=number)


@pytest.mark.parametrize("what", ["removal", "publication", "restoration"])
def test_a_page_that_never_was_is_not_found(reviewer, what):
    reviewer.post(f"/review/pages/999/{what}", 404, reason="Why?", number="1")
