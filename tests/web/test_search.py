from urllib.parse import parse_qs, quote, urlsplit

import pytest

from kb import jobs
from tests.factories import make_case_study, make_council, make_term, make_training

SCRIPT = '"><script>alert(1)</script>'


@pytest.fixture
def library(runtime):
    """Three case studies and an exercise, indexed."""
    with runtime.database.transaction() as session:
        make_term(session, "purpose", "learn", label="Learn from others")
        make_term(session, "evidence", "1", label="They did it and say how")
        make_term(session, "setup", "hour", label="Up to an hour")
        make_council(session, code="ANW", short_name="Anwick", welsh_name="Cyngor Anŵyc")
        make_case_study(
            session,
            title="Webcast of a budget meeting",
            summary="People watched & <b>asked</b>.",
            councils=["ANW"],
            years="2013 to 2015",
            start_year=2013,
            end_year=2015,
            purpose=["learn"],
            setup=["hour"],
            evidence=["1"],
        )
        make_case_study(session, title="Webcast with captions", start_year=2024)
        make_case_study(session, title="Blog of a review", purpose=["learn"])
        make_training(session, title="Blog in an hour", duration="60 minutes")
    jobs.rebuild_index(runtime)
    return runtime


def titles(page):
    return [link.text for link in page.find(".//ol[@class='hits']/li/h3/a")]


def chips(page):
    """Filter -> the address without it."""
    return {
        "".join(link.itertext()).removeprefix("Remove filter: "): link.get("href")
        for link in page.find(".//a[@class='chip']")
    }


def query_of(url):
    return parse_qs(urlsplit(url).query)


def test_a_search_says_what_it_found(browser, library):
    page = browser.get("/search?q=webcast")

    assert page.title == "webcast: 2 results - Find an example - Scrutiny Swap"
    assert page.heading == "Find an example"
    assert sorted(titles(page)) == ["Webcast of a budget meeting", "Webcast with captions"]


def test_one_result_is_no_plural(browser, library):
    assert browser.get("/search?q=captions").title.startswith("captions: 1 result -")


def test_a_row_says_what_kind_of_thing_it_is_and_what_is_known(browser, library):
    row = browser.get("/search?q=budget+webcast").find(".//ol[@class='hits']/li")[0]

    text = " ".join("".join(row.itertext()).split())
    for fact in ("Case study", "Anwick", "England", "2013 to 2015", "Up to an hour to set up"):
        assert fact in text
    assert "Evidence: they did it and say how" in text


def test_a_row_says_what_is_not_stated(browser, library):
    row = browser.get("/search?q=captions").find(".//ol[@class='hits']/li")[0]

    text = " ".join("".join(row.itertext()).split())
    for fact in ("Council", "Year", "Effort", "Evidence"):
        assert f"{fact} not stated" in text


def test_an_exercise_says_how_long_it_takes(browser, library):
    row = browser.get("/search?kind=training").find(".//ol[@class='hits']/li")[0]

    assert "".join(row.find("p[@class='meta']").itertext()).strip() == "60 minutes"


def test_snippets_are_escaped_and_marked(browser, library):
    page = browser.get("/search?q=watched")

    assert "<mark>watched</mark> &amp; &lt;b&gt;asked" in page.text


def test_no_question_shows_everything(browser, library):
    page = browser.get("/search")

    assert page.title.startswith("All practice: 4 results")
    assert len(titles(page)) == 4


def test_filters_narrow_and_say_so(browser, library):
    page = browser.get("/search?purpose=learn&decade=2010s")

    assert titles(page) == ["Webcast of a budget meeting"]
    assert list(chips(page)) == ["Learn from others", "2010s"]
    boxes = page.find(".//input[@type='checkbox'][@checked]")
    assert [(box.get("name"), box.get("value")) for box in boxes] == [
        ("purpose", "learn"),
        ("decade", "2010s"),
    ]


def test_values_of_one_facet_widen(browser, library):
    page = browser.get("/search?decade=2010s&decade=2020s")

    assert len(titles(page)) == 2


