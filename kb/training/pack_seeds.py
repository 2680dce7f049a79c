"""The packs that come with the site: read from files, loaded again where a file changed."""

import hashlib
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.db.database import flush
from kb.errors import Invalid
from kb.library import vocabulary
from kb.training.models import Pack
from kb.training.types import Block, Line, Option, RoundKind, Text

TABLE = "blocks"


class Words(BaseModel):
    """What a file says of its pack. `evidence` says what rests on a source and what does not."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Line
    lede: Text
    people: Line
    audience: Line
    needs: Line
    credit: Text
    evidence: Text


@dataclass(frozen=True, kw_only=True)
class Seed:
    """One file. `barriers` are the slugs that each barrier vote names, by the block's key."""

    slug: str
    words: Words
    blocks: tuple[Block, ...]
    barriers: dict[str, list[str]]
    hash: str


def read_all(folder: Path) -> Iterator[Seed]:
    """Every file in the folder; raises Invalid naming the one that is wrong."""
    for path in sorted(folder.glob("*.toml")):
        try:
            yield read(path.stem, path.read_text(encoding="utf-8"))
        except Invalid as error:
            raise Invalid({path.name: f"packs/{path.name}: {error}"}) from error


def read(slug: str, text: str) -> Seed:
    """One file; raises Invalid with a sentence for what is wrong."""
    try:
        found = tomllib.loads(text)
        tables = [dict(table) for table in found.pop(TABLE, [])]
        barriers = {str(table["key"]): table.pop("barriers", []) for table in tables}
        return Seed(
            slug=slug,
            words=Words.model_validate(found),
            blocks=tuple(Block.model_validate(table) for table in tables),
            barriers=barriers,
            hash=hashlib.sha256(text.encode()).hexdigest(),
        )
    except (tomllib.TOMLDecodeError, ValidationError, KeyError) as error:
        raise Invalid({"pack": f"This file cannot be read: {error}"}) from error


def load(session: Session, seeds: Iterable[Seed], *, now: datetime) -> int:
    """Add new packs and renew those whose file or whose barriers' names changed.

    Loading twice changes nothing. Nobody can change such a pack, so the file always wins.
    """
    labels = vocabulary.labels(session)["barrier"]
    known = {pack.slug: pack for pack in session.scalars(select(Pack).where(Pack.is_seeded))}
    changed = 0
    for seed in seeds:
        pack = known.get(seed.slug)
        blocks = [_with_options(block, seed, labels) for block in seed.blocks]
        if pack is not None and (pack.seed_hash, pack.blocks) == (seed.hash, blocks):
            continue
        if pack is None:
            pack = Pack(slug=seed.slug, is_seeded=True, made_at=now)
            session.add(pack)
        for name, value in _columns(seed).items():
            setattr(pack, name, value)
        pack.blocks, pack.saved_at = blocks, now
        changed += 1
    flush(session)
    return changed


def _columns(seed: Seed) -> dict[str, Any]:
    words = seed.words.model_dump(exclude={"credit", "evidence"})
    credit = "\n\n".join(filter(None, (seed.words.credit, seed.words.evidence)))
    return words | {"credit": credit, "seed_hash": seed.hash}


def _with_options(block: Block, seed: Seed, labels: dict[str, str]) -> Block:
    """A barrier vote asks by the vocabulary's words; raises Invalid for a slug it has not."""
    if block.round is not RoundKind.BARRIERS:
        return block
    slugs = seed.barriers[block.key] or list(labels)
    missing = [slug for slug in slugs if slug not in labels]
    if missing:
        raise Invalid({"barriers": f"{seed.slug}: there is no barrier “{missing[0]}”."})
    options = tuple(Option(key=slug, label=labels[slug]) for slug in slugs)
    return block.model_copy(update={"options": options})
