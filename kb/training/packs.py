"""Packs: those that come with the site, and what people make of them."""

import hmac
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.accounts import tokens
from kb.accounts.models import User
from kb.db.database import flush
from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.library.models import Resource
from kb.names import slugify
from kb.training import building
from kb.training.models import Pack
from kb.training.types import LONGEST_LINE, Block

MOST_BLOCKS = 40
MOST_OWNED = 100
NO_SUCH = "There is no such pack, or this browser does not hold its private link."
NO_SUCH_BLOCK = "This block is no longer in the pack."
NOT_YOURS = "This pack comes with the site and cannot be changed. Make a copy, and change that."
FULL = f"A pack has at most {MOST_BLOCKS} blocks. Remove one first."
TOO_MANY_PACKS = f"You have {MOST_OWNED} packs already. Remove one that you no longer need."
NO_TITLE = "Give the pack a title."
TITLE_TAIL = ", copy"


@dataclass(frozen=True, kw_only=True)
class About:
    """What a pack says of itself, as somebody typed it."""

    title: str
    lede: str = ""
    people: str = ""
    audience: str = ""
    needs: str = ""


def seeded(session: Session) -> list[Pack]:
    """The packs that come with the site, the shortest first."""
    found = session.scalars(select(Pack).where(Pack.is_seeded).order_by(Pack.slug))
    return sorted(found, key=lambda pack: sum(block.minutes for block in pack.blocks))


def owned_by(session: Session, user: User) -> list[Pack]:
    """The packs of an account, what was saved last first."""
    mine = select(Pack).where(Pack.owner_id == user.id)
    return list(session.scalars(mine.order_by(Pack.saved_at.desc(), Pack.id)))


def held(session: Session, keys: Mapping[int, str]) -> list[Pack]:
    """The packs whose private links these are: a pack's number -> its token."""
    if not keys:
        return []
    found = session.scalars(select(Pack).where(Pack.id.in_(keys)).order_by(Pack.saved_at.desc()))
    return [pack for pack in found if _fits(pack, keys[pack.id])]


def get(session: Session, slug: str, *, keys: Mapping[int, str], user: User | None) -> Pack:
    """The pack, if it is everybody's or this person's. Raises NotFound for others."""
    pack = session.scalar(select(Pack).where(Pack.slug == slug))
    if pack is None or not (pack.is_seeded or _is_theirs(pack, keys, user)):
        raise NotFound(NO_SUCH)
    return pack


def to_change(session: Session, slug: str, *, keys: Mapping[int, str], user: User | None) -> Pack:
    """The pack, for who may change it; nobody else does until this is over.

    Raises NotFound for others, NotAllowed for a pack that comes with the site.
    """
    pack = get(session, slug, keys=keys, user=user)
    if pack.is_seeded:
        raise NotAllowed(NOT_YOURS)
    session.refresh(pack, with_for_update=True)
    return pack


def by_link(session: Session, slug: str, token: str) -> Pack:
    """The pack of a guest's private link. Raises NotFound."""
    pack = session.scalar(select(Pack).where(Pack.slug == slug))
    if pack is None or not _fits(pack, token):
        raise NotFound(NO_SUCH)
    return pack


def resources(session: Session, blocks: Iterable[Block]) -> dict[str, Resource]:
    """Ref -> the page of the library, of all that these blocks name and everybody may read."""
    return resources_of(session, {ref for block in blocks for ref in block.refs})


def resources_of(session: Session, refs: Collection[str]) -> dict[str, Resource]:
    """Ref -> the page of the library, for those that exist and everybody may read."""
    if not refs:
        return {}
    found = session.scalars(select(Resource).where(Resource.ref.in_(refs)))
    return {resource.ref: resource for resource in found if resource.is_public}


def create(
    session: Session, *, title: str, now: datetime, source: Pack | None, owner: User | None
) -> tuple[Pack, str]:
    """A pack of one's own, with all that `source` has; "" is the token of what has an owner.

    A guest's token is in their private link, which we cannot show again. Raises Invalid.
    """
    title = building.line(title, "title", required=NO_TITLE)
    if owner is not None and len(owned_by(session, owner)) >= MOST_OWNED:
        raise Conflict(TOO_MANY_PACKS)
    token = "" if owner else tokens.make()
    pack = Pack(
        slug=f"{slugify(title)[:50].strip('-')}-{secrets.token_hex(4)}",
        title=title,
        lede=source.lede if source else "",
        people=source.people if source else "",
        audience=source.audience if source else "",
        needs=source.needs if source else "",
        blocks=list(source.blocks) if source else [],
        credit=_credit(source) if source else "",
        owner_id=owner.id if owner else None,
        token_hash=tokens.hash_of(token) if token else "",
        made_at=now,
        saved_at=now,
    )
    session.add(pack)
    flush(session)
    return pack, token


