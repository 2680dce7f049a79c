"""The words of an address to a question for the search engine, and back; for pages and the API."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from kb.councils.models import CouncilType, Nation
from kb.documents import FEED, copier
from kb.library.content import Kind
from kb.search.engine import MAX_PAGE, MAX_TEXT, Query, Sort

Args = Mapping[str, Sequence[str]]

MAX_TERMS = 20  # of one facet
FACETS_TO_COUNT = (
    *("kind", "purpose", "channel", "barrier", "theme"),
    *("type", "nation", "effort", "evidence", "decade"),
)
FACETS = (*FACETS_TO_COUNT, "council", "copier")

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_TERM_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_COUNCIL_CODE = re.compile(r"[A-Z0-9]{2,5}")
_DECADE = re.compile(r"(19|20)[0-9]0s")
_KINDS, _TYPES, _NATIONS = ({*Kind, FEED}, {*CouncilType}, {*Nation})
_COPIERS = {copier(type_, nation) for type_ in CouncilType for nation in Nation}
_READS_LIKE: dict[str, Callable[[str], object]] = {
    "kind": _KINDS.__contains__,
    "type": _TYPES.__contains__,
    "nation": _NATIONS.__contains__,
    "decade": _DECADE.fullmatch,
    "council": _COUNCIL_CODE.fullmatch,
    "copier": _COPIERS.__contains__,
}


def from_args(
    args: Args, *, known: Mapping[str, Collection[str]] | None = None, per_page: int = 20
) -> Query:
    """A question that is safe to ask, whatever the address says; it counts nothing.

    What makes no sense is left out: values that no facet can have or, of the facets
    in `known`, that are not listed there, pages out of range, text beyond MAX_TEXT.
    """
    terms = {facet: _terms(args, facet, (known or {}).get(facet)) for facet in FACETS}
    return Query(
        text=text_of(args)[:MAX_TEXT].rstrip(),
        filters={facet: chosen for facet, chosen in terms.items() if chosen},
        sort=_sort(args),
        page=number(args, "page", default=1, most=MAX_PAGE),
        per_page=per_page,
        verbatim=_first(args, "verbatim") == "1",
        like=_like(args, (known or {}).get("council")),
    )


def to_args(query: Query) -> list[tuple[str, str]]:
    """The shortest address that `from_args` reads as this question; what is usual is left out."""
    pairs = [("q", query.text)] if query.text else []
    for facet in FACETS:
        pairs += [(facet, term) for term in sorted(query.filters.get(facet, ()))]
    if query.sort is not Sort.BEST:
        pairs.append(("sort", query.sort))
    if query.verbatim:
        pairs.append(("verbatim", "1"))
    if query.like:
        pairs.append(("like", query.like))
    if query.page > 1:
        pairs.append(("page", str(query.page)))
    return pairs


def text_of(args: Args) -> str:
    """What was typed, on one line and however long."""
    return " ".join(_CONTROLS.sub(" ", _first(args, "q")).split())


def number(args: Args, name: str, *, default: int, least: int = 1, most: int) -> int:
    """A whole number from the address, moved into its range; the default where there is none."""
    text = _first(args, name).strip()
    if not (text.isascii() and text.isdigit()):
        return default
    return min(max(int(text[:9]), least), most)


def _first(args: Args, name: str) -> str:
    return next(iter(args.get(name, ())), "")


def _terms(args: Args, facet: str, known: Collection[str] | None) -> frozenset[str]:
    reads_like = _READS_LIKE.get(facet, _TERM_ID.fullmatch)
    values = [
        value
        for value in dict.fromkeys(args.get(facet, ()))
        if reads_like(value) and (known is None or value in known)
    ]
    return frozenset(values[:MAX_TERMS])


def _like(args: Args, known: Collection[str] | None) -> str:
    """The code of a council; "" for what the register does not know."""
    code = _first(args, "like")
    is_known = _COUNCIL_CODE.fullmatch(code) and (known is None or code in known)
    return code if is_known else ""


def _sort(args: Args) -> Sort:
    try:
        return Sort(_first(args, "sort"))
    except ValueError:
        return Sort.BEST
