import pytest

from kb.training import codes


def test_a_code_has_six_characters_without_look_alikes():
    made = {codes.make() for _ in range(500)}

    assert all(len(code) == 6 for code in made)
    assert not set("".join(made)) & set("01ILO")


def test_codes_are_hard_to_guess():
    assert len({codes.make() for _ in range(2_000)}) == 2_000


@pytest.mark.parametrize("code", ["FUCK22", "22ARSE", "23CACH", "AR5E22", "2WANK2", "2TW4T2"])
def test_no_code_reads_as_a_word_that_must_not_be_on_a_wall(code):
    assert codes.is_rude(code)


@pytest.mark.parametrize("typed", ["abc234", " ABC 234 ", "ab-c2-34", "ABC\u00a0234", "aBc 2 3 4"])
def test_a_code_may_be_typed_in_any_case_and_with_spaces(typed):
    assert codes.plain(typed) == "ABC234"


@pytest.mark.parametrize("typed", ["", "ABC23", "ABC2345", "ABC2O4", "ÀBC234", "ABC234" * 1_000])
def test_what_cannot_be_a_code_is_none(typed):
    assert codes.plain(typed) == ""
