"""Training material: what it needs, its steps, and the clock beside them."""

from kb.library.content import Step
from kb.library.models import Standing
from kb.library.publish import set_standing
from kb.web.training import running_order
from tests.factories import make_training
from tests.pages import words
from tests.web.reading import facts

PATH = "/training/show-of-hands"


def published(session, **values):
    exercise = make_training(session, title="Show of hands", **values)
    session.commit()
    return exercise


def starts(*minutes):
    return [turn.starts for turn in running_order([Step(text="Do", minutes=m) for m in minutes])]


def test_exercises_are_listed_by_how_long_they_take(browser, session):
    make_training(session, title="Quick one", minutes_max=10)
    make_training(session, title="Longer one", minutes_max=45)
    make_training(session, title="A day", minutes_max=400)
    make_training(session, title="Who knows")
    session.commit()

    page = browser.get("/training")

    order = ["Up to 15 minutes", "Quick one", "Up to an hour", "Longer one"]
    places = [
        page.words.index(words)
        for words in [*order, "Longer, or no set time", "A day", "Who knows"]
    ]
    assert places == sorted(places)


def test_a_site_without_exercises_says_so(browser):
    assert "There is no training material yet." in browser.get("/training").words


def test_the_facts_say_what_a_trainer_must_bring(browser, session):
    published(
        session,
        duration="5 to 10 minutes",
        group_size="10 to 60 people",
        audience="Any group",
        materials=("Chairs", "Pens"),
    )

    page = browser.get(PATH)

    assert facts(page) == {
        "Time": "5 to 10 minutes",
        "Group": "10 to 60 people",
        "For": "Any group",
        "Format": "Not stated",
        "You need": "Chairs; Pens",
        "Gets round": "Not stated",
    }


def test_the_clock_runs_as_long_as_times_are_known():
    assert starts(5, 70, 8) == ["0:00", "0:05", "1:15"]
    assert starts(5, None, 8) == ["0:00", "", ""]
    assert starts(None, 8) == ["", ""]


def test_timed_steps_show_the_clock(browser, session):
    published(
        session,
        steps=[{"text": "Ask.", "minutes": 5}, {"text": "Count.", "detail": "Twice."}],
        steps_by="us",
    )

    page = browser.get(PATH)

    steps = [words(item) for item in page.find(".//ol[@class='agenda']/li")]
    assert steps == ["Starts at 0:00 5 min Ask.", "No set time Count. Twice."]
    assert "These steps and times are our suggestion" in page.words


def test_untimed_steps_are_numbered(browser, session):
    published(session, steps=[{"text": "Ask."}], steps_by="us", body="It opens a talk.")

    page = browser.get(PATH)

    assert len(page.find(".//ol[@class='steps']/li")) == 1
    assert "These steps are our suggestion" in page.words
    assert "What it is for It opens a talk." in page.words


def test_missing_steps_are_not_stated(browser, session):
    published(session)

    assert "Step by step Not stated" in browser.get(PATH).words


def test_machines_are_told_that_it_is_a_how_to(browser, session):
    published(session, minutes_max=10)

    page = browser.get(PATH)

    assert page.find(".//article[@itemtype='https://schema.org/HowTo']")
    assert [m.get("content") for m in page.find(".//meta[@itemprop='totalTime']")] == ["PT10M"]


def test_withdrawn_material_leaves_a_tombstone(browser, session):
    exercise = published(session)
    set_standing(session, exercise, Standing.WITHDRAWN, note="It did harm.")
    session.commit()

    assert "It did harm." in browser.get(PATH, expect=410).words


def test_every_seeded_exercise_makes_a_sound_page(seeded_browser):
    listed = seeded_browser.get("/training").links

    pages = [seeded_browser.get(url) for _, url in listed if url.startswith("/training/")]

    assert len(pages) == 30
