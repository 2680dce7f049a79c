"""The contract of kb.search.engine.SearchEngine, first half: how a text is understood."""

import pytest

from tests.search.documents import ask, found, keys, make


def test_words_are_found_by_their_stem(engine):
    engine.put([make("a", "Asking residents"), make("b", "Bins")])

    assert found(engine, "asked resident") == ["a"]


def test_british_and_american_spelling_are_one(engine):
    engine.put([make("a", "An organisation")])

    assert found(engine, "organizations") == ["a"]


def test_titles_names_and_keywords_are_searched_with_the_text(engine):
    engine.put(
        [
            make("a", "Meeting"),
            make("b", body="meeting"),
            make("c", names="Meeting"),
            make("d", keywords="meeting"),
            make("e", summary="Meeting"),
            make("f", "Other"),
        ]
    )

    assert found(engine, "meeting") == ["a", "b", "c", "d", "e"]


def test_a_word_in_the_title_counts_for_more(engine):
    engine.put([make("a", "Bins", "budget " + "word " * 20), make("b", "Budget", "word " * 21)])

    assert keys(ask(engine, "budget")) == ["b", "a"]


def test_a_greater_weight_comes_first(engine):
    engine.put([make("a", "Budget", weight=0.5), make("b", "Budget")])

    assert keys(ask(engine, "budget")) == ["b", "a"]


def test_a_hit_brings_back_what_was_stored(engine):
    stored = {"number": 7, "council": "Wrecsam \x00 Ŵ", "year": None}
    engine.put([make("a", "Budget", kind="tip-card", stored=stored)])

    hit = ask(engine, "budget").hits[0]

    assert (hit.key, hit.kind, hit.title, hit.stored) == ("a", "tip-card", "Budget", stored)
    assert hit.score > 0


def test_accents_and_case_do_not_matter(engine):
    engine.put([make("a", "Sŵn y tŷ"), make("b", "Caf\u0065\u0301 chat")])

    assert found(engine, "SWN TY") == ["a"]
    assert found(engine, "sw\u0302n ty\u0302") == ["a"]
    assert found(engine, "café") == found(engine, "cafe") == ["b"]


@pytest.mark.parametrize("apostrophe", ["'", "’", "ʼ"])
def test_apostrophes_do_not_matter(engine, apostrophe):
    engine.put([make("a", f"The council{apostrophe}s children{apostrophe}s home")])

    assert found(engine, "council children") == ["a"]
    assert found(engine, f"councils{apostrophe} children{apostrophe}s") == ["a"]


@pytest.mark.parametrize("typed", ["O&S", "o & s", "OSC", "overview and scrutiny"])
def test_synonyms_are_found(engine, typed):
    engine.put([make("a", "The select committee met"), make("b", "Something else")])

    assert "a" in found(engine, typed)
    assert "b" not in found(engine, typed)


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("overview and scrutiny", "Overview & scrutiny at work"),
        ("overview & scrutiny", "Overview and scrutiny at work"),
        ("task and finish", "A T&F group"),
        ("inquiry", "A task and finish group"),
        ("mod.gov", "Using ModernGov"),
        ("moderngov", "Using mod.gov"),
        ("pre-dec", "Pre-decision scrutiny"),
        ("pre decision", "Pre-decision scrutiny"),
        ("call-in", "They called in the decision"),
        ("twitter", "On X now"),
    ],
)
def test_words_of_the_trade_are_understood(engine, typed, title):
    engine.put([make("a", title), make("b", "Something else of a decision")])

    assert found(engine, typed) == ["a"]


def test_what_was_typed_comes_before_what_means_the_same(engine):
    engine.put([make("a", "A tweet a day"), make("b", "A Twitter day")])

    assert keys(ask(engine, "twitter")) == ["b", "a"]


def test_quoted_words_must_stand_together(engine):
    engine.put([make("a", "Young people speak"), make("b", "People who are young")])

    assert found(engine, '"young people"') == ["a"]
    assert found(engine, "“young people”") == ["a"]
    assert found(engine, "people young") == ["a", "b"]


