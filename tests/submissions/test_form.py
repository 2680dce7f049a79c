import pytest

from kb.library import vocabulary
from kb.library.content import Kind
from kb.submissions import form
from tests.submissions.writing import CASE, TIP, know_terms


@pytest.fixture
def terms(session):
    know_terms(session)
    return vocabulary.labels(session)


def problems(kind, answers, terms):
    return form.problems(form.questions(kind), answers, terms)


@pytest.mark.parametrize(("kind", "answers"), [(Kind.CASE_STUDY, CASE), (Kind.TIP_CARD, TIP)])
def test_whole_answers_have_no_problem(terms, kind, answers):
    assert problems(kind, answers, terms) == {}


def test_a_case_asks_for_everything_that_a_copier_needs(terms):
    absent = problems(Kind.CASE_STUDY, {}, terms)

    assert {
        *("purpose", "setup_time", "weekly_time", "replaces", "money", "signoff"),
        *("went_wrong", "visibility", "next_step", "licence"),
    } <= set(absent)


def test_a_tip_card_has_three_boxes():
    boxes = [question.name for question in form.pages(Kind.TIP_CARD)[0].questions]

    assert boxes == ["title", "body", "watch_out"]


def test_who_reads_what_went_wrong_is_never_chosen_for_people():
    (question,) = [q for q in form.questions(Kind.CASE_STUDY) if q.name == "visibility"]

    assert question.before == ""


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("money", "not much", "Cost must be a number, like 0 or 250"),
        ("setup_time", "ages", "Enter a time"),
        ("summary", "x" * 150, "You have 10 too many"),
        ("purpose", ["x"], "Choose from the list"),
        ("purpose", "topic-choose", ""),
        ("channel", ["paper"] * 21, "Choose 20 or fewer"),
        ("visibility", "<script>", "Choose from the list"),
        ("signoff", ["none", "comms"], "but not both"),
        ("source_url", "javascript:alert(1)", "https://"),
        ("title", "two\nlines", "Use one line"),
        ("years", "a while ago", "Give the year"),
        ("steps", ["x"] * 30, "20 steps or fewer"),
        ("steps", ["x" * 600], "500 characters"),
        ("money", ["40"], ""),
        ("money", {"a": 1}, "even if it was £0"),
    ],
)
def test_an_answer_that_is_wrong_gets_a_sentence(terms, name, value, sentence):
    found = problems(Kind.CASE_STUDY, CASE | {name: value}, terms)

    assert sentence in found.get(name, "")
    assert bool(found) == bool(sentence)


def test_a_question_is_on_a_page():
    assert form.page_with(Kind.CASE_STUDY, "money") == "cost"
    assert form.page_with(Kind.TIP_CARD, "steps") == ""


def test_training_material_has_no_questions():
    assert form.questions(Kind.TRAINING) == []


@pytest.mark.parametrize("kind", [Kind.CASE_STUDY, Kind.TIP_CARD])
def test_names_are_asked_once(kind):
    names = [question.name for question in form.questions(kind)]

    assert len(names) == len(set(names))
