"""Who looks after a page, and whose council it is."""

from kb.accounts.models import User
from kb.library.models import Resource

REVIEWERS = "The reviewers"


def looks_after(user: User, resource: Resource) -> bool:
    """Is it this person's page, or one of the council whose editor they are?"""
    if not user.can_contribute:
        return False
    return resource.owner_id == user.id or (user.owns_pages and is_own_council(user, resource))


def is_own_council(user: User, resource: Resource) -> bool:
    """Is the page about this person's council, or kept by somebody of it?"""
    if user.council_id is None:
        return False
    owner = resource.owner
    named = {council.id for council in resource.councils}
    return user.council_id in named or (owner is not None and owner.council_id == user.council_id)


def active_owner(resource: Resource) -> User | None:
    """Whom to write to about it; nobody where that account is closed."""
    owner = resource.owner
    return owner if owner is not None and owner.is_active else None


def voice_of(user: User) -> str:
    """Under which name they publish: a council's or the reviewers', never a person's."""
    return user.council.name if user.council is not None else REVIEWERS
