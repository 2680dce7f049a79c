import pytest

from kb.errors import Invalid
from kb.jobs import SEED_DATA
from kb.library import vocabulary
from kb.library.facets import FACET_NAMES


@pytest.fixture
def rows():
    return vocabulary.read(SEED_DATA / "vocabularies")


def test_every_facet_has_terms_and_no_id_stands_twice(rows):
    ids = [(row.facet, row.slug) for row in rows]

    assert {row.facet for row in rows} == set(FACET_NAMES)
    assert len(ids) == len(set(ids))


def test_terms_are_stored_once_and_keep_the_order_of_their_file(session, rows):
    assert vocabulary.store(session, rows) == len(rows)
    assert vocabulary.store(session, rows) == 0

    purposes = [term.slug for term in vocabulary.terms(session, "purpose")]
    assert purposes[:2] == ["meet-tell", "meet-live"]
    assert vocabulary.labels(session)["setup"]["half-day"] == "Half a day"


def test_a_label_may_change(session, rows):
    vocabulary.store(session, rows)
    (row,) = [row for row in rows if row.slug == "meet-tell"]

    renamed = vocabulary.TermRow(**vars(row) | {"label": "Say when we meet"})

    assert vocabulary.store(session, [renamed]) == 1
    assert vocabulary.labels(session)["purpose"]["meet-tell"] == "Say when we meet"


def test_a_file_without_a_column_is_named(tmp_path):
    for facet in FACET_NAMES:
        (tmp_path / f"{facet}.csv").write_text("id,label\na,A\n")

    with pytest.raises(Invalid, match=r"purpose\.csv lacks the column 'synonyms'"):
        vocabulary.read(tmp_path)


def test_synonyms_are_groups_and_comments_are_none(tmp_path):
    (tmp_path / "synonyms.txt").write_text("# words\n\nO&S; overview and scrutiny ;\n")

    assert vocabulary.read_synonyms(tmp_path / "synonyms.txt") == (
        ("O&S", "overview and scrutiny"),
    )
