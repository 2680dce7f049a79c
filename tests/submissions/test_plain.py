import pytest

from kb.submissions import plain


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("We asked people. They answered.", ""),
        ("We utilised postcards.", "“utilised” could be “used”."),
        ("word " * 31, "A sentence has 31 words."),
        ("word " * 29 + "https://example.org/a-very-long.address?with=dots.", ""),
        ("", ""),
    ],
)
def test_the_first_thing_that_is_hard_to_read_is_said(text, complaint):
    assert complaint in plain.complaint(text)
    assert bool(plain.complaint(text)) == bool(complaint)