def test_a_chip_removes_one_filter_only(browser, library):
    page = browser.get("/search?q=webcast&decade=2010s&decade=2020s&kind=case-study&sort=newest")

    assert query_of(chips(page)["2020s"]) == {
        "q": ["webcast"],
        "decade": ["2010s"],
        "kind": ["case-study"],
        "sort": ["newest"],
    }
    assert query_of(chips(page)["Case study"])["decade"] == ["2010s", "2020s"]


def test_all_filters_can_be_cleared(browser, library):
    page = browser.get("/search?q=webcast&kind=case-study&sort=newest")

    clear = dict(page.links)["Clear all filters"]
    assert query_of(clear) == {"q": ["webcast"], "sort": ["newest"]}


def test_a_council_is_a_filter_too(browser, library):
    page = browser.get("/search?council=ANW")

    assert titles(page) == ["Webcast of a budget meeting"]
    assert list(chips(page)) == ["Anwick"]
    form = page.find(".//form[@aria-label='Filter results']")[0]
    assert form.find("input[@name='council']").get("value") == "ANW"


def test_what_makes_no_sense_is_left_out(browser, library):
    page = browser.get("/search?kind=sermon&purpose=fly&council=ZZZ&decade=now&sort=copied&page=x")

    assert page.title.startswith("All practice: 4 results")
    assert chips(page) == {}


def test_forms_carry_along_what_they_do_not_change(browser, library):
    page = browser.get("/search?q=webcast&kind=case-study&sort=newest&verbatim=1")

    narrow = page.find(".//form[@aria-label='Filter results']/input")
    order = page.find(".//form[@aria-label='Sort results']/input")
    assert {(i.get("name"), i.get("value")) for i in narrow} == {
        ("q", "webcast"),
        ("sort", "newest"),
        ("verbatim", "1"),
    }
    assert {(i.get("name"), i.get("value")) for i in order} == {
        ("q", "webcast"),
        ("kind", "case-study"),
        ("verbatim", "1"),
    }


def test_results_can_be_sorted(browser, library):
    page = browser.get("/search?q=webcast&sort=newest")

    assert titles(page) == ["Webcast with captions", "Webcast of a budget meeting"]
    assert page.find(".//select/option[@selected]")[0].text == "Newest"


def test_facets_name_only_what_would_find_something(browser, library):
    page = browser.get("/search?q=webcast")

    kinds = [box.get("value") for box in page.find(".//input[@name='kind']")]
    assert kinds == ["case-study"]


def test_a_long_list_has_pages(seeded_browser):
    first = seeded_browser.get("/search?q=scrutiny&kind=case-study")

    following = dict(first.links)["Next page"]
    assert query_of(following) == {"q": ["scrutiny"], "kind": ["case-study"], "page": ["2"]}
    assert titles(seeded_browser.get(following)) != titles(first)


def test_beyond_the_last_page_is_the_last_page(seeded_browser):
    page = seeded_browser.get("/search?q=scrutiny&page=999999")

    assert titles(page)
    assert "Next page" not in dict(page.links)


def test_typing_errors_are_mended_with_a_way_back(seeded_browser):
    mended = seeded_browser.get("/search?q=kirkless+webcast")

    assert "Showing results for kirklees webcast." in mended.words
    back = dict(mended.links)["kirkless webcast"]
    assert query_of(back) == {"q": ["kirkless webcast"], "verbatim": ["1"]}
    assert "Showing results for" not in seeded_browser.get(back).words


def test_it_says_when_the_words_were_not_found_together(browser, library):
    page = browser.get("/search?q=captions+blog+elephants&verbatim=1")

    assert "Nothing has every one of these words." in page.words
    assert titles(page)


def test_a_council_that_is_named_is_linked(seeded_browser):
    page = seeded_browser.get("/search?q=webcast+in+kirklees")

    assert "Looking for Kirklees Council?" in page.words
    assert dict(page.links)["See the page of Kirklees"] == "/councils/kirklees"


def test_welsh_names_and_letters_are_understood(browser, library):
    page = browser.get(f"/search?q={quote('anŵyc')}")

    assert titles(page) == ["Webcast of a budget meeting"]
    assert page.find(".//input[@id='q']")[0].get("value") == "anŵyc"


