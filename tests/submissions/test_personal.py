import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.submissions import personal


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Cllr Jane Smith said so", ["Cllr Jane Smith"]),
        ("thanks to Siân Ŵyn-Jones of the team", ["Siân Ŵyn-Jones"]),
        ("Dr Patel gave evidence", ["Dr Patel"]),
        ("Ask Jane Smith", ["Jane Smith"]),
        ("Ring 01234 567890 or 07700 900123", ["01234 567890", "07700 900123"]),
        ("Ring +44 (0)7700 900123", ["+44 (0)7700 900123"]),
        ("write to jo.bloggs+x@example.gov.uk.", ["jo.bloggs+x@example.gov.uk"]),
        ("at SW1A 1AA", ["SW1A 1AA"]),
    ],
)
def test_what_is_about_a_person_is_found(text, found):
    assert personal.find(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "St Helens Council and Bath and North East Somerset",
        "The Lord Mayor and Councillor Development Group",
        "George Street, Victoria Park, Test Valley and Isle of Wight",
        "It cost £1,234,567,890 and 12345678901234 people came",
        "Children’s Services and Adult Social Care in March 2025",
        "Cyngor Sir Ynys Môn a Rhondda Cynon Taf",
        "Call for Evidence, Task and Finish Group, Facebook Live",
    ],
)
def test_places_and_councils_are_no_persons(text):
    assert personal.find(text) == []


@given(st.text(max_size=300))
def test_any_text_may_be_looked_at(text):
    personal.find(text)
