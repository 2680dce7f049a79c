"""Whoosh as it comes, doing the same work, to see what our own scoring is worth."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from whoosh.analysis import StemmingAnalyzer
from whoosh.fields import ID, KEYWORD, TEXT, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.qparser import OrGroup, QueryParser
from whoosh.query import And, Or, Term
from whoosh.sorting import FieldFacet

from bench.corpus import FACETS
from bench.queries import Asked
from kb.search.engine import Document

SCHEMA = Schema(
    key=ID(stored=True),
    text=TEXT(analyzer=StemmingAnalyzer(), stored=True),
    **{facet: KEYWORD(commas=True) for facet in FACETS},
)


class Stock:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._storage = FileStorage(str(folder))
        self._searcher: Any = None

    def build(self, documents: Iterable[Document]) -> None:
        writer = FileIndex.create(self._storage, SCHEMA).writer(limitmb=256)
        for document in documents:
            facets = {facet: ",".join(terms) for facet, terms in document.facets.items()}
            text = f"{document.title}\n{document.body}"
            writer.add_document(key=document.key, text=text, kind=document.kind, **facets)
        writer.commit()

    def search(self, asked: Asked) -> int:
        if self._searcher is None:
            self._searcher = FileIndex(self._storage, SCHEMA).searcher()
        filters = And(
            [
                Or([Term(facet, term) for term in sorted(terms)])
                for facet, terms in asked.query.filters.items()
            ]
        )
        results = self._searcher.search(
            self._query(asked),
            limit=10,
            filter=filters if asked.query.filters else None,
            groupedby={facet: FieldFacet(facet, allow_overlap=True) for facet in FACETS},
        )
        for facet in FACETS:
            {term: len(docs) for term, docs in results.groups(facet).items()}
        for hit in results:
            hit.highlights("text")
        return len(results)

    def _query(self, asked: Asked) -> object:
        group = OrGroup if asked.kind == "any words" else None
        parser = QueryParser("text", SCHEMA, **({"group": group} if group else {}))
        ending = "*" if asked.kind == "prefix" else ""
        return parser.parse(asked.query.text.strip() + ending)
