"""What people call the values of each facet that practice can be filtered by."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from kb.councils import service as councils
from kb.councils.models import CouncilType, Nation
from kb.documents import FEED, FEED_LABEL, copier
from kb.editions import PerEdition
from kb.library import vocabulary
from kb.library.content import Kind

Labels = Mapping[str, Mapping[str, str]]


def _labels(session: Session) -> Labels:
    words = vocabulary.labels(session)
    return {
        "kind": {kind.value: kind.label for kind in Kind} | {FEED: FEED_LABEL},
        **{facet: words[facet] for facet in ("purpose", "channel", "barrier", "theme")},
        "type": {type_.value: type_.label for type_ in CouncilType},
        "nation": {nation.value: nation.value for nation in Nation},
        "effort": words["setup"],
        "evidence": words["evidence"],
        "council": {council.code: council.short_name for council in councils.everyone(session)},
        "copier": _copiers(),
    }


def _copiers() -> dict[str, str]:
    return {
        copier(type_, nation): f"Copied by: {type_.label}, {nation}"
        for type_ in CouncilType
        for nation in Nation
    }


labels = PerEdition(_labels)
"""Facet -> value -> label, each facet in its own order; decades are their own labels."""
