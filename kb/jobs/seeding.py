"""Load the seed data, at every start if need be."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from kb import indexing
from kb.config import ROOT
from kb.councils import register
from kb.feeds import seed as feeds
from kb.feeds.store import store
from kb.library import seed, vocabulary
from kb.runtime import Runtime
from kb.training import pack_seeds

SEED_DATA = ROOT / "seed_data"
_LOADERS = tuple(ROOT / "kb" / name for name in ("councils", "library", "feeds", "training"))


def load_seed_data(
    runtime: Runtime, *, now: datetime, folder: Path = SEED_DATA
) -> seed.SeedReport:
    """Load councils, vocabularies, practice, packs and feeds; what people changed stays."""
    with runtime.database.transaction() as session:
        register.store(session, register.read(folder / "councils.csv"))
        vocabulary.store(session, vocabulary.read(folder / "vocabularies"))
    with runtime.database.transaction() as session:
        report = seed.load(session, seed.read_all(folder), now=now)
        pack_seeds.load(session, pack_seeds.read_all(folder / "packs"), now=now)
    with runtime.database.transaction() as session:
        feeds.load_sources(session, folder / "feeds", now=now)
        feeds.load_samples(
            session, folder / "feeds", read=runtime.reader.read, store=store, now=now
        )
    return report


def load_seed_data_once(
    runtime: Runtime, *, now: datetime, folder: Path = SEED_DATA
) -> seed.SeedReport | None:
    """Load the seed data unless this database holds what these files say; for every start.

    The stamp names the edition that the database had reached by then: one that was
    restored from an older copy, or is new, has not reached it.
    """
    stamp = runtime.settings.data_dir / "seeded.json"
    wanted = _digest(runtime.settings.database_url, [folder, *_LOADERS])
    had = _read_stamp(stamp)
    with runtime.database.reading() as session:
        if had.get("digest") == wanted and 0 < had.get("edition", 0) <= indexing.edition(session):
            return None
    report = load_seed_data(runtime, now=now, folder=folder)
    with runtime.database.reading() as session:
        stamp.write_text(json.dumps({"digest": wanted, "edition": indexing.edition(session)}))
    return report


def _digest(name: str, folders: Iterable[Path]) -> str:
    """Changes when that name does, or a file in these folders."""
    digest = hashlib.sha256(name.encode())
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(f"\0{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _read_stamp(path: Path) -> dict[str, Any]:
    try:
        stamp = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}
