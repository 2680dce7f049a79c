import csv
import shutil
from datetime import timedelta

import pytest

from kb.councils import register
from kb.errors import Invalid
from kb.feeds import seed, sources
from kb.feeds.models import Entry, State
from kb.feeds.store import store
from kb.jobs import SEED_DATA
from tests.factories import NOW, make_council

FOLDER = SEED_DATA / "feeds"
HEAD = "name,organisation,council,nation,platform,kind,language,site_url,feed_url,evidence,note\n"


@pytest.fixture
def folder(tmp_path):
    """A place for seed files of the test's own."""

    def write(*rows):
        (tmp_path / "sources.csv").write_text(HEAD + "\n".join(rows), encoding="utf-8")
        return tmp_path

    return write


def load_samples(session, reader, folder=FOLDER, now=NOW):
    return seed.load_samples(session, folder, read=reader.read, store=store, now=now)


def test_all_seeded_sources_are_loaded_switched_off(session):
    register.store(session, register.read(SEED_DATA / "councils.csv"))

    report = seed.load_sources(session, FOLDER, now=NOW)

    loaded = sources.everyone(session)
    assert report.new == len(loaded) >= 60
    assert {source.state for source in loaded} == {State.OFF}
    assert "KIR" in {source.council.code for source in loaded if source.council}


def test_seeded_sources_name_nobody_twice():
    with (FOLDER / "sources.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert len({row["name"] for row in rows}) == len(rows)
    assert len({row["feed_url"] or row["site_url"] for row in rows}) == len(rows)


def test_loading_again_changes_nothing_that_people_did(session, folder):
    make_council(session, code="KIR")
    place = folder(
        "A,Org,KIR,England,wordpress,blog,en,https://a.example/,https://a.example/feed,,"
    )
    seed.load_sources(session, place, now=NOW)
    (source,) = sources.everyone(session)
    sources.retire(session, source, reason="Over.")

    report = seed.load_sources(session, place, now=NOW)

    assert (report.new, report.known) == (0, 1)
    assert source.state is State.RETIRED


def test_a_row_without_a_feed_waits_for_the_probe_to_find_it(session, folder):
    place = folder("A,,,Wales,website,news,en,https://a.example/news,,Only the site.,A note.")
    seed.load_sources(session, place, now=NOW)
    (source,) = sources.everyone(session)
    waited_at = source.feed_url
    found = sources.Probe(feed_url="https://a.example/feed")
    sources.probed(session, source, found, now=NOW)

    report = seed.load_sources(session, place, now=NOW)

    assert waited_at == "https://a.example/news"
    assert source.note == "A note. Only the site."
    assert report.new == 0


@pytest.mark.parametrize(
    "row",
    [
        "A,,XXX,,website,news,en,https://a.example/,,,",
        "A,,,,website,rumour,en,https://a.example/,,,",
        "A,,,,tablet,news,en,https://a.example/,,,",
        "A,,,,website,news,en,,,,",
    ],
)
def test_a_row_that_makes_no_sense_is_named(session, folder, row):
    with pytest.raises(Invalid, match=r"Line 2 of sources\.csv"):
        seed.load_sources(session, folder(row), now=NOW)


def test_a_place_without_files_has_nothing_to_load(session, tmp_path, reader):
    assert seed.load_sources(session, tmp_path, now=NOW) == seed.SourceReport(new=0, known=0)
    assert load_samples(session, reader, tmp_path) == 0


def test_samples_fill_the_river_and_are_labelled(session, reader):
    loaded = load_samples(session, reader)

    samples = sources.everyone(session)
    assert loaded == len(samples) == 3
    assert all(source.is_sample and "ampl" in source.name for source in samples)
    assert all(entry.title.startswith("Sampl") for entry in session.query(Entry))
    assert all(5 <= count <= 8 for count in sources.entry_counts(session).values())
    assert {source.language for source in samples} == {"en", "cy"}


def test_samples_are_never_fetched(session, reader):
    load_samples(session, reader)

    for source in sources.everyone(session):
        assert source.state not in sources.FOLLOWED
        assert sources.health(source, now=NOW).next.startswith("It is read from a file")


def test_samples_are_loaded_once(session, reader):
    load_samples(session, reader)
    before = sum(sources.entry_counts(session).values())

    again = load_samples(session, reader, now=NOW + timedelta(days=1))

    assert again == 0
    assert sum(sources.entry_counts(session).values()) == before


def test_a_retired_sample_stays_retired_though_its_file_changed(session, reader, tmp_path):
    shutil.copytree(FOLDER / "samples", tmp_path / "samples")
    load_samples(session, reader, tmp_path)
    for source in sources.everyone(session):
        sources.retire(session, source, reason="We have real ones now.")
    for path in (tmp_path / "samples").iterdir():
        path.write_bytes(path.read_bytes() + b"\n")

    assert load_samples(session, reader, tmp_path) == 0
    assert {source.state for source in sources.everyone(session)} == {State.RETIRED}
