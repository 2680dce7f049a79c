"""The vocabularies: read from files, kept as terms, asked for by facet."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.db.database import flush
from kb.errors import Invalid
from kb.library.facets import FACET_NAMES
from kb.library.models import Term


@dataclass(frozen=True, kw_only=True)
class TermRow:
    facet: str
    slug: str
    label: str
    synonyms: str
    position: int


def read(folder: Path) -> list[TermRow]:
    """Every term in `folder`/<facet>.csv; raises Invalid naming the file that lacks a column."""
    rows: list[TermRow] = []
    for facet in FACET_NAMES:
        with (folder / f"{facet}.csv").open(encoding="utf-8", newline="") as file:
            rows.extend(_rows(facet, csv.DictReader(file)))
    return rows


def store(session: Session, rows: Iterable[TermRow]) -> int:
    """Add terms that are new and renew the words of the others; return how many changed."""
    known = {(term.facet, term.slug): term for term in session.scalars(select(Term))}
    changed = 0
    for row in rows:
        term = known.get((row.facet, row.slug))
        if term is None:
            session.add(Term(**vars(row)))
            changed += 1
        elif (term.label, term.synonyms, term.position) != (row.label, row.synonyms, row.position):
            term.label, term.synonyms, term.position = row.label, row.synonyms, row.position
            changed += 1
    flush(session)
    return changed


def terms(session: Session, facet: str) -> list[Term]:
    """The terms of one facet in the order of its file, without those that were merged."""
    current = select(Term).where(Term.facet == facet, Term.replaced_by_id.is_(None))
    return list(session.scalars(current.order_by(Term.position)))


def labels(session: Session) -> dict[str, dict[str, str]]:
    """Facet -> term id -> label, each facet in the order of its file."""
    found: dict[str, dict[str, str]] = {facet: {} for facet in FACET_NAMES}
    for term in session.scalars(select(Term).order_by(Term.position)):
        found[term.facet][term.slug] = term.label
    return found


def read_synonyms(path: Path) -> tuple[tuple[str, ...], ...]:
    """Groups of words that search treats as one; see `seed_data/synonyms.txt`."""
    groups = []
    for line in path.read_text(encoding="utf-8").splitlines():
        words = tuple(word.strip() for word in line.split(";") if word.strip())
        if words and not line.startswith("#"):
            groups.append(words)
    return tuple(groups)


def _rows(facet: str, lines: Iterable[dict[str, str]]) -> Iterable[TermRow]:
    for position, line in enumerate(lines):
        try:
            yield TermRow(
                facet=facet,
                slug=line["id"],
                label=line["label"],
                synonyms=line["synonyms"] or "",
                position=position,
            )
        except KeyError as error:
            raise Invalid({facet: f"{facet}.csv lacks the column {error}."}) from error
