"""A pack of one's own, built without JavaScript, kept by a link or an account."""

import re

import pytest

from kb.training import packs
from kb.training.models import Pack
from kb.web.pack_building import MOST_MADE
from tests.factories import make_tip_card, make_user
from tests.pages import Browser
from tests.people import Person, token_of
from tests.training.making import make_block
from tests.training.packing import make_pack, make_seeded
from tests.web.test_packs import JOKER

NEW = "/sessions/new"


class Guest(Browser):
    """Somebody without an account, sending our token with every form."""

    def post(self, path, expect=200, **data):
        return super().post(path, expect, **{"csrf_token": token_of(self.get(NEW))} | data)

    def make(self, title="Our first posts", **data):
        """The page that shows the link, and the slug of the pack."""
        page = self.post(NEW, title=title, **data)
        return page, re.search(r"/sessions/packs/([^/?]+)/", page.text)[1]


def guest_with(app, session, blocks="abc"):
    pack, token = make_pack(session, blocks=blocks)
    session.commit()
    guest = Guest(app)
    guest.client.set_cookie(f"pack-{pack.id}", token, path="/sessions")
    return guest, pack, f"/sessions/packs/{pack.slug}"


def typed(pack, **changed):
    minutes = {f"minutes-{block.key}": str(block.minutes) for block in pack.blocks}
    return {"title": pack.title, "do": "save"} | minutes | changed


def titles(page):
    return [bdi.text for bdi in page.find(".//ol[@class='agenda builder__list']/li/div/h3/bdi")]


def test_a_guest_gets_a_private_link_that_is_shown_once(app):
    guest = Guest(app)

    page, slug = guest.make()

    link = page.find(".//p[@id='private-link']")[0].text
    assert f"/sessions/packs/{slug}/key?key=" in link
    assert page.headers["Cache-Control"] == "private, no-store"
    again = guest.get(f"/sessions/packs/{slug}/link")
    assert again.heading == "Change your pack"
    assert link.partition("key=")[2] not in again.text


def test_the_link_opens_the_pack_in_another_browser_after_a_button(app):
    page, slug = Guest(app).make()
    link = page.find(".//p[@id='private-link']")[0].text
    path, key = link.removeprefix("http://127.0.0.1:5000"), link.partition("key=")[2]
    other = Guest(app)

    shown = other.get(path[path.index("/sessions") :])
    other.get(f"/sessions/packs/{slug}/edit", expect=404)
    opened = other.post(f"/sessions/packs/{slug}/key", key=key)

    assert shown.heading == "Open your pack"
    assert shown.headers["Referrer-Policy"] == "same-origin"
    assert opened.heading == "Change your pack"


def test_the_cookie_of_a_link_is_for_us_alone(app):
    guest = Guest(app)
    token = token_of(guest.get(NEW))

    answer = guest.client.post(NEW, data={"title": "Ours", "csrf_token": token})

    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("pack-"))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/sessions" in cookie


@pytest.mark.parametrize("key", ["", "x", "x" * 200, JOKER])
def test_a_wrong_link_opens_nothing(app, session, key):
    _, _, path = guest_with(app, session)

    Guest(app).get(f"{path}/key", query_string={"key": key}, expect=404)
    Guest(app).post(f"{path}/key", key=key, expect=404)


def test_a_pack_cannot_be_opened_with_the_link_of_another(app, session):
    _, pack, path = guest_with(app, session)
    _, token = make_pack(session)
    session.commit()
    guest = Guest(app)
    guest.client.set_cookie(f"pack-{pack.id}", token, path="/sessions")

    guest.get(f"{path}/edit", expect=404)
    guest.post(path, **typed(pack), expect=404)


@pytest.mark.parametrize("end", ["", "/blocks", "/blocks/a", "/removal"])
def test_nobody_changes_what_is_not_theirs(app, session, end):
    owner = make_user(session)
    pack, _ = make_pack(session, blocks="abc", owner=owner)
    other = make_user(session)
    session.commit()

    Guest(app).post(f"/sessions/packs/{pack.slug}{end}", expect=404, title="Mine", sure="yes")
    Person(app, other).post(f"/sessions/packs/{pack.slug}{end}", expect=404, sure="yes")


@pytest.mark.parametrize("end", ["", "/blocks", "/blocks/b1", "/removal"])
def test_nobody_changes_a_pack_of_the_site(app, session, end):
    pack = make_seeded(session)
    reviewer = make_user(session, is_reviewer=True)
    session.commit()

    for who in (Guest(app), Person(app, reviewer)):
        who.post(f"/sessions/packs/{pack.slug}{end}", expect=403, title="Mine", sure="yes")
    Guest(app).get(f"/sessions/packs/{pack.slug}/edit", expect=403)


@pytest.mark.parametrize("end", ["", "/blocks", "/blocks/a", "/removal", "/key"])
def test_a_form_of_another_site_does_nothing(app, session, end):
    guest, pack, path = guest_with(app, session)

    guest.post(f"{path}{end}", expect=400, csrf_token="made up", **typed(pack))


def test_an_account_owns_what_it_makes_and_sees_no_link(app, session):
    user = make_user(session)
    session.commit()
    person = Person(app, user)

    page = person.post(NEW, title="Our own")

    assert page.heading == "Change your pack"
    assert "Our own" in person.get("/sessions").words
    assert [pack.title for pack in packs.owned_by(session, user)] == ["Our own"]


def test_a_copy_of_a_pack_has_its_blocks(app, session):
    source = make_seeded(session, blocks=[make_block("x1", title="Hands")])
    session.commit()
    guest = Guest(app)

    assert "15 minutes, copy" in guest.get(f"{NEW}?from={source.slug}").text
    _, slug = guest.make(**{"from": source.slug})

    assert titles(guest.get(f"/sessions/packs/{slug}/edit")) == ["Hands"]


