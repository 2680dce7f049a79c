from kb.library import lessons
from kb.library.models import Visibility
from tests.factories import NOW, make_case_study, make_council, make_user
from tests.people import Person

TOLD = "The *first* box had no lock. <script>alert(1)</script>"


def told(runtime, visibility):
    with runtime.database.transaction() as session:
        for _ in range(3):
            council = make_council(session)
        study = make_case_study(session, councils=(council.code,))
        lessons.tell(
            session,
            study,
            text=TOLD,
            visibility=visibility,
            council_type=council.type.value,
            now=NOW,
        )
        return study, council


def test_what_was_told_without_a_name_leads_nowhere(browser, runtime):
    study, council = told(runtime, Visibility.UNATTRIBUTED)

    page = browser.get("/lessons")

    assert "Unitary council" in page.words
    assert "The first box had no lock." in page.words
    assert "<script>alert" not in page.text
    assert council.name not in page.text
    assert study.slug not in page.text
    assert "no lock" not in browser.get(f"/case-studies/{study.slug}").words


def test_nothing_is_told_before_anybody_has(browser):
    assert "Nobody has told anything yet." in browser.get("/lessons").words


def test_a_new_lesson_is_there_at_once(browser, runtime):
    browser.get("/lessons")

    told(runtime, Visibility.UNATTRIBUTED)

    assert "no lock" in browser.get("/lessons").words


def test_peers_alone_read_what_was_told_to_peers(app, browser, runtime):
    study, _ = told(runtime, Visibility.PEERS)
    address = f"/case-studies/{study.slug}"
    with runtime.database.transaction() as session:
        peer = make_user(session, make_council(session))
        stranger = make_user(session)

    assert "no lock" in Person(app, peer).get(address).words
    assert "no lock" not in Person(app, stranger).get(address).words
    assert "no lock" not in browser.get(address).words
    assert "no lock" not in browser.get("/lessons").words
    assert "no lock" not in browser.response(f"/api/v1/resources/{study.ref}").text
