"""The facets of practice: by what a resource can be described and found.

The terms of each are files in `seed_data/vocabularies/`; this module holds only
what the code must know about a facet.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Facet:
    """`holds_one` says that a resource has at most one term of it."""

    name: str
    label: str
    holds_one: bool = False


FACETS: tuple[Facet, ...] = (
    Facet(name="purpose", label="Purpose"),
    Facet(name="why", label="Why"),
    Facet(name="form", label="Scrutiny form"),
    Facet(name="theme", label="Theme"),
    Facet(name="channel", label="Channel"),
    Facet(name="account", label="Type of account"),
    Facet(name="moment", label="Moment"),
    Facet(name="actor", label="Who acts"),
    Facet(name="barrier", label="Barrier"),
    Facet(name="setup", label="Set-up effort", holds_one=True),
    Facet(name="weekly", label="Weekly effort", holds_one=True),
    Facet(name="cost", label="Cost", holds_one=True),
    Facet(name="signoff", label="Sign-off"),
    Facet(name="outcome", label="Outcome"),
    Facet(name="evidence", label="Evidence", holds_one=True),
    Facet(name="status", label="Status", holds_one=True),
    Facet(name="duty", label="Duty"),
    Facet(name="deck", label="Deck", holds_one=True),
    Facet(name="licence", label="Licence", holds_one=True),
)
FACET_NAMES = tuple(facet.name for facet in FACETS)
FACET_LABELS = {facet.name: facet.label for facet in FACETS}

SOCIAL_CHANNELS = frozenset(
    [
        "x",
        "bluesky",
        "mastodon",
        "facebook-page",
        "facebook-group",
        "instagram",
        "linkedin",
        "youtube",
        "tiktok",
        "whatsapp",
        "nextdoor",
        "threads",
        "social-media",
    ]
)
