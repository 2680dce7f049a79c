"""Tip cards: decks, single cards, a plan of one or two, and sheets to print."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from kb.db.database import Session
from kb.errors import NotFound
from kb.library import service as library
from kb.library import vocabulary
from kb.library.content import Kind
from kb.library.models import Resource, TipCard
from kb.web import extras, qr, reading
from kb.web.caching import kept
from kb.web.context import db_session, public, today

bp = Blueprint("tip_cards", __name__)

FIRST_DECK = "ten-ideas"
EVERY_DECK = "all"
PICK = 2  # "pick one or two things", as the founding post says
MOST_PICKED = 50
HIGHEST_NUMBER = 100_000
ON_A_SHEET = 4
PRACTICE_SHOWN = 4
# A printed card takes a smaller type as it gets wordier; each size holds so many letters.
SIZES = (("a6--s", 260), ("a6--m", 450), ("a6--l", 520))


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which cards a reader asked for. `numbers` are those picked for a plan."""

    deck: str
    deck_label: str
    barrier: str
    barrier_label: str
    numbers: tuple[int, ...]

    @property
    def is_first_deck(self) -> bool:
        return self.deck == FIRST_DECK and not self.barrier and not self.numbers

    @property
    def query(self) -> dict[str, str | list[int]]:
        """The same choice again, as the query of an address."""
        if self.numbers:
            return {"tip": list(self.numbers)}
        given = {"deck": self.deck, "barrier": self.barrier}
        return {name: value for name, value in given.items() if value and value != FIRST_DECK}


@bp.get("/tip-cards")
@public
@kept
def deck() -> ResponseReturnValue:
    session = db_session()
    choice = _choice(session)
    cards = _chosen(session, choice)
    if choice.numbers:
        return render_template("tip_cards/plan.html", choice=choice, deck_cards=cards, pick=PICK)
    return render_template(
        "tip_cards/deck.html",
        choice=choice,
        deck_cards=cards,
        decks=vocabulary.terms(session, "deck"),
        barriers=vocabulary.terms(session, "barrier"),
        sheets=len(_sheets(cards)),
    )


@bp.get("/tip-cards/print")
@public
@kept
def print_sheets() -> ResponseReturnValue:
    session = db_session()
    choice = _choice(session)
    sheets = _sheets(_chosen(session, choice))
    if not sheets:
        raise NotFound("There are no such tip cards to print.")
    return render_template(
        "tip_cards/print.html", choice=choice, sheets=sheets, drawing=_drawing, size_of=size_of
    )


@bp.get("/tip-cards/<slug>")
@public
@kept
def show(slug: str) -> ResponseReturnValue:
    session = db_session()
    card = library.by_slug(session, Kind.TIP_CARD, slug)
    if not card.is_public:
        return reading.withdrawn(card)
    before, after = _neighbours(session, card)
    return render_template(
        "tip_cards/show.html",
        card=card,
        trust=reading.trust(card, today=today()),
        before=before,
        after=after,
        practice=library.related(session, card, limit=PRACTICE_SHOWN, kind=Kind.CASE_STUDY),
        **extras.of(session, card),
        drawing=_drawing,
    )


def size_of(card: TipCard) -> str:
    """The class that makes the text of this card fit on A6."""
    letters = sum(len(text or "") for text in (card.body, card.try_this, card.watch_out))
    return next((name for name, most in SIZES if letters <= most), "a6--xl")


def _choice(session: Session) -> Choice:
    """Raises NotFound for a deck or a barrier that does not exist."""
    deck = request.args.get("deck") or FIRST_DECK
    barrier = request.args.get("barrier", "")
    picked = request.args.getlist("tip", type=int)
    numbers = tuple(dict.fromkeys(n for n in picked if 0 <= n <= HIGHEST_NUMBER))
    return Choice(
        deck=deck,
        deck_label="All tip cards" if deck == EVERY_DECK else _label(session, "deck", deck),
        barrier=barrier,
        barrier_label=_label(session, "barrier", barrier) if barrier else "",
        numbers=numbers[:MOST_PICKED],
    )


def _label(session: Session, facet: str, slug: str) -> str:
    for term in vocabulary.terms(session, facet):
        if term.slug == slug:
            return term.label
    raise NotFound(f"There is no {facet} of tip cards at this address.")


def _chosen(session: Session, choice: Choice) -> list[TipCard]:
    if choice.numbers:
        return _picked(session, choice.numbers)
    deck = "" if choice.deck == EVERY_DECK else choice.deck
    return library.tip_cards(session, deck=deck, barrier=choice.barrier)


def _picked(session: Session, numbers: tuple[int, ...]) -> list[TipCard]:
    cards = library.tip_cards(session, numbers=numbers)
    if not cards:
        raise NotFound("There is no tip card with that number.")
    return cards


def _sheets(cards: list[TipCard]) -> list[list[TipCard | None]]:
    """Four places on each sheet; None stands for a blank card."""
    places: list[TipCard | None] = [*cards]
    places += [None] * (-len(cards) % ON_A_SHEET)
    return [places[n : n + ON_A_SHEET] for n in range(0, len(places), ON_A_SHEET)]


def _neighbours(session: Session, card: Resource) -> tuple[TipCard | None, TipCard | None]:
    """The cards before and after this one in its deck."""
    slug = next((term.slug for term in card.terms("deck")), "")
    cards = library.tip_cards(session, deck=slug)
    place = next(n for n, other in enumerate(cards) if other.id == card.id)
    before = cards[place - 1] if place else None
    after = cards[place + 1] if place + 1 < len(cards) else None
    return before, after


def _drawing(card: TipCard) -> str:
    return qr.drawing(reading.permalink(card.id))
