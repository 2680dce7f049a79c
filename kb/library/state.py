"""What a reader is told about how far a resource can still be trusted."""

from datetime import date, timedelta
from enum import StrEnum

from kb.library.facets import SOCIAL_CHANNELS
from kb.library.models import Resource, Standing

GOOD_FOR = timedelta(days=365)
CHANNEL_GOOD_FOR = timedelta(days=183)
WEIGHT_OF_HISTORY = 0.6


class State(StrEnum):
    CURRENT = "current"
    CHECK_BEFORE_USE = "check before use"
    HISTORICAL = "historical"
    WITHDRAWN = "withdrawn"


def state_of(resource: Resource, *, today: date) -> State:
    """Advice about a social channel ages in 6 months, everything else in 12."""
    if resource.standing is Standing.WITHDRAWN:
        return State.WITHDRAWN
    if resource.standing is Standing.HISTORICAL:
        return State.HISTORICAL
    if resource.checked is None or today - resource.checked > _good_for(resource):
        return State.CHECK_BEFORE_USE
    if resource.review_by is not None and today > resource.review_by:
        return State.CHECK_BEFORE_USE
    return State.CURRENT


def review_by(resource: Resource, *, checked: date) -> date:
    """When somebody should look at it again, if it was checked on this day."""
    return checked + _good_for(resource)


def weight_of(resource: Resource) -> float:
    """How much its score in a search counts."""
    return WEIGHT_OF_HISTORY if resource.standing is Standing.HISTORICAL else 1.0


def _good_for(resource: Resource) -> timedelta:
    channels = {term.slug for term in resource.terms("channel")}
    return CHANNEL_GOOD_FOR if channels & SOCIAL_CHANNELS else GOOD_FOR
