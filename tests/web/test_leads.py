import pytest

from kb.feeds import leads
from kb.library.content import Kind
from kb.library.models import Standing
from kb.submissions import drafts
from tests.factories import (
    NOW,
    make_case_study,
    make_council,
    make_entry,
    make_lead,
    make_source,
    make_user,
)
from tests.pages import words


@pytest.fixture
def lead(runtime):
    with runtime.database.transaction() as session:
        source = make_source(session, name="Fenbridge scrutiny")
        entry = make_entry(session, source, title="Damp")
        return make_lead(session, entry=entry, why="They asked tenants.")


def titles(page):
    return [link.text for link in page.find(".//article//h2/a")]


def test_without_leads_the_page_says_where_they_come_from(browser):
    page = browser.get("/feeds/leads")

    assert page.heading == "Leads"
    assert "There is no open lead" in page.words


def test_a_lead_says_whose_it_is_and_why(browser, lead):
    page = browser.get("/feeds/leads")

    assert titles(page) == ["Damp"]
    assert "Why: They asked tenants." in page.words
    assert "Lead since 23 November 2026" in page.words
    assert dict(page.links)["Damp"] == f"/feeds/entries/{lead.entry_id}"
    assert "Close this lead" not in page.words


def test_leads_are_narrowed_to_a_council(browser, runtime):
    with runtime.database.transaction() as session:
        for code in ("SWA", "FEN"):
            council = make_council(session, code=code, short_name=code.title())
            make_lead(session, entry=make_entry(session, title=code), council=council)

    everything, one = browser.get("/feeds/leads"), browser.get("/feeds/leads?council=FEN")

    assert set(titles(everything)) == {"SWA", "FEN"}
    assert titles(one) == ["FEN"]
    assert [option.get("value") for option in one.find(".//option[@selected]")] == ["FEN"]


def test_one_council_with_a_lead_is_enough_to_ask_for_it(browser, runtime, lead):
    assert not browser.get("/feeds/leads").find(".//select")

    with runtime.database.transaction() as session:
        council = make_council(session, code="FEN", short_name="Fenbridge")
        leads.get(session, lead.id).council = council

    offered = browser.get("/feeds/leads").find(".//select/option")
    assert [option.get("value") for option in offered] == ["", "FEN"]


def test_a_lead_says_that_somebody_writes_it_up_and_nothing_of_what_they_write(
    browser, runtime, lead
):
    with runtime.database.transaction() as session:
        by, answers = make_user(session), {"title": "Mine alone"}
        draft = drafts.start(
            session, by=by, kind=Kind.CASE_STUDY, answers=answers, lead_id=lead.id, now=NOW
        )
    pages = [
        browser.get(path).words
        for path in ("/feeds/leads", "/feeds", f"/feeds/entries/{lead.entry_id}")
    ]

    with runtime.database.transaction() as session:
        by = session.merge(by)
        drafts.drop(session, drafts.own(session, draft.id, by=by), by=by, now=NOW)

    assert ["Draft started on 23 November 2026" in words for words in pages] == [True] * 3
    assert ["Mine alone" in words or by.name in words for words in pages] == [False] * 3
    assert "Draft started" not in browser.get("/feeds/leads").words


def test_a_council_that_is_none_is_not_found(browser):
    browser.get("/feeds/leads?council=XXX", expect=404)


@pytest.mark.parametrize("given", ["address", "path", "permalink", "number", "ref"])
def test_an_editor_closes_a_lead_with_the_case_study(editor, browser, runtime, lead, given):
    with runtime.database.transaction() as session:
        study = make_case_study(session, title="Asking tenants")
        resource = {
            "address": f"http://127.0.0.1:8000/case-studies/{study.slug}",
            "path": f"/case-studies/{study.slug}/",
            "permalink": f"localhost/p/{study.id}",
            "number": str(study.id),
            "ref": study.ref,
        }[given]

    page = editor.post(f"/feeds/leads/{lead.id}/end", resource=resource)

    assert "Written up: the lead is closed." in page.words
    assert "Lately written up Asking tenants" in browser.get("/feeds/leads").words


def test_an_editor_closes_a_lead_of_which_nothing_comes(editor, session, lead):
    page = editor.post(f"/feeds/leads/{lead.id}/end", resource="")

    assert "The lead is closed." in page.words
    assert leads.open_leads(session) == []


@pytest.mark.parametrize(
    "resource",
    [*("nothing", "999", "../x", "/councils", "http://[", "ftp://localhost/p/1"), "/p/99"],
)
def test_a_lead_stays_open_where_the_case_study_is_none(editor, session, lead, resource):
    page = editor.post(f"/feeds/leads/{lead.id}/end", expect=422, resource=resource)

    assert page.title.startswith("Error: Leads")
    assert words(page.find(".//*[@role='alert']//a")[0]).startswith("We have no page there.")
    (field,) = page.find(f".//input[@id='resource-{lead.id}']")
    assert field.get("value") == resource
    assert words(page.find(f".//*[@id='{field.get('aria-describedby')}']")[0]).endswith("site.")
    assert len(leads.open_leads(session)) == 1


def test_a_lead_is_not_closed_with_a_page_of_somebody_else_or_one_that_has_gone(
    editor, runtime, lead
):
    with runtime.database.transaction() as session:
        study = make_case_study(session, title="Asking tenants")
        gone = make_case_study(session, title="Gone")
        gone.standing = Standing.WITHDRAWN
    foreign = f"https://evil.example/case-studies/{study.slug}"

    page = editor.post(f"/feeds/leads/{lead.id}/end", expect=422, resource=foreign)
    withdrawn = editor.post(f"/feeds/leads/{lead.id}/end", expect=422, resource=f"/p/{gone.id}")

    assert "We have no page there." in page.words
    assert "“Gone” is no longer published." in withdrawn.words


def test_a_lead_is_closed_once(editor, lead):
    editor.post(f"/feeds/leads/{lead.id}/end")

    editor.post(f"/feeds/leads/{lead.id}/end", expect=409)


def test_an_unknown_lead_is_not_found(editor, lead):
    editor.post("/feeds/leads/99/end", expect=404)
