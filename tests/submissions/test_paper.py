import pytest

from kb.config import ROOT
from kb.errors import Invalid
from kb.files.extraction import paragraphs
from kb.files.judging import judge
from kb.files.types import DOCX
from kb.library import vocabulary
from kb.library.content import Kind
from kb.submissions import form, paper
from tests.services import filesamples as samples

KINDS = [Kind.CASE_STUDY, Kind.TIP_CARD]


@pytest.fixture(scope="module")
def terms():
    read = vocabulary.read(ROOT / "seed_data" / "vocabularies")
    labels = {}
    for term in read:
        labels.setdefault(term.facet, {})[term.slug] = term.label
    return labels


def filled(terms, text):
    return paper.read(paper.of_text(text.encode()), terms)


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_template_comes_back_with_what_we_had_filled_in(terms, kind):
    usual = {"lang": "en", "licence": "ogl-3"}
    text = paper.of_text(paper.as_markdown(kind, terms).encode())
    word = paper.of_word(paragraphs(paper.as_docx(kind, terms)))

    assert paper.read(text, terms) == paper.Filled(kind=kind, answers=usual)
    assert paper.read(word, terms) == paper.Filled(kind=kind, answers=usual)


def test_the_word_template_is_one_that_we_would_take(terms):
    assert judge(paper.as_docx(Kind.CASE_STUDY, terms)) == DOCX


def test_a_filled_text_fills_the_form(terms):
    text = paper.as_markdown(Kind.CASE_STUDY, terms)
    text = text.replace(
        "## A title that says what you did\n", "## A title that says what you did\nCwm Ŵ’s \n"
    )
    text = text.replace("1. \n2. \n3. ", "1. Print it\n2. Post it\n3. ")
    text = text.replace("## Money spent\n", "## Money spent\n\n£40\n")
    text = text.replace("- [ ] Not enough time", "- [x] Not enough time")
    text = text.replace(
        "## What went wrong, or nearly did?\n",
        "## What went wrong, or nearly did?\nFirst part.\n\nSecond part.\n",
    )

    read = filled(terms, text)

    assert read.kind is Kind.CASE_STUDY
    assert read.left == ()
    assert read.answers["title"] == "Cwm Ŵ’s"
    assert read.answers["steps"] == ["Print it", "Post it"]
    assert read.answers["money"] == "40"
    assert read.answers["went_wrong"] == "First part.\n\nSecond part."


def test_boxes_may_be_ticked_in_many_ways(terms):
    first, second, third, fourth, fifth = list(terms["purpose"].items())[:5]
    lines = [
        f"- [x] {first[1]}",
        f"☒ {second[1]}",
        f"* [ ] {third[1]}",
        f"x {fourth[1]}",
        fifth[1],
    ]

    read = filled(terms, "## What is it for?\n" + "\n".join(lines))

    assert read.answers["purpose"] == [first[0], second[0], fourth[0], fifth[0]]


@pytest.mark.parametrize(
    "heading",
    [
        "# What went wrong, or nearly did?",
        "###### WHAT WENT WRONG – OR NEARLY DID",
        "## 7. What went wrong, or nearly did? ##",
        "**What went wrong, or nearly did?**",
        "What went wrong, or nearly did?\n-----",
        "What went wrong, or nearly did?",
    ],
)
def test_headings_are_known_again_whatever_a_program_made_of_them(terms, heading):
    read = filled(terms, f"# Share a full case\n\n{heading}\nThe box had no lock.\n")

    assert read.answers["went_wrong"] == "The box had no lock."
    assert read.left == ()


def test_quotes_and_dashes_that_word_changed_matter_not(terms):
    content = samples.word(
        (0, "Share something small"),
        (1, "What does it replace? (optional)"),
        "“Old” — and ‘older’ – ways",
        (4, "THE TIP, IN ONE LINE"),
        "Ask one question",
    )

    read = paper.read(paper.of_word(paragraphs(content)), terms)

    assert read.kind is Kind.TIP_CARD
    assert read.answers["title"] == "Ask one question"
    assert read.answers["replaces"] == "“Old” — and ‘older’ – ways"


def test_paragraphs_of_word_stay_apart_and_lines_of_steps_are_steps(terms):
    content = samples.word(
        (2, "What did you do, step by step?"),
        "1. Print it\n2. Post it",
        "Wait",
        (2, "What was the problem?"),
        "One.",
        "Two.",
    )

    read = paper.read(paper.of_word(paragraphs(content)), terms)

    assert read.answers["steps"] == ["Print it", "Post it", "Wait"]
    assert read.answers["reasons"] == "One.\n\nTwo."


