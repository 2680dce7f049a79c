"""The packs that come with the site."""

import re
from datetime import timedelta

import pytest

from kb.config import ROOT
from kb.errors import Invalid
from kb.library import vocabulary
from kb.training import clock, pack_seeds, packs
from kb.training.types import RoundKind
from tests.factories import NOW, make_term
from tests.training.making import make_session
from tests.training.packing import make_pack

LATER = NOW + timedelta(days=1)
FILE = """title = "Hands"
lede = "Two questions."
people = "6"
audience = "All"
needs = "Nothing"
credit = "A post."
evidence = "Our own design."

[[blocks]]
key = "vote"
title = "Vote"
minutes = 5
round = "barriers"
question = "What stops you?"
{more}
"""


def seed(more=""):
    return pack_seeds.read("hands", FILE.format(more=more))


def real():
    return list(pack_seeds.read_all(ROOT / "seed_data" / "packs"))


def load_real(session):
    vocabulary.store(session, vocabulary.read(ROOT / "seed_data" / "vocabularies"))
    return pack_seeds.load(session, real(), now=NOW)


def test_the_five_packs_take_as_long_as_they_say():
    found = {each.words.title: clock.length(each.blocks) for each in real()}

    assert found == {
        "15 minutes: hands up": 15,
        "45 minutes: could we use social media for scrutiny?": 45,
        "60 minutes: pick one and copy it": 60,
        "Live posting practice": 60,
        "Make it worth sharing": 45,
    }


def test_they_name_pages_that_we_have():
    files = (ROOT / "seed_data").rglob("*.md")
    known = {ref for path in files for ref in re.findall(r"^ref: (\S+)", path.read_text(), re.M)}

    named = {ref for each in real() for block in each.blocks for ref in block.refs}

    assert named
    assert named <= known


def test_they_can_all_be_run(session):
    load_real(session)

    for pack in packs.seeded(session):
        assert make_session(session, *pack.blocks, title=pack.title).code


def test_loading_twice_changes_nothing(session):
    assert load_real(session) == 5

    assert pack_seeds.load(session, real(), now=LATER) == 0
    assert {pack.saved_at for pack in packs.seeded(session)} == {NOW}


def test_a_changed_file_renews_its_pack_in_place(session):
    make_term(session, "barrier", "skills")
    pack_seeds.load(session, [seed()], now=NOW)
    before = packs.seeded(session)[0].id

    changed = pack_seeds.load(session, [seed("# what changed")], now=LATER)

    pack = packs.seeded(session)[0]
    assert changed == 1
    assert (pack.id, pack.saved_at) == (before, LATER)


def test_a_barrier_vote_asks_by_the_words_of_the_vocabulary(session):
    make_term(session, "barrier", "skills", label="We do not know how")
    pack_seeds.load(session, [seed()], now=NOW)
    term = make_term(session, "barrier", "time", label="No time")

    pack_seeds.load(session, [seed()], now=LATER)

    block = packs.seeded(session)[0].blocks[0]
    assert block.round is RoundKind.BARRIERS
    assert [option.label for option in block.options] == ["We do not know how", term.label]


def test_a_barrier_that_does_not_exist_is_told(session):
    with pytest.raises(Invalid, match="no barrier “gremlins”"):
        pack_seeds.load(session, [seed('barriers = ["gremlins"]')], now=NOW)


def test_a_pack_that_somebody_made_is_left_alone(session):
    make_term(session, "barrier", "skills")
    pack, _ = make_pack(session, title="Hands")

    pack_seeds.load(session, [seed()], now=NOW)

    assert pack.blocks == []


@pytest.mark.parametrize("more", ["minutes = ten", "bogus = 1", "round = 'poison'"])
def test_a_file_that_is_wrong_is_named(tmp_path, more):
    (tmp_path / "bad.toml").write_text(FILE.format(more=more))

    with pytest.raises(Invalid, match=r"packs/bad\.toml"):
        list(pack_seeds.read_all(tmp_path))
