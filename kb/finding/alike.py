"""Practice of councils like one's own: nearer in what is found, and said why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from kb.councils import likeness
from kb.councils.likeness import Likeness
from kb.councils.models import Council
from kb.errors import NotFound
from kb.finding import service as finding
from kb.finding.service import Found
from kb.library.models import CaseStudy, Resource, ResourceCouncil, Standing
from kb.runtime import Runtime
from kb.search.engine import Hit, Query, Sort

AMONG = 60  # so many of the best are put in a new order; whoever reads on gets the usual one
NOBODY = Likeness()
_UNLIKE = 10  # nearness counts for so much less than how well the words fit


@dataclass(frozen=True, kw_only=True)
class FoundNearMe:
    """`reasons` says of the key of a hit what its council has in common with mine."""

    found: Found
    reasons: Mapping[str, str]


def by_code(session: Session, code: str) -> Council | None:
    """The council that somebody says is theirs; None where the register has no such."""
    return session.scalar(select(Council).where(Council.code == code)) if code else None


def get(session: Session, code: str) -> Council:
    council = by_code(session, code)
    if council is None:
        raise NotFound("The register has no such council.")
    return council


def find(runtime: Runtime, query: Query, mine: Council) -> FoundNearMe:
    """Answer as `finding.find` does; of the best, those of councils like mine come first.

    What was asked to be in another order, such as the newest first, stays in it.
    """
    is_near = query.sort is Sort.BEST and query.page * query.per_page <= AMONG
    asked = replace(query, page=1, per_page=AMONG) if is_near else query
    found = finding.find(runtime, asked)
    with runtime.database.reading() as session:
        near = of_refs(session, [hit.key for hit in found.page.hits], mine)
    hits = found.page.hits
    if is_near:
        first = (max(query.page, 1) - 1) * query.per_page
        hits = tuple(_nearest_first(hits, near, query)[first : first + query.per_page])
    return FoundNearMe(
        found=replace(found, page=replace(found.page, hits=hits)),
        reasons={key: each.words for key, each in near.items() if each.reasons},
    )


def of_refs(session: Session, refs: Sequence[str], mine: Council) -> Mapping[str, Likeness]:
    """Ref -> how like mine the councils of that resource are; the most alike counts."""
    query = (
        select(Resource.ref, Council)
        .join(ResourceCouncil, ResourceCouncil.resource_id == Resource.id)
        .join(Council, Council.id == ResourceCouncil.council_id)
        .where(Resource.ref.in_(refs))
    )
    near: dict[str, Likeness] = {}
    for ref, council in session.execute(query).all():
        each = likeness.between(mine, council)
        near[ref] = max(near.get(ref, NOBODY), each, key=_strength)
    return near


def of_resource(resource: Resource, mine: Council) -> Likeness:
    found = (likeness.between(mine, council) for council in resource.councils)
    return max(found, key=_strength, default=NOBODY)


def practice(
    session: Session, councils: Iterable[Council], mine: Council, *, limit: int = 8
) -> list[tuple[CaseStudy, str]]:
    """Case studies of these councils, those most like mine first, of equals the newest."""
    ids = [council.id for council in councils]
    query = (
        select(CaseStudy)
        .where(CaseStudy.standing != Standing.WITHDRAWN)
        .where(CaseStudy.council_links.any(ResourceCouncil.council_id.in_(ids)))
        .options(lazyload(CaseStudy.term_links))
    )
    found = [(study, of_resource(study, mine)) for study in session.scalars(query)]
    found.sort(key=lambda each: (-each[1].nearness, -_year(each[0]), each[0].title))
    return [(study, each.words) for study, each in found[:limit]]


def _nearest_first(hits: Iterable[Hit], near: Mapping[str, Likeness], query: Query) -> list[Hit]:
    """Words first: nearness lifts a hit, and decides alone only where nothing was typed."""

    def order(hit: Hit) -> tuple[float, int]:
        nearness = near.get(hit.key, NOBODY).nearness
        score = hit.score * (1 + nearness / _UNLIKE) if query.text else 0.0
        return -score, -nearness

    return sorted(hits, key=order)


def _strength(each: Likeness) -> tuple[int, int]:
    return each.nearness, len(each.reasons)


def _year(study: CaseStudy) -> int:
    return study.end_year or study.start_year or 0
