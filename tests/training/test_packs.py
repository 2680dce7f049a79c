"""Packs of one's own, and those that come with the site."""

from datetime import timedelta

import pytest

from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.training import packs
from kb.training.packs import About
from tests.factories import NOW, make_tip_card, make_user
from tests.training.making import make_block
from tests.training.packing import make_pack, make_seeded

LATER = NOW + timedelta(minutes=1)


def keys_of(pack):
    return [block.key for block in pack.blocks]


def get(session, pack, token="", user=None):
    return packs.get(session, pack.slug, keys={pack.id: token}, user=user)


def test_a_guest_opens_their_pack_with_its_link_alone(session):
    pack, token = make_pack(session)

    assert get(session, pack, token) is pack
    assert packs.by_link(session, pack.slug, token) is pack
    assert packs.held(session, {pack.id: token}) == [pack]


@pytest.mark.parametrize("wrong", ["", "x", "a token of another pack"])
def test_nobody_else_opens_it(session, wrong):
    pack, _ = make_pack(session)
    _, foreign = make_pack(session)
    token = foreign if wrong.startswith("a token") else wrong

    with pytest.raises(NotFound):
        get(session, pack, token)
    with pytest.raises(NotFound):
        packs.by_link(session, pack.slug, token)
    assert packs.held(session, {pack.id: token}) == []


def test_the_link_of_a_guest_is_kept_as_a_hash_only(session):
    pack, token = make_pack(session)

    assert token
    assert token not in str(vars(pack))


def test_an_account_owns_its_pack_and_nobody_else_does(session):
    owner = make_user(session)
    pack, token = make_pack(session, owner=owner)

    assert token == ""
    assert packs.owned_by(session, owner) == [pack]
    assert get(session, pack, user=owner) is pack
    with pytest.raises(NotFound):
        get(session, pack, user=make_user(session))
    with pytest.raises(NotFound):
        packs.by_link(session, pack.slug, "")


def test_a_pack_of_the_site_is_read_by_everybody_and_changed_by_nobody(session):
    pack = make_seeded(session)

    assert get(session, pack) is pack
    with pytest.raises(NotAllowed, match="cannot be changed"):
        packs.to_change(session, pack.slug, keys={pack.id: ""}, user=make_user(session))


def test_a_copy_has_all_blocks_and_says_where_it_comes_from(session):
    source = make_seeded(session, title="Hands up", blocks=[make_block("b1"), make_block("b2")])

    copy, _ = make_pack(session, source=source)

    assert copy.blocks == source.blocks
    assert "Made from the pack “Hands up”" in copy.credit
    assert not copy.is_seeded


def test_a_pack_needs_a_title(session):
    with pytest.raises(Invalid, match="title"):
        packs.create(session, title=" \u200b ", now=NOW, source=None, owner=None)


def test_the_same_title_twice_makes_two_addresses(session):
    assert make_pack(session)[0].slug != make_pack(session)[0].slug


def test_blocks_move_up_and_down_and_stay_at_the_ends(session):
    pack, _ = make_pack(session, blocks="abc")

    packs.move(session, pack, "a", -1, now=LATER)
    packs.move(session, pack, "c", 1, now=LATER)
    assert keys_of(pack) == ["a", "b", "c"]
    packs.move(session, pack, "c", -1, now=LATER)
    packs.move(session, pack, "a", 1, now=LATER)

    assert keys_of(pack) == ["c", "a", "b"]
    assert pack.saved_at == LATER


def test_a_block_is_duplicated_after_itself_under_a_key_of_its_own(session):
    pack, _ = make_pack(session, blocks="ab")

    packs.duplicate(session, pack, "a", now=LATER)

    assert keys_of(pack) == ["a", "b1", "b"]
    assert pack.blocks[1].title == pack.blocks[0].title


def test_a_block_is_replaced_and_removed(session):
    pack, _ = make_pack(session, blocks="ab")

    packs.replace(session, pack, make_block("a", title="Other"), now=LATER)
    packs.remove(session, pack, "b", now=LATER)

    assert [block.title for block in pack.blocks] == ["Other"]


def test_a_block_that_is_gone_cannot_be_changed(session):
    pack, _ = make_pack(session)

    for change in (packs.duplicate, packs.remove):
        with pytest.raises(NotFound):
            change(session, pack, "zz", now=LATER)
    with pytest.raises(NotFound):
        packs.replace(session, pack, make_block("zz"), now=LATER)


def test_a_thousand_blocks_do_not_fit(session):
    pack, _ = make_pack(session)
    for _ in range(packs.MOST_BLOCKS):
        packs.add(session, pack, make_block(), now=NOW)

    with pytest.raises(Conflict, match="at most 40 blocks"):
        packs.add(session, pack, make_block(), now=NOW)

    assert len(set(keys_of(pack))) == packs.MOST_BLOCKS


def test_an_account_cannot_own_any_number_of_packs(session):
    owner = make_user(session)
    for _ in range(packs.MOST_OWNED):
        make_pack(session, owner=owner)

    with pytest.raises(Conflict):
        make_pack(session, owner=owner)


def test_minutes_and_words_are_saved_together(session):
    pack, _ = make_pack(session, blocks="ab")

    packs.save(session, pack, About(title="New", lede="Two\nlines"), {"b": "12"}, now=LATER)

    assert (pack.title, pack.lede) == ("New", "Two\nlines")
    assert [block.minutes for block in pack.blocks] == [5, 12]


def test_nothing_is_saved_where_something_is_wrong(session):
    pack, _ = make_pack(session, blocks="ab", title="Old")

    with pytest.raises(Invalid) as caught:
        packs.save(session, pack, About(title="", people="x" * 301), {"a": "ten"}, now=LATER)

    assert set(caught.value.problems) == {"title", "people", "minutes-a"}
    assert (pack.title, pack.blocks[0].minutes) == ("Old", 5)


def test_what_blocks_use_is_found_while_everybody_may_read_it(session):
    card = make_tip_card(session)

    found = packs.resources(session, [make_block(refs=(card.ref, "tip:nothing"))])

    assert found == {card.ref: card}


def test_a_pack_is_deleted(session):
    pack, token = make_pack(session)

    packs.delete(session, pack)

    assert packs.held(session, {pack.id: token}) == []


def test_the_title_of_a_copy_is_never_too_long(session):
    pack, _ = make_pack(session, title="x" * 300)

    assert len(packs.title_of_copy(pack)) == 300
