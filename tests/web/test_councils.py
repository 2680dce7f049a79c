from datetime import date
from urllib.parse import quote

import pytest

from kb.councils.models import CouncilAlias, CouncilType, Nation, Succession
from kb.feeds import leads, sources
from tests.factories import (
    NOW,
    make_case_study,
    make_council,
    make_entry,
    make_lead,
    make_source,
)

DAY_OF_CHANGE = date(2023, 4, 1)


def rows(page):
    return [link.text for link in page.find(".//table/tbody/tr/th/a")]


def facts(page):
    pairs = page.find(".//dl[@class='pairs']/div")
    return {pair.find("dt").text: "".join(pair.find("dd").itertext()) for pair in pairs}


def test_every_council_of_the_register_is_listed(seeded_browser):
    first = seeded_browser.get("/councils")
    last = seeded_browser.get("/councils?page=8")

    assert first.heading == "Councils"
    assert "Showing 1 to 50 of 382" in first.words
    assert "Showing 351 to 382 of 382" in last.words
    assert len(rows(first)) == 50


def test_beyond_the_last_page_is_the_last_page(seeded_browser):
    page = seeded_browser.get("/councils?page=999999")

    assert "Showing 351 to 382 of 382" in page.words


def test_councils_are_narrowed_by_nation_type_and_name(seeded_browser):
    welsh = seeded_browser.get("/councils?nation=Wales")
    boroughs = seeded_browser.get("/councils?type=LBO")
    both = seeded_browser.get("/councils?nation=Wales&type=LBO")
    named = seeded_browser.get("/councils?q=caerd")

    assert "of 22" in welsh.words
    assert "of 32" in boroughs.words
    assert "No council fits all of this" in both.words
    assert rows(named) == ["City of Cardiff Council"]


def test_the_choice_stays_in_the_form_and_in_the_pages(seeded_browser):
    page = seeded_browser.get("/councils?nation=England&type=NMD&q=&page=2")

    selected = [option.text for option in page.find(".//select/option[@selected]")]
    assert selected == ["England", "District council"]
    assert dict(page.links)["Next page"] == "/councils?nation=England&type=NMD&page=3"


def test_only_councils_with_practice_can_be_shown(seeded_browser):
    page = seeded_browser.get("/councils?practice=1")

    assert rows(page)
    assert "None yet" not in page.words
    assert page.find(".//input[@name='practice'][@checked]")


def test_the_practice_of_a_council_is_counted_and_linked(seeded_browser):
    page = seeded_browser.get("/councils?q=kirklees")

    (link,) = page.find(".//td/a")
    count = link.text
    assert link.get("href") == "/search?council=KIR"
    assert f": {count} results" in seeded_browser.get(link.get("href")).title


@pytest.mark.parametrize("name", ["q", "nation", "type", "practice", "page"])
def test_what_is_typed_is_shown_and_not_obeyed(seeded_browser, name):
    page = seeded_browser.get(f"/councils?{name}={quote(chr(34) + '><script>alert(1)</script>')}")

    assert "<script>alert" not in page.text


def test_a_very_long_name_is_answered(seeded_browser):
    assert seeded_browser.get("/councils?q=" + "a" * 10_000).heading == "Councils"


@pytest.mark.parametrize("old", ["KIR", "kir", "E08000034", "e08000034", "Kirklees"])
def test_codes_lead_to_the_page_of_the_council(seeded_browser, old):
    response = seeded_browser.response(f"/councils/{old}")

    assert response.status_code == 301
    assert response.headers["Location"] == "/councils/kirklees"


def test_an_old_address_leads_to_the_new_one(browser, session):
    council = make_council(session, short_name="Newtown")
    session.add(CouncilAlias(slug="oldtown", council_id=council.id))
    session.commit()

    assert browser.response("/councils/oldtown").headers["Location"] == "/councils/newtown"


@pytest.mark.parametrize("slug", ["atlantis", "%00", "..%2f", "x" * 5000])
def test_an_unknown_council_is_not_found(seeded_browser, slug):
    assert seeded_browser.get(f"/councils/{slug}", expect=404).heading


def test_a_council_page_shows_its_practice(seeded_browser):
    page = seeded_browser.get("/councils/kirklees")

    assert page.heading == "Kirklees Council"
    assert len(page.find(".//article")) >= 3
    assert dict(page.links)["Search the practice of Kirklees"] == "/search?council=KIR"
    assert facts(page) == {
        "Type": "Metropolitan borough",
        "Nation": "England",
        "Region": "Yorkshire and The Humber",
        "Committee site software": "ModernGov",
        "Code in the register": "KIR",
        "GSS code": "E08000034",
    }


