import pytest

from kb.feeds.suggestions import Suggester, from_vocabularies
from kb.library.vocabulary import TermRow
from tests.factories import make_term


def term(slug, synonyms="", facet="theme", label=None):
    return TermRow(
        facet=facet, slug=slug, label=label or slug.capitalize(), synonyms=synonyms, position=0
    )


def themes(terms, title="", text=""):
    return Suggester(terms).suggest(title, text)[1]


@pytest.mark.parametrize(
    "text",
    [
        "About HOUSING.",
        "Damp, again",
        "anti-social behaviour",
        "Anti social behaviour",
        "children’s",
    ],
)
def test_words_and_phrases_are_found_however_they_are_written(text):
    terms = [term("housing", "damp; anti-social behaviour; children's")]

    assert themes(terms, text=text) == ["housing"]


@pytest.mark.parametrize("text", ["", "dampness", "anti-social", "social behaviour", "house"])
def test_parts_of_words_and_of_phrases_are_not(text):
    assert themes([term("housing", "damp; anti-social behaviour")], text=text) == []


def test_a_title_says_more_than_a_text():
    terms = [term("health"), term("housing")]

    assert themes(terms, title="Housing", text="health, health") == ["housing", "health"]


def test_at_most_three_of_each_are_suggested():
    terms = [term(slug) for slug in ("health", "housing", "planning", "transport")]

    assert themes(terms, text="transport planning housing health") == [
        "health",
        "housing",
        "planning",
    ]


def test_purposes_and_themes_are_kept_apart():
    terms = [term("housing"), term("petition", facet="purpose")]

    assert Suggester(terms).suggest("A petition on housing", "") == (["petition"], ["housing"])


def test_a_word_may_mean_two_things():
    terms = [term("youth", "young people"), term("children", "young people")]

    assert themes(terms, text="Young people spoke") == ["youth", "children"]


def test_the_vocabularies_are_asked_for_their_words(session):
    make_term(session, "theme", "housing", synonyms="damp")

    assert from_vocabularies(session).suggest("Damp", "") == ([], ["housing"])
