"""A trainer in a browser: with the private link of a session that has one block of each kind."""

import re
from urllib.parse import urlsplit

from kb.clock import utcnow
from kb.training import answering, rounds, saying, sessions
from kb.training.models import TrainingSession
from kb.training.types import Block, Option, RoundKind
from tests.pages import Browser

FLIP = (Option(key="red", label="Red"), Option(key="blue", label="Blue"))
BARRIERS = (Option(key="skills", label="Skills"), Option(key="lockdown", label="Locked down"))
WANT, DO = "Would you like to use social media?", "Do you already?"
BLOCKS = (
    Block(
        key="gap",
        title="Hands up",
        minutes=10,
        notes="Ask **slowly**.",
        round=RoundKind.GAP,
        question=WANT,
        second_question=DO,
    ),
    Block(
        key="way",
        title="In the way",
        minutes=15,
        round=RoundKind.BARRIERS,
        question="What gets in the way?",
        options=BARRIERS,
    ),
    Block(key="talk", title="Ten cards", minutes=20),
    Block(key="ideas", title="Ideas", minutes=5, round=RoundKind.IDEAS, question="What now?"),
    Block(key="do", title="Pledge", minutes=5, round=RoundKind.PLEDGE, question="I will"),
)


class Trainer(Browser):
    """Somebody who opened the private link of a session on this device."""

    def __init__(self, app, *, blocks=BLOCKS, is_open=True, **values):
        super().__init__(app)
        self.database = app.extensions["kb"].database
        defaults = {"title": "Would like to, already do", "starts_at": utcnow()}
        with self.database.transaction(quietly=True) as session:
            training, self.key = sessions.prepare(
                session, blocks=list(blocks), now=utcnow(), **defaults | values
            )
            if is_open:
                sessions.open_room(session, training, now=utcnow())
        self.id, self.code = training.id, training.code
        self.base = f"/sessions/{self.id}"
        self.client.post(f"{self.base}/key", data={"key": self.key})

    def present(self, expect=200):
        return self.get(f"{self.base}/present", expect)

    def run(self, query=""):
        return self.get(f"{self.base}/run{query}")

    def seal(self):
        return re.search(r'name="seal" value="([0-9a-f]+)"', self.present().text)[1]

    def press(self, path, expect=200, **data):
        """A POST with the seal that our pages carry."""
        return self.post(f"{self.base}/{path}", expect, **{"seal": self.seal()} | data)

    def step(self, way="next"):
        """Press Next or Back on the projector."""
        page = self.present()
        at = next(
            form.find("./input[@name='at']").get("value")
            for form in page.find(".//form")
            if form.find("./input[@name='at']") is not None
        )
        return self.press("steps", way=way, at=at)

    def session(self):
        return self.database.transaction(quietly=True)

    def training(self, session):
        return session.get(TrainingSession, self.id)

    def rounds(self, key="gap"):
        with self.session() as session:
            return rounds.of_block(session, self.training(session), key)

    def answer(self, one, *chosen):
        """A new phone joins and answers."""
        with self.session() as session:
            training = self.training(session)
            token = answering.join(session, training, now=utcnow())
            who = answering.participant(session, training, token)
            for each in chosen:
                answering.answer(session, one, who, [each], now=utcnow())
            return who

    def say(self, one, text, key="k1"):
        with self.session() as session:
            training = self.training(session)
            token = answering.join(session, training, now=utcnow())
            who = answering.participant(session, training, token)
            return saying.say(session, one, who, text, key=key, now=utcnow()).id


def path_of(address):
    return urlsplit(address).path
