"""Find practice: from the index, or from the database while the index cannot answer."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from markupsafe import escape

from kb import indexing
from kb.library import service as library
from kb.library.content import Kind
from kb.runtime import Runtime
from kb.search.engine import Document, Hit, IndexDamaged, Page, Query, Sort

SNIPPET = 200
PRACTICE: frozenset[str] = frozenset(Kind)


@dataclass(frozen=True, kw_only=True)
class Found:
    """`is_from_index` is False while the index is being rebuilt; the answer is then plainer."""

    page: Page
    is_from_index: bool


def find(runtime: Runtime, query: Query) -> Found:
    """Answer from the index; never say "nothing found" because the index is broken.

    A question without words and without a kind is about practice: what the feeds say
    has a river of its own.
    """
    if not (query.text.strip() or query.filters.get("kind")):
        query = replace(query, filters={**query.filters, "kind": PRACTICE})
    try:
        return Found(page=runtime.search.search(query), is_from_index=True)
    except IndexDamaged:
        runtime.mend_soon()
        return Found(page=_from_database(runtime, query), is_from_index=False)


def suggest(runtime: Runtime, prefix: str, *, limit: int = 8) -> tuple[str, ...]:
    """Titles for what is being typed; none while the index cannot answer."""
    try:
        return runtime.search.suggest(prefix, limit=limit)
    except IndexDamaged:
        return ()


def _from_database(runtime: Runtime, query: Query) -> Page:
    """Every word must stand somewhere in the text, as it is typed."""
    words = query.text.replace('"', " ").split()
    with runtime.database.reading() as session:
        refs = library.refs_with_words(session, words)
        matching = list(indexing.documents(session, refs))
    order = _ORDERS.get(query.sort, _newest_first)
    wanted = sorted(_narrowed(matching, query.filters), key=order)
    first = (max(query.page, 1) - 1) * query.per_page
    return Page(
        hits=tuple(_hit(document) for document in wanted[first : first + query.per_page]),
        total=len(wanted),
        counts={facet: _count(matching, query.filters, facet) for facet in query.count},
    )


def _narrowed(
    documents: Iterable[Document], filters: Mapping[str, frozenset[str]]
) -> list[Document]:
    return [
        document
        for document in documents
        if all(
            terms & {*document.facets.get(facet, ())} for facet, terms in filters.items() if terms
        )
    ]


def _newest_first(document: Document) -> tuple[int, str]:
    return -document.happened, document.key


def _checked_first(document: Document) -> tuple[int, str]:
    return -document.checked, document.key


def _copied_first(document: Document) -> tuple[int, int, str]:
    return -document.copied, -document.happened, document.key


_ORDERS: Mapping[Sort, Callable[[Document], tuple[object, ...]]] = {
    Sort.CHECKED: _checked_first,
    Sort.COPIED: _copied_first,
}


def _count(
    documents: Iterable[Document], filters: Mapping[str, frozenset[str]], facet: str
) -> dict[str, int]:
    others = {name: terms for name, terms in filters.items() if name != facet}
    matching = _narrowed(documents, others)
    return dict(Counter(term for document in matching for term in document.facets.get(facet, ())))


def _hit(document: Document) -> Hit:
    text = document.summary or document.body[:SNIPPET]
    return Hit(
        key=document.key,
        kind=document.kind,
        title=document.title,
        snippet=str(escape(text)),
        score=0.0,
        stored=document.stored,
    )