def test_a_foreign_pack_cannot_be_copied(app, session):
    pack, _ = make_pack(session, blocks="a")
    session.commit()

    Guest(app).get(f"{NEW}?from={pack.slug}", expect=404)
    Guest(app).post(NEW, title="Mine", **{"from": pack.slug}, expect=404)


def test_every_button_saves_what_stands_in_the_page(app, session):
    guest, pack, path = guest_with(app, session)
    data = typed(pack, **{"title": "Typed", "minutes-a": "25", "do": "down-a"})

    page = guest.post(path, **data, starts="17:15", ends="18:00")

    assert titles(page) == ["Block b", "Block a", "Block c"]
    assert page.find(".//input[@name='minutes-a']")[0].get("value") == "25"
    assert page.find(".//input[@name='title']")[0].get("value") == "Typed"
    assert page.find(".//input[@name='starts']")[0].get("value") == "17:15"
    assert "from 5:15pm to 5:50pm" in page.words


def test_blocks_are_duplicated_and_removed_by_buttons(app, session):
    guest, pack, path = guest_with(app, session)

    assert titles(guest.post(path, **typed(pack, do="copy-a")))[:2] == ["Block a", "Block a"]
    assert titles(guest.post(path, **typed(pack, do="up-c")))[2:] == ["Block c", "Block b"]
    assert titles(guest.post(path, **typed(pack, do="remove-a"))) == [
        "Block a",
        "Block c",
        "Block b",
    ]


def test_a_block_is_removed_even_where_its_minutes_are_wrong(app, session):
    guest, pack, path = guest_with(app, session)

    page = guest.post(path, **typed(pack, **{"minutes-a": "ten", "do": "remove-a"}))

    assert titles(page) == ["Block b", "Block c"]


def test_over_time_is_told_in_words(app, session):
    guest, pack, path = guest_with(app, session)

    page = guest.post(path, **typed(pack), starts="17:15", ends="17:20")

    assert (
        "These blocks take 15 minutes and there are 5 minutes: 10 minutes too many" in page.words
    )


@pytest.mark.parametrize("minutes", ["-5", "99999", "ten", "", "9" * 5000])
def test_wrong_minutes_are_told_and_all_else_is_kept(app, session, minutes):
    guest, pack, path = guest_with(app, session)
    changed = {"title": "Ŷd", "minutes-a": minutes, "minutes-b": "33", "do": "down-a"}

    page = guest.post(path, expect=422, **typed(pack, **changed), starts="17:15")

    assert page.title.startswith("Error: ")
    assert "Give the minutes as a whole number" in page.words
    assert page.find(".//input[@name='title']")[0].get("value") == "Ŷd"
    assert page.find(".//input[@name='minutes-a']")[0].get("value") == minutes
    assert page.find(".//input[@name='minutes-b']")[0].get("value") == "33"
    assert titles(page)[0] == "Block a"


def test_wrong_times_are_told(app, session):
    guest, pack, path = guest_with(app, session)

    assert "such as 17:15" in guest.post(path, expect=422, **typed(pack), starts="noon").words
    assert (
        "Enter a start time too" in guest.post(path, expect=422, **typed(pack), ends="18:00").words
    )


def test_a_full_pack_takes_no_more_and_keeps_what_was_typed(app, session):
    guest, pack, path = guest_with(app, session)
    for _ in range(packs.MOST_BLOCKS - 3):
        packs.add(session, pack, make_block(), now=pack.made_at)
    session.commit()

    page = guest.post(path, expect=409, **typed(pack, title="Typed", do="copy-a"))
    guest.post(f"{path}/blocks", expect=409, title="One more", minutes="5")

    assert "at most 40 blocks" in page.words
    assert page.find(".//input[@name='title']")[0].get("value") == "Typed"


def test_a_form_with_a_thousand_blocks_adds_none(app, session):
    guest, pack, path = guest_with(app, session)

    page = guest.post(path, **typed(pack), **{f"minutes-x{n}": "5" for n in range(1000)})

    assert titles(page) == ["Block a", "Block b", "Block c"]


def test_a_button_for_a_block_that_is_gone_says_so(app, session):
    guest, pack, path = guest_with(app, session)

    for what in ("up", "down", "copy", "remove", "open"):
        guest.post(path, expect=404, **typed(pack, do=f"{what}-zz"))


def test_a_title_is_asked_for(app):
    page = Guest(app).post(NEW, expect=422, title="  ")

    assert "Give the pack a title." in page.words


def test_packs_cannot_be_made_without_end(app):
    guest = Guest(app)
    data = {"title": "One", "csrf_token": token_of(guest.get(NEW))}
    for _ in range(MOST_MADE):
        guest.client.post(NEW, data=data)

    guest.post(NEW, expect=429, title="One more")


def test_a_pack_is_deleted_only_by_who_is_sure(app, session):
    guest, pack, path = guest_with(app, session)

    assert "Tick the box" in guest.post(f"{path}/removal", expect=422).words
    page = guest.post(f"{path}/removal", sure="yes")

    assert page.heading == "Run a session"
    session.rollback()
    assert session.get(Pack, pack.id, populate_existing=True) is None


def test_whatever_is_typed_is_text_in_the_builder(app, session):
    guest, pack, path = guest_with(app, session)
    make_tip_card(session, title=JOKER)
    packs.add(session, pack, make_block(title=JOKER, notes=JOKER), now=pack.made_at)
    session.commit()

    data = typed(pack, title=JOKER, lede=JOKER, people=JOKER)
    texts = [guest.post(path, **data).text, guest.get(f"{path}/blocks/b1").text]

    assert all("<img src=x" not in text and "{{7*7}}" in text for text in texts)
