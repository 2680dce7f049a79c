"""The home page: a search, three doors, two ways in and what is newest."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kb.copying import figures
from kb.db.database import Session
from kb.feeds import river
from kb.library import service as library
from kb.library import vocabulary
from kb.library.content import Kind
from kb.library.models import CaseStudy, TipCard, TrainingMaterial
from kb.web.barriers import FOUNDING
from kb.web.caching import kept
from kb.web.context import db_session, public

bp = Blueprint("home", __name__)

EXAMPLES = {
    "Call for evidence": "call for evidence",
    "Live reporting a meeting": "live reporting",
    "Comms team says no": "comms says no",
}
FIRST_STEPS = {
    2: "I have an hour this month",
    3: "Comms controls our accounts",
    5: "Some of our councillors are already online",
    8: "My team has never tried it",
}
TICKED = 2
FROM_FEEDS = 3


@dataclass(frozen=True, kw_only=True)
class FanCard:
    """A card of the picture beside the search, which says nothing that the page does not."""

    kind: str
    corner: str
    figure: str
    title: str
    text: str


@bp.get("/")
@public
@kept
def show() -> ResponseReturnValue:
    session = db_session()
    newest = library.latest_practice(session)
    cards = library.tip_cards(session, deck="ten-ideas", numbers=list(FIRST_STEPS))
    return render_template(
        "home/show.html",
        counts=library.counts(session),
        examples=EXAMPLES,
        first_steps=[(FIRST_STEPS[card.number], card) for card in cards if card.number],
        ticked=TICKED,
        fan=_fan(session, newest, cards),
        purposes=_terms_with_counts(session, "purpose"),
        barriers=_founding_barriers(session),
        newest=newest,
        most_copied=figures.most_copied(session),
        entries=river.page(session, limit=FROM_FEEDS),
    )


def _fan(session: Session, newest: list[CaseStudy], cards: list[TipCard]) -> list[FanCard]:
    """One of each kind, as far as there is one."""
    training = library.latest(session, kind=Kind.TRAINING, limit=1)
    return [
        *(_training_card(one) for one in training if isinstance(one, TrainingMaterial)),
        *(_study_card(study) for study in newest[:1]),
        *(_tip_card(card) for card in cards[:1]),
    ]


def _training_card(training: TrainingMaterial) -> FanCard:
    minutes = training.minutes_max
    return FanCard(
        kind=training.kind.label,
        corner="Minutes" if minutes else "",
        figure=str(minutes or ""),
        title=training.title,
        text=training.summary,
    )


def _study_card(study: CaseStudy) -> FanCard:
    year = study.end_year or study.start_year
    return FanCard(
        kind=study.kind.label,
        corner=study.councils[0].short_name if study.councils else "",
        figure=str(year or ""),
        title=study.title,
        text=study.summary,
    )


def _tip_card(card: TipCard) -> FanCard:
    return FanCard(
        kind=card.kind.label,
        corner="",
        figure=str(card.number or ""),
        title=card.title,
        text=card.summary,
    )


def _founding_barriers(session: Session) -> list[tuple[str, str, int]]:
    """Id, label and number of resources of the four, in the order in which the post names them."""
    counts = library.counts_by_term(session, "barrier")
    terms = {term.slug: term.label for term in vocabulary.terms(session, "barrier")}
    return [(slug, terms[slug], counts.get(slug, 0)) for slug in FOUNDING if slug in terms]


def _terms_with_counts(session: Session, facet: str) -> list[tuple[str, str, int]]:
    """Id, label and number of resources of each term that has any."""
    counts = library.counts_by_term(session, facet)
    return [
        (term.slug, term.label, counts[term.slug])
        for term in vocabulary.terms(session, facet)
        if term.slug in counts
    ]
