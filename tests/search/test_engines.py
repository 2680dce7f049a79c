"""The contract of kb.search.engine.SearchEngine; every engine passes it.

How a text is understood is in test_engines_text.py.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.search.engine import MAX_TEXT, Document, Sort
from kb.search.snippets import Marks, snippet
from tests.search.documents import ask, found, keys, make

ANY_TEXT = st.text(max_size=300) | st.text(alphabet="ab \"-&'.’ŵ()*:|!\\%_\x00", max_size=60)


def test_no_text_finds_everything_newest_first(engine):
    engine.put([make("a", happened=1), make("b", happened=3), make("c", happened=2)])

    assert keys(ask(engine)) == keys(ask(engine, " ?! ")) == ["b", "c", "a"]


def test_sorting_is_newest_or_latest_checked_and_then_by_key(engine):
    engine.put(
        [
            make("d", "Bin", happened=2, checked=9),
            make("c", "Bin", happened=2, checked=1),
            make("b", "Bin bin", happened=3),
            make("a", "Park", happened=9),
        ]
    )

    assert keys(ask(engine, "bin", sort=Sort.NEWEST)) == ["b", "c", "d"]
    assert keys(ask(engine, "bin", sort=Sort.CHECKED)) == ["d", "c", "b"]


def test_equals_are_in_the_order_of_their_keys(engine):
    engine.put(make(f"k{n}", "Bin") for n in (3, 1, 2, 0))

    assert keys(ask(engine, "bin")) == ["k0", "k1", "k2", "k3"]


def test_pages_do_not_overlap_and_know_the_total(engine):
    engine.put(make(f"k{n}", "Bin") for n in range(5))

    pages = [ask(engine, "bin", page=number, per_page=2) for number in (1, 2, 3, 4)]

    assert [page.total for page in pages] == [5, 5, 5, 5]
    assert [keys(page) for page in pages] == [["k0", "k1"], ["k2", "k3"], ["k4"], []]


@pytest.mark.parametrize(("page", "per_page"), [(0, 20), (-5, 20), (1, 10**9), (1, 100)])
def test_pages_are_bounded(engine, page, per_page):
    engine.put(make(f"k{n:03}", "Bin") for n in range(110))

    assert keys(ask(engine, "bin", page=page, per_page=per_page))[0] == "k000"
    assert len(keys(ask(engine, "bin", page=page, per_page=per_page))) <= 100
    assert keys(ask(engine, "bin", page=10**9, per_page=per_page)) == []


@pytest.fixture
def faceted(engine):
    engine.put(
        [
            make("a", "Bin", kind="tip-card", facets={"theme": ("waste", "cost")}),
            make("b", "Bin", facets={"theme": ("waste",), "nation": ("wales",)}),
            make("c", "Bin", facets={"theme": ("parks",), "nation": ("england",)}),
            make("d", "Tree", facets={"theme": ("parks",)}),
        ]
    )
    return engine


def filters(**terms):
    return {facet: frozenset(wanted.split()) for facet, wanted in terms.items()}


def test_filters_are_or_inside_a_facet_and_and_across(faceted):
    assert found(faceted, filters=filters(theme="parks")) == ["c", "d"]
    assert found(faceted, filters=filters(theme="parks waste")) == ["a", "b", "c", "d"]
    assert found(faceted, filters=filters(theme="parks waste", nation="wales")) == ["b"]
    assert found(faceted, "bin", filters=filters(theme="parks")) == ["c"]
    assert found(faceted, filters=filters(kind="tip-card")) == ["a"]


def test_unknown_facets_and_terms_match_nothing(faceted):
    assert found(faceted, filters=filters(theme="moon")) == []
    assert found(faceted, filters=filters(moon="theme")) == []
    assert found(faceted, "bin", filters={"theme": frozenset()}) == ["a", "b", "c"]


def test_counts_follow_text_and_filters(faceted):
    page = ask(faceted, "bin", count=("theme", "nation", "kind", "moon"))

    assert page.counts == {
        "theme": {"waste": 2, "cost": 1, "parks": 1},
        "nation": {"wales": 1, "england": 1},
        "kind": {"tip-card": 1, "case-study": 2},
        "moon": {},
    }


def test_the_counts_of_a_facet_ignore_its_own_filter(faceted):
    page = ask(faceted, "bin", filters=filters(theme="cost"), count=("theme", "kind"))

    assert page.total == 1
    assert page.counts["theme"] == {"waste": 2, "cost": 1, "parks": 1}
    assert page.counts["kind"] == {"tip-card": 1}


def test_snippets_show_the_part_that_was_found(engine):
    engine.put([make("a", "Long", "start " * 200 + "the petition was heard " + "end " * 200)])

    snippet = ask(engine, "petitions").hits[0].snippet

    assert "the <mark>petition</mark> was heard" in snippet
    assert len(snippet) < 260
    assert snippet.startswith("… ")
    assert snippet.endswith(" …")


def test_snippets_mark_beginnings_synonyms_and_phrases(engine):
    engine.put([make("a", "Long", "They tweet consultations to young people.")])

    assert "<mark>tweet</mark>" in ask(engine, "twitter").hits[0].snippet
    assert "<mark>consultations</mark>" in ask(engine, "consul").hits[0].snippet
    assert (
        "<mark>young</mark> <mark>people</mark>" in ask(engine, '"young people"').hits[0].snippet
    )


def test_snippets_are_safe_to_show(engine):
    engine.put([make("a", "Ask", "<script>ask('&')</script> <mark onclick=x>ask</mark>")])

    snippet = ask(engine, "ask script mark onclick").hits[0].snippet

    bare = snippet.replace("<mark>", "").replace("</mark>", "")
    assert "<" not in bare
    assert "&#x27;&amp;&#x27;" in snippet


def test_a_snippet_without_a_match_in_the_text_is_its_beginning(engine):
    engine.put([make("a", "Ask", "The text itself.", summary="In short.")])

    assert ask(engine, "ask").hits[0].snippet == "In short.\nThe text itself."


def test_suggestions_are_titles_with_words_that_begin_so(engine):
    engine.put(
        [
            make("a", "How to tweet a meeting"),
            make("b", "Tweeting"),
            make("c", "Parks"),
            make("d", "Tŵr a thŷ"),
        ]
    )

    assert engine.suggest("twe") == ("Tweeting", "How to tweet a meeting")
    assert engine.suggest("me twe") == ("How to tweet a meeting",)
    assert engine.suggest("twr") == ("Tŵr a thŷ",)
    assert engine.suggest("tw", limit=2) == ("Tweeting", "Tŵr a thŷ")
    assert engine.suggest("xyz") == engine.suggest("  ") == engine.suggest("twe", limit=0) == ()


def test_each_title_is_suggested_once(engine):
    engine.put([make("a", "Parks"), make("b", "Parks")])

    assert engine.suggest("pa") == ("Parks",)


def test_putting_again_replaces(engine):
    engine.put([make("a", "Ask early")])
    engine.put([make("a", "Wait"), make("b", "Stay"), make("b", "Go")])

    assert found(engine, "ask", verbatim=True) == found(engine, "stay", verbatim=True) == []
    assert found(engine, "wait") == ["a"]
    assert found(engine, "go") == ["b"]
    assert engine.count() == 2


def test_removed_documents_are_not_found(engine):
    engine.put([make("a", "Ask"), make("b", "Ask")])
    engine.remove(["a", "unknown"])
    engine.remove([])
    engine.put([])

    assert found(engine, "ask") == ["b"]
    assert engine.suggest("as") == ("Ask",)
    assert ask(engine, count=("kind",)).counts["kind"] == {"case-study": 1}
    assert engine.count() == 1


def test_replace_holds_these_and_no_others(engine):
    engine.put([make("a", "Ask")])

    assert engine.replace([make("b", "Ask"), make("c", "Ask"), make("c", "Tell")]) == 2
    assert found(engine, "ask") == ["b"]
    assert found(engine, "tell") == ["c"]


def test_a_replace_that_fails_leaves_everything_as_it_was(engine):
    def failing():
        yield make("b", "Ask")
        raise RuntimeError

    engine.put([make("a", "Ask")])

    with pytest.raises(RuntimeError):
        engine.replace(failing())

    assert found(engine, "ask") == ["a"]


def test_a_put_that_fails_leaves_everything_as_it_was(engine):
    def failing():
        yield make("b", "Ask")
        raise RuntimeError

    engine.put([make("a", "Ask")])

    with pytest.raises(RuntimeError):
        engine.put(failing())

    assert found(engine, "ask") == ["a"]
    engine.put([make("c", "Ask")])
    assert found(engine, "ask") == ["a", "c"]


def test_an_empty_index_answers(engine):
    assert ask(engine, "anything", count=("kind",)).counts == {"kind": {}}
    assert (ask(engine).total, engine.count(), engine.suggest("any")) == (0, 0, ())


def test_a_long_text_is_answered_by_its_beginning(engine):
    engine.put([make("a", "Bin")])

    assert "a" in found(engine, "bin " + "x" * 10_000)
    assert "a" in found(engine, "bin " * 2_500)
    assert found(engine, " " * MAX_TEXT + "bin") == ["a"]
    assert isinstance(ask(engine, '"' * 10_000).total, int)


@pytest.fixture
def filled(engine):
    engine.put([make("a", "Ask early", "Talk to suppliers.", kind="tip-card")])
    return engine


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=ANY_TEXT, verbatim=st.booleans())
def test_no_text_that_a_person_can_type_is_an_error(filled, text, verbatim):
    page = ask(filled, text, verbatim=verbatim, count=("kind",))

    assert page.total in {0, 1}
    assert len(page.hits) == page.total
    assert set(filled.suggest(text)) <= {"Ask early"}


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(st.characters(categories=["L", "M", "P", "S", "Z", "C"]), max_size=200))
def test_no_text_of_a_document_makes_an_unsafe_snippet(text):
    bare = snippet(text, Marks({"a", "mark"})).replace("<mark>", "").replace("</mark>", "")

    assert not {"<", ">", '"', "'"} & set(bare)


def test_a_document_of_any_letters_is_kept(engine):
    odd = "\x00 \ud800 ﷽ 漢字 \u202e ŵ̂ 'quoted' \\ : * & | !"
    engine.put([Document(key="a", kind="x", title="Odd " + odd, body=odd * 3)])

    assert found(engine, "odd") == ["a"]
    assert found(engine, "漢字") == ["a"]


def test_what_was_copied_most_comes_first_and_of_equals_the_newest(engine):
    engine.replace(
        [
            make("a", copied=2, happened=5),
            make("b", copied=11, happened=1),
            make("c", copied=2, happened=9),
            make("d"),
        ]
    )

    assert keys(ask(engine, sort=Sort.COPIED)) == ["b", "c", "a", "d"]


def test_a_term_may_hold_several_words(engine):
    engine.replace([make("a", facets={"copier": ("UA England", "WPA Wales")}), make("b")])

    page = ask(engine, filters={"copier": frozenset({"UA England"})}, count=("copier",))

    assert keys(page) == ["a"]
    assert page.counts["copier"] == {"UA England": 1, "WPA Wales": 1}
