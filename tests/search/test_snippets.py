"""Where a snippet begins, and what is marked in it."""

from hypothesis import example, given
from hypothesis import strategies as st

from kb.search import snippets
from kb.search.snippets import Marks, snippet
from kb.search.text import WORD, stem, word

WORDS = ["try", "tried", "using", "Organization", "BUDGET", "budget’s", "meetings", "it's", "tŷ"]
TEXTS = st.lists(st.sampled_from([*WORDS, "'budget'", "re-try", "_try_", "(tries)", "—", ".\n"]))


@given(texts=TEXTS, wanted=st.sets(st.sampled_from(WORDS), min_size=1))
@example(texts=["“budget”", "x'budget"], wanted={"BUDGET"})
def test_the_quick_way_finds_the_same_words(texts, wanted):
    text = " ".join(texts)
    marks = Marks({word(each).stem for each in wanted})

    found = [match.group() for match in snippets._found(text, marks)]

    slowly = [match.group() for match in WORD.finditer(text) if marks[match.group()]]
    assert found == slowly


def test_the_window_with_the_most_words_is_chosen():
    text = "budget " + "filler " * 80 + "the budget for housing and parks " + "filler " * 80

    shown = snippet(text, Marks({stem(each) for each in ("budget", "housing", "parks")}))

    assert "<mark>budget</mark> for <mark>housing</mark> and <mark>parks</mark>" in shown


def test_a_short_text_is_shown_whole():
    assert snippet("A budget.", Marks({"budget"})) == "A <mark>budget</mark>."
    assert snippet("", Marks({"budget"})) == ""


def test_words_are_not_cut():
    shown = snippet("budgetary " * 100, Marks(set()))

    assert shown == " ".join(["budgetary"] * 20) + " …"


def test_a_text_without_spaces_is_cut_all_the_same():
    assert len(snippet("x" * 5_000, Marks({"y"}))) < 210
