from datetime import timedelta

import pytest

from kb import jobs
from kb.errors import Invalid
from kb.library import seed
from kb.library import service as library
from kb.library.content import Kind
from kb.library.publish import content_of, publish
from tests.factories import NOW

LATER = NOW + timedelta(days=1)
FILE = """---
ref: practice:a-1
kind: case-study
title: Ask early
---
## What they did

They asked.

## How to copy it

1. **Ask.** Do it early.
2. **Ask again.**
   Be kind.
"""


def load(session, *texts, now=NOW):
    return seed.load(session, iter([seed.read(text) for text in texts]), now=now)


def test_headings_become_fields_and_numbered_lines_become_steps():
    content = seed.read(FILE)

    assert content.actions == "They asked."
    assert [(step.text, step.detail) for step in content.steps] == [
        ("Ask.", "Do it early."),
        ("Ask again.", "Be kind."),
    ]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("## What they did", "## What we did", "“What we did” is not one of the headings"),
        ("## How to copy it", "## What they did", "“What they did” stands twice"),
        ("1. **Ask.** Do", "1. Ask. Do", "This step has no number and bold sentence"),
        ("title: Ask early", "title: [", "The front matter cannot be read"),
        ("title: Ask early", "titel: Ask early", "“titel” is not a field that we know"),
    ],
)
def test_a_mistake_in_a_file_is_said_in_a_sentence(old, new, sentence):
    with pytest.raises(Invalid, match=sentence):
        seed.read(FILE.replace(old, new))


def test_the_file_with_a_mistake_is_named(tmp_path):
    (tmp_path / "tip-cards").mkdir()
    (tmp_path / "tip-cards" / "bad.md").write_text("---\nkind: tip-card\n---\n")

    with pytest.raises(Invalid, match=r"tip-cards/bad\.md"):
        list(seed.read_all(tmp_path))


def test_what_is_loaded_again_changes_nothing_and_a_renewed_file_is_taken(session):
    load(session, FILE)

    again = load(session, FILE)
    renewed = load(session, FILE.replace("early", "first"), now=LATER)

    assert (again.new, again.renewed, again.kept) == (0, 0, 0)
    assert (renewed.new, renewed.renewed, renewed.kept) == (0, 1, 0)
    assert library.by_ref(session, "practice:a-1").title == "Ask first"


def test_what_people_changed_on_the_site_is_never_overwritten(session):
    load(session, FILE)
    resource = library.by_ref(session, "practice:a-1")
    changed = content_of(resource).model_copy(update={"title": "Ask kindly"})
    publish(session, changed, author="Somebody", now=LATER)

    report = load(session, FILE.replace("early", "first"), now=LATER)

    assert report.kept == 1
    assert resource.title == "Ask kindly"


def test_the_first_practice_is_all_there(seeded_runtime):
    with seeded_runtime.database.reading() as session:
        counts = library.counts(session)
        cards = library.tip_cards(session, deck="ten-ideas")

    assert counts[Kind.CASE_STUDY] >= 120
    assert counts[Kind.TIP_CARD] == 50
    assert counts[Kind.TRAINING] == 30
    assert [card.number for card in cards] == list(range(1, 11))


def test_every_seed_file_is_named_after_its_ref_and_stands_on_a_source():
    for name in seed.FOLDERS:
        for path in (jobs.SEED_DATA / name).glob("*.md"):
            content = seed.read(path.read_text(encoding="utf-8"))

            assert content.ref.partition(":")[2] == path.stem
            assert content.summary
            assert content.summary.endswith(".")
            assert content.sources or name == "training"
            assert content.confidence


def test_what_seed_files_refer_to_is_there():
    contents = {content.ref: content for content in seed.read_all(jobs.SEED_DATA)}

    named = {ref for content in contents.values() for ref in content.related}

    assert named <= contents.keys()
    assert len({content.title for content in contents.values()}) == len(contents)
