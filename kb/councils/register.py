"""Load the register of councils from its CSV file, as often as one likes."""

import csv
import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.councils.models import Council, CouncilAlias, CouncilType, Nation, Succession
from kb.db.database import flush
from kb.errors import Invalid
from kb.names import slugify

Row = Mapping[str, str]
_WELSH_STYLE = re.compile(r"^Cyngor (Bwrdeistref Sirol |Sir |Dinas )?(y )?")


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def store(session: Session, rows: Iterable[Row]) -> int:
    """Add new councils and renew those whose row changed; return how many did.

    A council that was renamed keeps its old slug as an alias. Raises Invalid
    naming the line of a row that makes no sense.
    """
    rows = list(rows)
    known = {council.code: council for council in session.scalars(select(Council))}
    changed = 0
    for line, row in enumerate(rows, start=2):
        digest = hashlib.sha256(repr(sorted(row.items())).encode()).hexdigest()
        council = known.get(row["code"])
        if council is not None and council.seed_hash == digest:
            continue
        known[row["code"]] = _write(session, council, _values(row, line), digest)
        changed += 1
    if changed:
        flush(session)
        _write_aliases(session, rows, known)
        _write_successions(session, rows, known)
    return changed


def _values(row: Row, line: int) -> dict[str, object]:
    try:
        return {
            "code": row["code"],
            "gss_code": row["gss_code"],
            "slug": row["govuk_slug"] or slugify(row["short_name"]),
            "name": row["official_name"],
            "short_name": row["short_name"],
            "welsh_name": row["welsh_name"],
            "type": CouncilType(row["type_code"]),
            "nation": Nation(row["nation"]),
            "region": row["region"],
            "county_code": row["county_code"],
            "combined_authority": row["combined_authority"],
            "start_date": _day(row["start_date"]),
            "end_date": _day(row["end_date"]),
            "website": _address(row["website_domain"]),
            "committee_site": row["democracy_site"],
            "committee_software": row["democracy_cms"],
            "former_gss_codes": row["former_gss_codes"],
            "note": row["note"],
        }
    except (KeyError, ValueError) as error:
        raise Invalid({f"line {line}": f"Line {line} of the register: {error}."}) from error


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _address(domain: str) -> str:
    return f"https://www.{domain}" if domain else ""


def _write(
    session: Session, council: Council | None, values: dict[str, object], digest: str
) -> Council:
    if council is None:
        council = Council(**values, seed_hash=digest)
        session.add(council)
        return council
    if council.slug != values["slug"]:
        session.add(CouncilAlias(slug=council.slug, council_id=council.id))
    for name, value in values.items():
        setattr(council, name, value)
    council.seed_hash = digest
    return council


def _write_aliases(session: Session, rows: list[Row], known: dict[str, Council]) -> None:
    """Every other word that leads to exactly one council and is not another's address."""
    wanted: dict[str, set[str]] = {}
    for row in rows:
        for word in _words_for(row):
            wanted.setdefault(word, set()).add(row["code"])
    taken = {council.slug for council in known.values()}
    taken |= set(session.scalars(select(CouncilAlias.slug)))
    session.add_all(
        CouncilAlias(slug=word, council_id=known[min(codes)].id)
        for word, codes in wanted.items()
        if len(codes) == 1 and word not in taken
    )
    flush(session)


def _words_for(row: Row) -> set[str]:
    words = {row["code"], row["gss_code"], row["official_name"], row["short_name"]}
    words |= {row["welsh_name"], _WELSH_STYLE.sub("", row["welsh_name"])}
    words |= set(row["former_gss_codes"].split())
    return {slugify(word) for word in words if word.strip()}


def _write_successions(session: Session, rows: list[Row], known: dict[str, Council]) -> None:
    pairs = {
        (known[row["code"]].id, known[code].id)
        for row in rows
        for code in row["successors"].split()
        if code in known
    }
    there = select(Succession.predecessor_id, Succession.successor_id)
    for before, after in pairs - set(session.execute(there).all()):
        session.add(Succession(predecessor_id=before, successor_id=after))
    flush(session)