def test_nothing_is_lost_and_unknown_headings_are_named(terms):
    read = filled(
        terms,
        "Dear all\n\n## The tip, in one line\nA tip\n\n## Thanks to\nThe mayor\n\n"
        "## What is it for?\n- [x] World peace\n\n## The tip, in one line\nAgain\n",
    )

    assert read.answers == {"title": "A tip"}
    assert read.left == (
        ("Before the first heading", "Dear all"),
        ("Thanks to", "The mayor"),
        ("What is it for?", "- [x] World peace"),
        ("The tip, in one line", "Again"),
    )


def test_two_where_one_is_asked_for_are_not_guessed(terms):
    read = filled(
        terms, "## Which language is it written in?\n- [x] English\n- [x] Cymraeg (Welsh)\n"
    )

    assert "lang" not in read.answers
    assert read.left == (("Which language is it written in?", "English\nCymraeg (Welsh)"),)


def test_a_line_without_a_number_goes_on_with_the_step_before_it(terms):
    heading = "What did you do, step by step?"
    steps = [
        "Print it",
        "Put a box in the library and tell the staff about it",
        "Open it",
        "Thank them",
    ]
    text = (
        "1. Print it\n2. Put a box in the library\n   and tell\nthe staff\n\n   about it\n"
        "3. Open it\n\nThank them\n"
    )
    word = samples.word(
        (2, heading),
        "1. Print it",
        "2. Put a box in the library\nand tell the staff\nabout it",
        "3. Open it",
        "Thank them",
    )

    assert filled(terms, f"## {heading}\n\n{text}").answers["steps"] == steps
    read = paper.read(paper.of_word(paragraphs(word)), terms)
    assert read.answers["steps"] == steps


def test_steps_that_word_numbers_by_itself_are_steps_with_all_their_lines(terms):
    word = samples.word_list(
        "What did you do, step by step?", "Print it\nin Welsh, too", "Post it"
    )

    read = paper.read(paper.of_word(paragraphs(word)), terms)

    assert read.answers["steps"] == ["Print it in Welsh, too", "Post it"]


def test_steps_without_numbers_are_one_on_each_line(terms):
    read = filled(terms, "## What did you do, step by step?\nPrint it\nPost it\n")

    assert read.answers["steps"] == ["Print it", "Post it"]


ASKED_IN_A_TIP = {
    "title": "Ask one question at a time.",
    "body": "One thing that somebody can do this week",
    "try_this": "One thing that somebody can do this week",
}


def test_answers_that_repeat_our_example_are_answers_where_our_hint_still_stands(terms):
    questions = {q.name: q for page in form.pages(Kind.TIP_CARD) for q in page.questions}
    text = paper.as_markdown(Kind.TIP_CARD, terms)
    for name, answer in ASKED_IN_A_TIP.items():
        head, found, tail = text.partition(f"## {questions[name].label}\n")
        before, blank, after = tail.partition("## ")
        text = f"{head}{found}{before}{answer}\n\n{blank}{after}"

    read = filled(terms, text)

    assert {name: read.answers.get(name) for name in ASKED_IN_A_TIP} == ASKED_IN_A_TIP
    assert read.left == ()


def test_what_may_be_our_hint_without_its_quotation_is_shown_and_not_taken(terms):
    read = filled(
        terms,
        "## Money spent\nDo not count staff time. Enter\n0 if it cost nothing.\n250\n"
        "## A title that says what you did\nAsked residents for inquiry topics on a postcard\n"
        "## What does it replace?\n",
    )

    assert "title" not in read.answers
    assert read.answers["money"].endswith("250")
    assert read.left == (
        ("Money spent", "Do not count staff time. Enter"),
        (
            "A title that says what you did",
            "Asked residents for inquiry topics on a postcard",
        ),
    )


def test_quoted_hints_are_no_answers_also_where_their_lines_were_broken_anew(terms):
    read = filled(
        terms,
        "## Money spent\n> Do not count staff time. Enter 0 if it\n> cost nothing.\n\n250\n"
        "## What was the problem?\n> “Nobody came,” they said.\n",
    )

    assert "count" not in str(read.answers)
    assert read.answers["money"].endswith("250")
    assert read.answers["reasons"] == "“Nobody came,” they said."


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_texts_of_several_encodings_are_read(terms, encoding):
    content = "## The tip, in one line\r\nAsk “once”\r\n".encode(encoding)

    assert paper.read(paper.of_text(content), terms).answers == {"title": "Ask “once”"}


@pytest.mark.parametrize("text", ["", "Just some words", "# Another heading\n\nText"])
def test_a_text_without_our_questions_is_refused_kindly(terms, text):
    with pytest.raises(Invalid, match="none of our questions"):
        filled(terms, text)


def test_what_is_no_text_is_refused_kindly():
    with pytest.raises(Invalid, match="could not read it as text"):
        paper.of_text(b"\x00\x01\x02")
