"""A room with its questions, and phones in it that run no scripts."""

from itertools import count

from kb.clock import utcnow
from kb.training import moderating, rounds, sessions
from kb.training.models import TrainingSession
from kb.training.types import Block, Option, RoundKind
from kb.web.room_cache import RoomCache
from tests.factories import make_tip_card
from tests.pages import Browser

WOULD = "Would you like to use social media for your scrutiny work?"
DO = "Do you use it already?"
TIMES = (Option(key="never", label="Never"), Option(key="weekly", label="Every week"))
BARS = (Option(key="skills", label="We do not know how"), Option(key="time", label="No time"))
BLOCKS = (
    Block(
        key="gap",
        title="Hands up",
        minutes=5,
        round=RoundKind.GAP,
        question=WOULD,
        second_question=DO,
    ),
    Block(
        key="one",
        title="How often",
        minutes=5,
        round=RoundKind.ONE,
        question="How often do you post?",
        options=TIMES,
    ),
    Block(
        key="scale",
        title="How sure",
        minutes=5,
        round=RoundKind.SCALE,
        question="How sure do you feel?",
    ),
    Block(
        key="stops",
        title="What stops us",
        minutes=10,
        round=RoundKind.BARRIERS,
        question="What stops you?",
        options=BARS,
    ),
    Block(
        key="ideas",
        title="Ideas",
        minutes=10,
        round=RoundKind.IDEAS,
        question="What could we try?",
    ),
    Block(
        key="pledge",
        title="Pledge",
        minutes=5,
        round=RoundKind.PLEDGE,
        question="Pick one or two things to try",
    ),
    Block(key="talk", title="Last words", minutes=5),
)


class Room:
    """The trainer's side, done at once: each call is one transaction."""

    def __init__(self, app, blocks=BLOCKS):
        self.app = app
        self._database = app.extensions["kb"].database
        ticks = count()
        app.extensions["kb_rooms"] = RoomCache(clock=lambda: float(next(ticks)))
        with self._database.transaction(quietly=True) as session:
            made, _ = sessions.prepare(
                session, title="Could we?", blocks=blocks, starts_at=utcnow(), now=utcnow()
            )
            self.id, self.code = made.id, made.code

    @property
    def path(self):
        return f"/j/{self.code}"

    def open(self):
        self.does(lambda session, room: sessions.open_room(session, room, now=utcnow()))
        return self

    def does(self, act):
        with self._database.transaction(quietly=True) as session:
            return act(session, session.get(TrainingSession, self.id))

    def ask(self, key, part=1):
        """Go to this block and put its question to the room; the answer is the round's id."""

        def ask(session, room):
            place = [block.key for block in room.blocks].index(key)
            sessions.go_to(session, room, place, now=utcnow())
            asked = rounds.of_block(session, room, key)[part - 1]
            rounds.open_round(session, asked, now=utcnow())
            return asked.id

        return self.does(ask)

    def end_round(self, key, part=1, *, show=False):
        def end(session, room):
            asked = rounds.of_block(session, room, key)[part - 1]
            rounds.close_round(session, asked, now=utcnow())
            if show:
                rounds.show(session, asked)

        self.does(end)

    def let_through(self):
        """All ideas that wait."""
        self.does(
            lambda session, room: moderating.show_all(
                session, rounds.of_block(session, room, "ideas")[0]
            )
        )

    def card(self, **values):
        """The number of a new tip card."""
        return self.does(lambda session, _: make_tip_card(session, **values).id)

    def close(self):
        self.does(lambda session, room: sessions.close(session, room, now=utcnow()))

    def stored(self, table, *columns):
        """What the database holds of this, as tuples."""
        with self._database.reading() as session:
            return [
                tuple(getattr(row, column) for column in columns)
                for row in session.query(table).order_by(table.id)
            ]


class Phone(Browser):
    """A participant's, scripts or not: what it sends are the fields of the page's forms."""

    def __init__(self, room):
        super().__init__(room.app)
        self.room = room

    def join(self):
        return self.post(f"{self.room.path}/participants")

    def page(self):
        return self.get(self.room.path)

    def fields(self, form=0):
        """The hidden fields of a form on the page as it is now."""
        forms = self.page().find(".//form[@data-send]")
        return {
            each.get("name"): each.get("value") or ""
            for each in forms[form].iter("input")
            if each.get("type") == "hidden"
        }

    def send(self, what, expect=200, *, form=0, **values):
        """Fill the page's form in and send it."""
        return self.post(f"{self.room.path}/{what}", expect=expect, **self.fields(form) | values)

    def choose(self, *chosen, expect=200):
        return self.send("answers", expect=expect, chosen=list(chosen))
