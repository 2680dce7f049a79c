from kb.training import scales
from kb.training.types import Option


def test_a_scale_says_at_its_ends_what_they_mean():
    bare, said = scales.options(), scales.options("Not at all", "Very")

    assert [step.label for step in bare] == ["1", "2", "3", "4", "5"]
    assert [step.label for step in said] == ["1: Not at all", "2", "3", "4", "5: Very"]
    assert [scales.word(step) for step in said] == ["Not at all", "", "", "", "Very"]
    assert (scales.ends(bare), scales.ends(said)) == (("", ""), ("Not at all", "Very"))


def test_answers_of_ones_own_are_no_numbers():
    own = (Option(key="never", label="Never"), Option(key="daily", label="Daily"))

    assert not scales.is_numbered(own)
    assert scales.ends(own) == ("", "")


def test_a_number_before_the_words_of_an_end_goes_and_one_that_belongs_to_them_stays():
    typed = ("1 = never", "5: daily", "1 – never", "5) daily", "1 - never", "1-to-1 help", "50 %")

    words = [scales.without_number(each) for each in typed]

    assert words == ["never", "daily", "never", "daily", "never", "1-to-1 help", "50 %"]
