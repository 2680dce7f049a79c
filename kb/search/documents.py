"""What an engine makes of a document before it stores it."""

import json
from collections.abc import Iterator
from dataclasses import replace

from kb.search.engine import Document
from kb.search.text import Word, clean, words

SEPARATOR = "="  # between a facet and a term


def cleaned(document: Document) -> Document:
    """The same document, its texts in composed letters and without invisible ones."""
    return replace(
        document,
        title=clean(document.title),
        summary=clean(document.summary),
        body=clean(document.body),
    )


def facet_terms(document: Document) -> set[str]:
    """Every facet with every term, the kind included."""
    terms = {f"kind{SEPARATOR}{document.kind}"}
    for facet, found in document.facets.items():
        terms.update(f"{facet}{SEPARATOR}{term}" for term in found)
    return terms


def placed(parts: list[str], gap: int) -> Iterator[tuple[int, int, Word]]:
    """Words with the number of their part and their place; no phrase spans two parts."""
    place = 0
    for number, part in enumerate(parts):
        for each in words(clean(part)):
            yield number, place, each
            place += 1
        place += gap


def to_record(document: Document) -> str:
    """The document as text, to be stored."""
    values = {field: getattr(document, field) for field in document.__dataclass_fields__}
    return json.dumps(values, default=dict)


def from_record(record: str | bytes) -> Document:
    """The document that `to_record` wrote."""
    values = json.loads(record)
    values["facets"] = {facet: tuple(terms) for facet, terms in values["facets"].items()}
    return Document(**values)