def test_a_broken_index_is_no_empty_answer(browser, library):
    for path in library.settings.index_dir.rglob("*"):
        if path.is_file():
            path.write_bytes(b"")

    page = browser.get("/search?q=webcast")

    assert "The search index is being rebuilt" in page.words
    assert len(titles(page)) == 2


def test_a_very_long_question_is_answered_from_its_beginning(browser, library):
    page = browser.get("/search?q=" + "webcast+" * 1250)

    assert "longer than 200 characters" in page.words
    assert len(titles(page)) == 2


@pytest.mark.parametrize(
    "q", ["%00", "call%00for%1Bevidence", "%FF%FE", "%ED%A0%80", "%22", "-", "*"]
)
def test_strange_characters_do_no_harm(browser, library, q):
    assert browser.get(f"/search?q={q}").heading


@pytest.mark.parametrize("name", ["q", "kind", "purpose", "council", "decade", "sort", "page"])
def test_what_is_typed_is_shown_and_not_obeyed(browser, library, name):
    page = browser.get(f"/search?{name}={quote(SCRIPT)}")

    assert "<script>alert" not in page.text


def test_found_text_stays_escaped_while_it_is_marked(browser, runtime):
    with runtime.database.transaction() as session:
        make_case_study(session, title=SCRIPT, summary="<img src=x onerror=alert(1)> webcast")
    jobs.rebuild_index(runtime)

    page = browser.get("/search?q=webcast+img")

    assert titles(page) == [SCRIPT]
    assert not page.find(".//main//img")


def test_finding_nothing_says_so_kindly(browser, library):
    page = browser.get("/search?q=xylophone")

    assert page.heading == "Nobody has shared “xylophone” yet"
    assert "comms approval" in dict(page.links)
    assert "/search" in dict(page.links).values()


def test_quoted_words_are_not_quoted_twice(browser, library):
    page = browser.get("/search?q=%22xylophone+band%22")

    assert page.heading == 'Nobody has shared "xylophone band" yet'


def test_filters_that_hide_everything_say_what_dropping_them_gives(browser, library):
    page = browser.get("/search?q=webcast&kind=training&decade=2020s")

    chips_row = " ".join("".join(page.find(".//ul[@class='chips']")[0].itertext()).split())
    assert "Without them there are 2 results." in page.words
    assert "Training material 1 without it" in chips_row
    assert "2020s 0 without it" in chips_row
    assert query_of(dict(page.links)["Search again without filters"]) == {"q": ["webcast"]}


def test_however_many_filters_are_on_each_can_be_removed(browser, library):
    decades = "".join(f"&decade={year}s" for year in range(1900, 1990, 10))

    page = browser.get(f"/search?kind=training{decades}")

    assert len(chips(page)) == 10


def test_filters_alone_can_find_nothing(browser, library):
    page = browser.get("/search?kind=training&nation=Wales")

    assert page.heading == "Nobody has shared anything like that yet"
    assert "Without them there are 4 results." in page.words


def test_filters_that_hide_nothing_are_not_blamed(browser, library):
    page = browser.get("/search?q=xylophone&kind=training")

    assert "Without it there is nothing either." in page.words


def test_each_word_that_finds_something_is_a_way_on(browser, library):
    page = browser.get("/search?q=%22captions+xylophone+blog%22")

    links = dict(page.links)
    assert query_of(links["captions"]) == {"q": ["captions"]}
    assert query_of(links["blog"]) == {"q": ["blog"]}
    assert "xylophone" not in links


def test_the_nearest_matches_are_shown(browser, library):
    page = browser.get("/search?q=captions&kind=training")

    assert "Closest things we have" in page.words
    assert "Webcast with captions" in dict(page.links)


def test_a_search_is_described_and_kept_out_of_other_engines(browser, library):
    page = browser.get("/search?q=webcast&kind=case-study")

    assert page.meta("og:title") == "webcast: 2 results"
    assert page.meta("og:url").endswith("/search?q=webcast&kind=case-study")
    assert page.meta("robots") == "noindex, follow"
    assert browser.get("/search").meta("robots") is None
