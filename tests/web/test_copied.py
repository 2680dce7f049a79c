"""What the page of a practice, the search and the home page say of its copies."""

from kb import jobs
from kb.copying import service as copying
from kb.library.models import Standing
from kb.library.publish import set_standing
from tests.copying.making import make_copy, make_practice
from tests.factories import NOW, make_case_study, make_training
from tests.pages import words
from tests.web.copiers import new_path


def test_the_page_of_a_practice_offers_to_copy_it(browser, study):
    page = browser.get(f"/case-studies/{study.slug}")

    assert ("We are copying this", new_path(study)) in page.links
    assert "Nobody has copied it yet." in page.words
    assert "Not copied yet" in page.words


def test_the_case_study_that_came_of_it_is_linked_both_ways(browser, copy, study, session):
    result = make_case_study(session, title="We asked earlier still")
    copying.finish(session, copy.id, result, now=NOW)
    session.commit()

    source = browser.get(f"/case-studies/{study.slug}")
    new = browser.get(f"/case-studies/{result.slug}")

    assert ("Read how it went at Testford", f"/case-studies/{result.slug}") in source.links
    assert "This came of a copy of Ask early." in new.words
    assert ("What was kept and changed", f"/copies/{copy.id}") in new.links


def test_of_a_large_family_the_page_shows_the_first_and_links_the_rest(browser, study, session):
    first = make_copy(session, study, status="doing")
    for _ in range(50):
        make_copy(session, study, parent=first, status="doing")
    session.commit()

    page = browser.get(f"/case-studies/{study.slug}")
    everybody = browser.get(f"/p/{study.id}/copies")
    last = browser.get(f"/p/{study.id}/copies?page=2")

    assert "Copied by 51 councils: 51 doing it." in page.words
    assert page.words.count(f"39 more copied {first.council.short_name}") == 1
    assert page.words.count("more copied") == 1
    assert len(page.find(".//ol[@class='lineage']/li/ol/li")) == 11
    assert ("All 51 copies", f"/p/{study.id}/copies") in page.links
    assert "51 copies, the oldest first. Showing 1 to 50." in everybody.words
    assert len(everybody.find(".//ol[@class='lineage']/li")) == 50
    [alone] = last.find(".//ol[@class='lineage']/li")
    assert f"Copied {first.council.short_name}’s version" in words(alone)


def test_what_is_not_copied_has_no_list_of_copies(browser, study, session):
    exercise, gone = make_training(session), make_case_study(session, title="Gone")
    set_standing(session, gone, Standing.WITHDRAWN)
    session.commit()

    assert "Nobody has copied it yet." in browser.get(f"/p/{study.id}/copies").words
    assert browser.get(f"/p/{exercise.id}/copies", expect=404)
    assert browser.get(f"/p/{gone.id}/copies", expect=410)


def test_a_chain_of_copies_nests_no_deeper_than_a_phone_is_wide(browser, study, session):
    copy = None
    for _ in range(6):
        copy = make_copy(session, study, parent=copy, status="doing")
    session.commit()

    page = browser.get(f"/case-studies/{study.slug}")

    assert len(page.find(".//ol[@class='lineage']/li/ol/li/ol/li/ol/li")) == 3
    assert "more copied" not in page.words


def test_my_council_is_drawn_with_a_dashed_line(officer, browser, copy, study):
    mine = officer.get(f"/case-studies/{study.slug}").find(".//li[@class='you']/strong/a")
    anyones = browser.get(f"/case-studies/{study.slug}").find(".//li[@class='you']/strong/a")

    assert [link.text for link in mine] == ["Testford"]
    assert anyones == []


def test_claimed_effort_stands_beside_what_copiers_spent(browser, session):
    study = make_practice(session, title="Ask once", setup_hours=2)
    for hours in (3, 8, 30):
        make_copy(session, study, status="doing", hours_spent=hours)
    session.commit()

    page = browser.get(f"/case-studies/{study.slug}")

    told = {words(pair[0]): words(pair[1]) for pair in page.find(".//dl/div")}
    assert told["Effort, as they say who did it first"] == "2 hours to set up"
    assert told["Hours the copiers spent, the middle of 3 reports"] == "8"


def test_piles_say_their_number_in_words_wherever_cards_lie(browser, runtime, session):
    study = make_practice(session, title="Often copied")
    make_practice(session, title="Never copied")
    for _ in range(6):
        make_copy(session, study, status="doing")
    session.commit()
    jobs.rebuild_index(runtime)

    home, found = browser.get("/"), browser.get("/search?sort=copied")

    assert "Most copied" in home.words
    [pile] = home.find(".//article[@class='card card--link pile-3']")
    assert "Copied by 6 councils" in words(pile)
    first, second = found.find(".//ol[@class='hits']/li")
    assert "Often copied" in words(first)
    assert first.find(".//span[@data-p='3']") is not None
    assert "Copied by 6councils copied it" in words(first)
    assert "Not copied yet" in words(second)


def test_practice_is_found_by_the_kind_of_council_that_copied_it(browser, runtime, session):
    make_copy(session, make_practice(session, title="Copied here"), status="doing")
    make_practice(session, title="Copied nowhere")
    session.commit()
    jobs.rebuild_index(runtime)

    page = browser.get("/search?copier=UA+England")

    assert "1 result" in page.words
    assert "Copied by: Unitary council, England" in page.words


def test_a_home_page_without_copies_has_no_empty_list(browser):
    assert "Most copied" not in browser.get("/").words
