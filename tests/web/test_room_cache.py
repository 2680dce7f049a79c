import threading

import pytest
from flask import Flask

from kb.errors import NotFound
from kb.web import room_cache
from kb.web.room_cache import EVERY_S, OLDEST_S, RoomCache

PATIENCE_S = 240


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now

    def pass_by(self, seconds):
        self.now += seconds


class Room:
    """What is read; each reading says something else, and it can be held up in one."""

    def __init__(self):
        self.times_read = 0
        self.begun, self.may_end = threading.Semaphore(0), threading.Event()
        self.may_end.set()

    def read(self):
        self.times_read += 1
        number = self.times_read
        self.begun.release()
        assert self.may_end.wait(PATIENCE_S)
        return b"%d" % number


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def cache(clock):
    return RoomCache(clock=clock, most_rooms=3)


@pytest.fixture
def room():
    return Room()


def in_thread(work):
    """Begin it elsewhere; the answer is a function that waits for its result."""
    results = []
    thread = threading.Thread(target=lambda: results.append(work()))
    thread.start()

    def result():
        thread.join(PATIENCE_S)
        return results[0]

    return result


def test_a_room_is_read_once_in_a_quarter_of_a_second(cache, clock, room):
    bodies = [cache.get("AB", room.read).body for _ in range(3)]
    clock.pass_by(EVERY_S - 0.01)
    bodies.append(cache.get("AB", room.read).body)
    clock.pass_by(0.01)
    bodies.append(cache.get("AB", room.read).body)

    assert bodies == [b"1", b"1", b"1", b"1", b"2"]


def test_while_one_reads_the_others_are_told_what_was_read_last(cache, clock, room):
    cache.get("AB", room.read)
    clock.pass_by(EVERY_S)
    room.may_end.clear()
    room.begun.acquire()
    reading = in_thread(lambda: cache.get("AB", room.read).body)
    room.begun.acquire()

    meanwhile = cache.get("AB", room.read).body
    room.may_end.set()

    assert (meanwhile, reading()) == (b"1", b"2")
    assert room.times_read == 2


@pytest.mark.parametrize("is_old", [True, False])
def test_who_could_be_told_nothing_new_waits_for_the_one_that_reads(cache, clock, room, is_old):
    if is_old:
        cache.get("AB", room.read)
        room.begun.acquire()
        clock.pass_by(OLDEST_S)
    before = room.times_read
    room.may_end.clear()
    first = in_thread(lambda: cache.get("AB", room.read).body)
    room.begun.acquire()

    second = in_thread(lambda: cache.get("AB", room.read).body)
    room.may_end.set()

    assert first() == second() == b"%d" % (before + 1)
    assert room.times_read == before + 1


def test_rooms_are_apart_and_do_not_wait_for_each_other(cache, room):
    other = Room()
    room.may_end.clear()
    reading = in_thread(lambda: cache.get("AB", room.read).body)
    room.begun.acquire()

    assert cache.get("CD", other.read).body == b"1"
    room.may_end.set()
    assert reading() == b"1"


def test_a_closed_room_and_a_code_of_nobodys_are_forgotten(cache, clock, room):
    def nobody():
        raise NotFound("There is no session with this code.")

    cache.get("AB", room.read)
    clock.pass_by(EVERY_S)

    for code in ("AB", "NOBODY"):
        with pytest.raises(NotFound):
            cache.get(code, nobody)
    assert len(cache) == 0
    assert cache.get("AB", room.read).body == b"2"


def test_the_rooms_that_nobody_watches_make_place_for_others(cache, clock, room):
    for code in ("A", "B", "C", "A", "D", "E"):
        cache.get(code, lambda: b"here")

    assert len(cache) == 3
    assert cache.get("A", room.read).body == b"here"
    assert cache.get("B", room.read).body == b"1"


def test_codes_of_nobodys_push_out_no_room(cache, room):
    cache.get("AB", room.read)

    for number in range(10):
        with pytest.raises(ZeroDivisionError):
            cache.get(number, lambda: b"%d" % (1 // 0))

    assert cache.get("AB", room.read).body == b"1"


def test_the_same_state_has_the_same_tag_in_every_process(clock):
    tags = {RoomCache(clock=clock).get("AB", lambda: b"the same").tag for _ in range(2)}

    assert len(tags) == 1


@pytest.fixture
def client():
    app = Flask("rooms")
    app.add_url_rule("/state", view_func=lambda: room_cache.answer("AB", lambda: b'{"change": 1}'))
    return app.test_client()


def test_who_has_the_state_is_told_so(client):
    first = client.get("/state")
    again = client.get("/state", headers={"If-None-Match": first.headers["ETag"]})
    other = client.get("/state", headers={"If-None-Match": 'W/"something else"'})

    assert (first.json, first.mimetype) == ({"change": 1}, "application/json")
    assert (again.status_code, again.data) == (304, b"")
    assert other.status_code == 200
    assert {answer.headers["ETag"] for answer in (first, again, other)} == {first.headers["ETag"]}
    assert first.headers["Cache-Control"] == again.headers["Cache-Control"] == "private, no-cache"