def test_of_many_phrases_only_the_first_must_stand_together(engine):
    engine.put([make("a", "One two, three four, five six, eight of seven")])

    assert found(engine, '"one two" "three four" "five six" "seven eight"') == ["a"]
    assert found(engine, '"seven eight"') == []


def test_a_phrase_does_not_span_title_and_text(engine):
    engine.put([make("a", "Very young", "people speak")])

    assert found(engine, '"young people"') == []


def test_hyphenated_words_are_found_with_and_without_the_hyphen(engine):
    engine.put([make("a", "An e-petition"), make("b", "A webpage"), make("c", "An epetition")])

    assert found(engine, "e petition") == ["a"]
    assert found(engine, "e-petition") == ["a", "c"]


def test_a_minus_leaves_out(engine):
    engine.put([make("a", "Budget day"), make("b", "Budget housing"), make("c", "Day out")])

    assert found(engine, "budget -housing") == ["a"]
    assert found(engine, 'budget -"budget day"') == ["b"]
    assert found(engine, "-budget") == ["c"]


def test_the_last_word_is_also_a_beginning(engine):
    engine.put([make("a", "Consultation on bins"), make("b", "Bins")])

    assert keys(ask(engine, "bins consu")) == ["a", "b"]
    assert found(engine, "consu") == ["a"]
    assert found(engine, "b") == []
    assert found(engine, "bi") == ["a", "b"]


def test_the_last_word_is_whole_once_a_space_follows(engine):
    engine.put([make("a", "Consultation")])

    assert found(engine, "consu ", verbatim=True) == []


def test_all_words_come_first_and_then_the_best_of_them(engine):
    engine.put([make("a", "Budget"), make("b", "Budget and housing"), make("c", "Parks")])

    page = ask(engine, "budget housing")

    assert keys(page) == ["b", "a"]
    assert page.relaxed
    assert 100 > page.hits[0].score > page.hits[1].score > 0


def test_where_all_words_find_enough_nothing_is_relaxed(engine):
    engine.put(make(f"a{n}", "Budget for housing") for n in range(12))
    engine.put([make("b", "Budget")])

    page = ask(engine, "budget housing")

    assert page.total == 12
    assert not page.relaxed


def test_a_question_in_plain_words_is_answered(engine):
    engine.put([make("a", "Residents suggest topics"), make("b", "How do I get to the town hall")])

    assert keys(ask(engine, "how do I get residents to suggest topics?"))[0] == "a"


def test_common_words_alone_are_searched(engine):
    engine.put([make("a", "Who is who"), make("b", "Parks")])

    assert found(engine, "who is who") == ["a"]


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("scruitny", "scrutiny"),
        ("kirkless webcast", "kirklees webcast"),
        ("the webcats, please", "the webcast, please"),
        ("Scrutny -parks", "scrutiny -parks"),
    ],
)
def test_typing_errors_are_mended_and_said(engine, typed, searched):
    engine.put([make("a", "Scrutiny by webcast", names="Kirklees Council")])

    page = ask(engine, typed)

    assert page.searched == searched
    assert keys(page) == ["a"]


def test_a_typing_error_becomes_the_commoner_word(engine):
    engine.put([make("a", "Ford"), make("b", "Word"), make("c", "Word")])

    assert ask(engine, "gord now").searched == "word now"


@pytest.mark.parametrize(
    "typed", ["scrutiny", "scru", "scrutinise", '"scruitny"', "-scruitny", "zzzzzzzz", "2013x"]
)
def test_other_words_are_left_alone(engine, typed):
    engine.put([make("a", "Scrutiny scrutinise", "2013")])

    assert ask(engine, typed).searched == ""


def test_a_verbatim_query_is_not_mended(engine):
    engine.put([make("a", "Scrutiny")])

    page = ask(engine, "scruitny", verbatim=True)

    assert (page.total, page.searched) == (0, "")