def test_links_to_other_sites_say_where_they_lead(seeded_browser):
    page = seeded_browser.get("/councils/kirklees")

    assert dict(page.links)["The council’s website"] == "https://www.kirklees.gov.uk"
    assert "Leads to kirklees.gov.uk" in page.words
    assert "Leads to democracy.kirklees.gov.uk" in page.words


def test_a_welsh_name_is_marked_as_welsh(seeded_browser):
    page = seeded_browser.get("/councils/cardiff")

    (name,) = page.find(".//main//*[@lang='cy']")
    assert name.text == "Cyngor Caerdydd"


def test_a_feed_for_programs_is_not_linked_as_a_page(seeded_browser):
    page = seeded_browser.get("/councils/amber-valley")

    assert "Councillors and committees" not in dict(page.links)
    assert facts(page)["Committee site software"] == "Not stated"


def test_a_council_without_practice_is_shown_that_of_councils_like_it(browser, session):
    make_council(session, short_name="Quiet", type=CouncilType.DISTRICT)
    make_council(session, code="NEA", short_name="Near", type=CouncilType.DISTRICT)
    make_council(session, code="CTY", short_name="County", type=CouncilType.COUNTY)
    make_council(session, code="FAR", short_name="Far", nation=Nation.WALES)
    for code in ("CTY", "NEA", "FAR"):
        make_case_study(session, title=f"Practice of {code}", councils=[code])
    session.commit()

    page = browser.get("/councils/quiet")

    assert "Nothing from Quiet is written up here yet." in page.words
    titles = [link.text for link in page.find(".//article//h3/a")]
    assert titles == ["Practice of NEA", "Practice of CTY"]


def test_a_council_of_which_little_is_known_says_so(browser, session):
    make_council(session, short_name="Bare", note="Under <review>")
    session.commit()

    page = browser.get("/councils/bare")

    assert "On the web Not stated" in page.words
    assert facts(page)["Committee site software"] == "Not stated"
    assert "Under <review>" in page.words


def test_councils_name_those_before_and_after_them(browser, session):
    old = make_council(session, short_name="Old", end_date=DAY_OF_CHANGE)
    new = make_council(session, short_name="New", start_date=DAY_OF_CHANGE)
    session.add(Succession(predecessor_id=old.id, successor_id=new.id))
    session.commit()

    before, after = browser.get("/councils/old"), browser.get("/councils/new")

    assert "Until 1 April 2023" in before.words
    assert "Followed by New Council." in before.words
    assert "Council since 1 April 2023" in after.words
    assert facts(after)["Took over from"] == "Old"


def test_where_the_register_comes_from_is_credited(seeded_browser):
    for path in ("/councils", "/councils/kirklees"):
        links = dict(seeded_browser.get(path).links)
        assert links["CC BY 4.0"] == "https://creativecommons.org/licenses/by/4.0/"


def test_it_can_be_shared_and_read_by_machines(seeded_browser):
    page = seeded_browser.get("/councils/cardiff")

    assert page.meta("og:title") == "City of Cardiff Council"
    assert page.meta("og:url").endswith("/councils/cardiff")
    assert page.find(".//main[@itemtype='https://schema.org/GovernmentOrganization']")
    assert page.find(".//p[@itemprop='alternateName']")


def test_a_council_leads_to_what_it_says_and_to_its_open_leads(browser, runtime):
    with runtime.database.transaction() as session:
        council = make_council(session, code="FEN", short_name="Fenbridge")
        source = make_source(session, council=council)
        lead = make_lead(session, make_entry(session, source, title="Damp"), council=council)
    one = browser.get("/councils/fenbridge")

    with runtime.database.transaction() as session:
        for title in ("Buses", "Bins"):
            make_entry(session, sources.get(session, source.id), title=title)
        leads.close(session, leads.get(session, lead.id), now=NOW)
    more = browser.get("/councils/fenbridge")

    assert dict(one.links)["Damp"] == f"/feeds/entries/{lead.entry_id}"
    assert dict(one.links)["1 lead that somebody could write up"] == "/feeds/leads?council=FEN"
    assert dict(more.links)["See all 3 posts of Fenbridge"] == "/feeds?council=FEN"
    assert "Damp" not in more.words
    assert "could write up" not in more.words
