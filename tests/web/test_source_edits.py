"""An editor puts right what is known of a source."""

import pytest

from kb.feeds import sources
from kb.feeds.models import State
from kb.indexing import noted
from tests.factories import make_council, make_entry, make_source
from tests.web.reading import facts


def test_a_source_is_put_right_and_found_under_its_new_words(editor, runtime, session):
    with runtime.database.transaction() as writing:
        make_council(writing, short_name="Swansea", name="City and County of Swansea Council")
        after = make_source(writing, name="On Medium")
        source = make_source(writing, name="Craffu", organisation="A person", nation="Wales")
        entry = make_entry(writing, source)
    address = f"/feeds/sources/{source.id}/edit"

    page = editor.get(address)
    given = {"organisation": "", "kind": "news", "language": "cy", "successor": after.id}
    shown = editor.post(address, name=" Craffu  Abertawe ", council="swansea", **given)

    assert page.find(".//input[@id='organisation']")[0].get("value") == "A person"
    assert page.find(".//input[@list='councils']")
    assert page.find(".//*[@id='nation']/option[@selected]")[0].get("value") == "Wales"
    assert shown.heading == "Craffu Abertawe"
    assert facts(shown)["Moved to"] == "On Medium"
    kept = sources.get(session, source.id)
    assert (kept.council.short_name, kept.nation, kept.organisation) == ("Swansea", "England", "")
    assert (kept.kind, kept.language, kept.state) == ("news", "cy", State.OK)
    assert f"entry:{entry.id}" in list(noted(session, limit=99).values())[-1:]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"name": " ", "council": "Atlantis"},
            "Give the source a name.We know no council of that name.",
        ),
        ({"council": "Atlantis"}, "We know no council of that name."),
        ({"council": "Swansea", "nation": "Scotland"}, "is in England, not in Scotland."),
        ({"council": "x" * 200}, "Use 120 characters or fewer."),
        ({"kind": "rumour"}, "Not a valid choice."),
        ({"successor": "0"}, "Not a valid choice."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_lost(editor, runtime, session, given, sentence):
    with runtime.database.transaction() as writing:
        make_council(writing, short_name="Swansea")
        source = make_source(writing, name="Craffu")
    usual = {"name": "Craffu", "organisation": "Mine", "kind": "blog", "language": "en"}

    page = editor.post(
        f"/feeds/sources/{source.id}/edit", 422, **usual | {"successor": ""} | given
    )

    assert page.title.startswith("Error: ")
    assert sentence in page.words
    assert page.find(".//input[@id='organisation']")[0].get("value") == "Mine"
    assert sources.get(session, source.id).organisation == ""


def test_a_source_that_came_before_cannot_come_after(editor, runtime):
    with runtime.database.transaction() as writing:
        source = make_source(writing)
        before = make_source(writing, successor_id=source.id)
    given = {"name": "A", "kind": "blog", "language": "en", "successor": before.id}

    page = editor.post(f"/feeds/sources/{source.id}/edit", 422, **given)

    assert "A source cannot be followed by itself." in page.words
