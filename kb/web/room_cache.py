"""What the screens of a room show now, read for all of them at once.

Hundreds of phones ask every two seconds, and all are told the same. So each web process reads
a room at most every quarter of a second, by one request at a time; whoever asks meanwhile is
told what was read last. The tag is made from the body alone: all processes name the same
state alike, and a phone may ask now this one and now that one.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock

from flask import Response, current_app, request

EVERY_S = 0.25
OLDEST_S = 2.0  # nobody is told what is older than this while it is being read anew
MOST_ROOMS = 500
_FRESH = "private, no-cache"


@dataclass(frozen=True)
class Kept:
    """A state as it is sent."""

    body: bytes
    tag: str
    read_at: float


@dataclass(eq=False)
class _Room:
    turn: Lock = field(default_factory=Lock)
    kept: Kept | None = None


class RoomCache:
    """The last state of each room that somebody watches, for so many rooms."""

    def __init__(
        self, *, most_rooms: int = MOST_ROOMS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = most_rooms
        self._clock = clock
        self._rooms: OrderedDict[Hashable, _Room] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._rooms)

    def get(self, key: Hashable, read: Callable[[], bytes]) -> Kept:
        """What `read` answered last, at most a quarter of a second ago or being read right now.

        Whatever it raises is raised, and the room is forgotten: closed rooms, and codes that
        are nobody's, take no memory.
        """
        room = self._room(key)
        kept = room.kept
        if kept is not None and self._age(kept) < EVERY_S:
            return kept
        may_wait = kept is None or self._age(kept) >= OLDEST_S
        if not room.turn.acquire(blocking=may_wait):
            assert kept is not None  # noqa: S101 - narrows the type
            return kept
        try:
            return self._read(key, room, read)
        finally:
            room.turn.release()

    def forget(self, key: Hashable) -> None:
        with self._lock:
            self._rooms.pop(key, None)

    def _room(self, key: Hashable) -> _Room:
        with self._lock:
            room = self._rooms.setdefault(key, _Room())
            self._rooms.move_to_end(key)
            while len(self._rooms) > self._most:
                self._rooms.popitem(last=False)
            return room

    def _read(self, key: Hashable, room: _Room, read: Callable[[], bytes]) -> Kept:
        """Unless somebody has, while this one waited for its turn."""
        if room.kept is not None and self._age(room.kept) < EVERY_S:
            return room.kept
        started = self._clock()
        try:
            body = read()
        except BaseException:
            self.forget(key)
            raise
        room.kept = Kept(body, hashlib.blake2b(body, digest_size=12).hexdigest(), started)
        return room.kept

    def _age(self, kept: Kept) -> float:
        return self._clock() - kept.read_at


def answer(key: Hashable, read: Callable[[], bytes]) -> Response:
    """The state as JSON, or 304 to whoever has it already; for views of rooms.

    `read` gives the JSON, its keys in a fixed order and no time of day in it, so that what
    has not changed is the same bytes.
    """
    return reply(of_app().get(key, read))


def reply(kept: Kept) -> Response:
    known = request.if_none_match
    is_known = not known.star_tag and known.contains_weak(kept.tag)
    response = Response(status=304) if is_known else Response(kept.body)
    if not is_known:
        response.mimetype = "application/json"
    response.headers["ETag"] = f'W/"{kept.tag}"'
    response.headers["Cache-Control"] = _FRESH
    return response


def of_app() -> RoomCache:
    """That of this process."""
    cache: RoomCache = current_app.extensions.setdefault("kb_rooms", RoomCache())
    return cache
