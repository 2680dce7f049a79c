import pytest

from kb.submissions import amounts


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("45 minutes", 45),
        ("3 hours", 180),
        ("about 2 days", 840),
        ("1 hour 30 minutes", 90),
        ("1.5 hours", 90),
        ("half a day", 210),
        ("An hour", 60),
        ("15 minutes a week", 15),
        ("0", 0),
        ("none", 0),
        ("1 week", 2100),
        ("15", 15),
        ("about 30", 30),
        ("2-3 hours", 180),
        ("2 – 3 hours", 180),
        ("30 minutes to 1 hour", 60),
        ("1½ hours", 90),
        ("½ hour", 30),
        ("half an hour", 30),
        ("an hour and a half", 90),
        ("1h30", 90),
        ("1 hour 30", 90),
        ("2 hours 3 days", 1380),
        ("nil", 0),
    ],
)
def test_times_are_read_as_people_write_them(text, minutes):
    assert amounts.minutes(text) == minutes


@pytest.mark.parametrize(
    "text", ["", "1.5", "½", "not much", "3 years", "-3 hours", "999999 weeks", "1 hour of Ian"]
)
def test_what_is_no_time_is_none(text):
    assert amounts.minutes(text) is None


@pytest.mark.parametrize(
    ("text", "pounds"),
    [
        *(("0", 0), ("£40", 40), ("1,250.50", 1250.5), ("£2k", 2000), ("nil", 0)),
        *(("No cost", 0), ("nothing", 0), ("Free.", 0)),
    ],
)
def test_money_is_read_as_people_write_it(text, pounds):
    assert amounts.pounds(text) == pounds


@pytest.mark.parametrize("text", ["", "not much", "-1", "1e9", "40 or so", "free lunch"])
def test_what_is_no_money_is_none(text):
    assert amounts.pounds(text) is None


def test_money_is_said_without_needless_pence():
    assert [amounts.as_pounds(n) for n in (0, 1250.5)] == ["£0", "£1,250.50"]
    assert [amounts.money_in_words(t) for t in ("nil", "40", "?")] == ["£0", "£40", "?"]


def test_the_note_of_a_time_is_read_again():
    assert amounts.setup_note("15") == "15 minutes to set up"
    assert amounts.time_in(amounts.setup_note("half an hour")) == "half an hour"
    assert amounts.time_in("45 minutes in all") == "45 minutes"
    assert amounts.time_in("An hour of staff time") == amounts.time_in("All in all") == ""


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("March to June 2025", [2025]),
        ("2024/25", [2024, 2025]),
        ("2019 to 2021", [2019, 2021]),
        ("last year", []),
    ],
)
def test_years_are_found_in_words(text, years):
    assert amounts.years(text) == years


@pytest.mark.parametrize(
    "text", ["www.example.org/x", "example.org/x?y#z", "cyngor.example.wales"]
)
def test_an_address_gets_the_scheme_that_people_leave_out(text):
    assert amounts.web_address(text) == f"https://{text}"
    assert amounts.is_web_address(amounts.web_address(text))


@pytest.mark.parametrize(
    "text", ["http://x.org", "javascript:alert(1)", "e.g.", "jo@x.org", "1.5", "not an address"]
)
def test_what_has_a_scheme_or_is_no_address_stays_as_it_is(text):
    assert amounts.web_address(text) == text


@pytest.mark.parametrize("text", ["javascript:alert(1)", "example.org", "http://", "http://["])
def test_what_is_no_web_address_is_refused(text):
    assert not amounts.is_web_address(text)


@pytest.mark.parametrize(
    ("spent", "setup", "weekly"),
    [(0, "hour", "none"), (60, "hour", "60"), (61, "hours", "more"), (840, "days", "more")],
)
def test_minutes_have_terms(spent, setup, weekly):
    assert (amounts.setup_term(spent), amounts.weekly_term(spent)) == (setup, weekly)


def test_money_has_terms():
    terms = [amounts.cost_term(n) for n in (0, 99, 100, 1000)]

    assert terms == ["free", "under-100", "under-1000", "more"]