def save(
    session: Session, pack: Pack, about: About, minutes: Mapping[str, str], *, now: datetime
) -> None:
    """Keep what was typed about a pack, and the minutes of its blocks by their keys.

    Raises Invalid for all that is wrong at once, and then nothing is kept.
    """
    problems: dict[str, str] = {}
    with building.gathering(problems):
        title = building.line(about.title, "title", required=NO_TITLE)
    lines = {"people": about.people, "audience": about.audience, "needs": about.needs}
    for name, text in lines.items():
        with building.gathering(problems):
            lines[name] = building.line(text, name)
    with building.gathering(problems):
        lede = building.text(about.lede, "lede")
    blocks = [_with_minutes(block, minutes, problems) for block in pack.blocks]
    if problems:
        raise Invalid(problems)
    pack.title, pack.lede = title, lede
    pack.people, pack.audience, pack.needs = lines["people"], lines["audience"], lines["needs"]
    _keep(session, pack, blocks, now=now)


def block(pack: Pack, key: str) -> Block:
    """One block of a pack. Raises NotFound."""
    return pack.blocks[_place(pack, key)]


def replace(session: Session, pack: Pack, new: Block, *, now: datetime) -> None:
    """Save a block in the place of the one with its key. Raises NotFound."""
    place = _place(pack, new.key)
    _keep(session, pack, [*pack.blocks[:place], new, *pack.blocks[place + 1 :]], now=now)


def add(session: Session, pack: Pack, new: Block, *, now: datetime) -> Block:
    """Put a block at the end, under a key that no other has. Raises Conflict where it is full."""
    return _insert(session, pack, new, len(pack.blocks), now=now)


def move(session: Session, pack: Pack, key: str, by: int, *, now: datetime) -> None:
    """Move a block so many places down, or up; at the end of the list it stays where it is."""
    place = _place(pack, key)
    rest = [*pack.blocks[:place], *pack.blocks[place + 1 :]]
    rest.insert(min(max(place + by, 0), len(rest)), pack.blocks[place])
    _keep(session, pack, rest, now=now)


def duplicate(session: Session, pack: Pack, key: str, *, now: datetime) -> Block:
    """The same block once more, after itself."""
    place = _place(pack, key)
    return _insert(session, pack, pack.blocks[place], place + 1, now=now)


def remove(session: Session, pack: Pack, key: str, *, now: datetime) -> Block:
    """Take a block out; the answer is what it was."""
    place = _place(pack, key)
    gone = pack.blocks[place]
    _keep(session, pack, [*pack.blocks[:place], *pack.blocks[place + 1 :]], now=now)
    return gone


def delete(session: Session, pack: Pack) -> None:
    """The pack is gone; sessions that were made from it keep their own blocks."""
    session.delete(pack)
    flush(session)


def _insert(session: Session, pack: Pack, new: Block, place: int, *, now: datetime) -> Block:
    if len(pack.blocks) >= MOST_BLOCKS:
        raise Conflict(FULL)
    added = new.model_copy(update={"key": _free_key(pack)})
    _keep(session, pack, [*pack.blocks[:place], added, *pack.blocks[place:]], now=now)
    return added


def _keep(session: Session, pack: Pack, blocks: list[Block], *, now: datetime) -> None:
    pack.blocks, pack.saved_at = blocks, now
    flush(session)


def _with_minutes(block: Block, typed: Mapping[str, str], problems: dict[str, str]) -> Block:
    if block.key not in typed:
        return block
    minutes = block.minutes
    with building.gathering(problems):
        minutes = building.minutes(typed[block.key], f"minutes-{block.key}")
    return block.model_copy(update={"minutes": minutes})


def _place(pack: Pack, key: str) -> int:
    place = next((n for n, each in enumerate(pack.blocks) if each.key == key), None)
    if place is None:
        raise NotFound(NO_SUCH_BLOCK)
    return place


def _free_key(pack: Pack) -> str:
    taken = {each.key for each in pack.blocks}
    return next(key for n in range(1, len(taken) + 2) if (key := f"b{n}") not in taken)


def _credit(source: Pack) -> str:
    if not source.is_seeded:
        return source.credit
    return f"Made from the pack “{source.title}” of this site.\n\n{source.credit}".strip()


def _is_theirs(pack: Pack, keys: Mapping[int, str], user: User | None) -> bool:
    is_owner = user is not None and user.is_active and pack.owner_id == user.id
    return is_owner or _fits(pack, keys.get(pack.id, ""))


def _fits(pack: Pack, token: str) -> bool:
    if not token or not pack.token_hash:
        return False
    return hmac.compare_digest(pack.token_hash, tokens.hash_of(token))


def title_of_copy(pack: Pack) -> str:
    """What a copy may be called until somebody finds a better title."""
    return f"{pack.title[: LONGEST_LINE - len(TITLE_TAIL)]}{TITLE_TAIL}"
