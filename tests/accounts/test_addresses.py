import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.accounts import addresses
from kb.errors import Invalid


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Sian.Evans@Cardiff.gov.uk", "sian.evans@cardiff.gov.uk"),
        ("  o'neill+scrutiny@a-b.gov.uk ", "o'neill+scrutiny@a-b.gov.uk"),
    ],
)
def test_an_address_is_kept_in_lower_case(typed, kept):
    assert addresses.checked(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        *("", "x", "@x.gov.uk", "x@", "x@localhost", "x@y@z.gov.uk", '"x y"@z.gov.uk'),
        *("x y@z.gov.uk", "x@z.gov.uk\nBcc: all@z.gov.uk", "x@z.gov.uk\r", "x\x00@z.gov.uk"),
        *("x@z..gov.uk", "x@.gov.uk", "x@-z.gov.uk", "x@z.gov.uk.", ".x@z.gov.uk", "x.@z.gov.uk"),
        *("x@[127.0.0.1]", "x@127.0.0.1", "<x@z.gov.uk>", "x@z.gov.uk,y@z.gov.uk", "x@z.gov.uk;"),
        *("x" * 65 + "@z.gov.uk", "x@" + "z." * 130 + "gov.uk", "x@z.gov.uk\tb"),
    ],
)
def test_what_is_no_plain_address_is_refused(typed):
    with pytest.raises(Invalid) as error:
        addresses.checked(typed)

    assert error.value.problems["email"] == addresses.HOW


@pytest.mark.parametrize(
    "typed", ["x@cardiﬀ.gov.uk", "x@саrdiff.gov.uk", "x@xn--cardff-n4a.gov.uk", "ŵyn@x.gov.uk"]
)
def test_letters_that_look_like_others_are_refused_kindly(typed):
    with pytest.raises(Invalid) as error:
        addresses.checked(typed)

    assert error.value.problems["email"] == addresses.LOOK_ALIKE


@given(st.text())
def test_whatever_is_typed_is_one_address_on_one_line_or_refused(text):
    try:
        kept = addresses.checked(text)
    except Invalid:
        return

    assert kept.count("@") == 1
    assert kept.isprintable()
    assert kept.isascii()


def test_letters_to_name_plus_something_reach_one_mailbox():
    assert addresses.mailbox_of("sian+1@x.gov.uk") == addresses.mailbox_of("sian+2@x.gov.uk")
    assert addresses.mailbox_of("+1@x.gov.uk") == "+1@x.gov.uk"
