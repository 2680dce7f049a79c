"""The register of councils: a list with filters, and a page for each."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.councils import service as councils
from kb.councils.models import Council, CouncilType, Nation
from kb.feeds import leads, river
from kb.finding import asking
from kb.library import service as library
from kb.names import slugify
from kb.web.caching import kept
from kb.web.context import db_session, public, today
from kb.web.paging import paging

bp = Blueprint("councils", __name__)

PER_PAGE = 50
MOST_PAGES = 100
LONGEST_TEXT = 100
NEWEST_POSTS = 2
OWN_PAGES = "Pages of its own website"
SOFTWARE = {
    "Custom HTML": OWN_PAGES,
    "Custom HTML (Paged)": OWN_PAGES,
    "JSON API": "",
}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What the list is narrowed to."""

    text: str
    nation: Nation | None
    type: CouncilType | None
    with_practice: bool

    @classmethod
    def from_args(cls, args: asking.Args) -> Self:
        nation, type_ = ("".join(args.get(name, ())[:1]) for name in ("nation", "type"))
        return cls(
            text=asking.text_of(args)[:LONGEST_TEXT],
            nation=Nation(nation) if nation in {*Nation} else None,
            type=CouncilType(type_) if type_ in {*CouncilType} else None,
            with_practice=args.get("practice") is not None,
        )

    def url(self, page: int = 1) -> str:
        given = {
            "q": self.text,
            "nation": self.nation,
            "type": self.type,
            "practice": "1" if self.with_practice else "",
            "page": str(page) if page > 1 else "",
        }
        query = urlencode({name: value for name, value in given.items() if value})
        return f"{url_for('councils.index')}?{query}".rstrip("?")


@bp.get("/councils")
@public
@kept
def index() -> ResponseReturnValue:
    session = db_session()
    args = request.args.to_dict(flat=False)
    choice = Choice.from_args(args)
    shared = library.counts_by_council(session)
    found = councils.everyone(session, nation=choice.nation, type=choice.type, text=choice.text)
    if choice.with_practice:
        found = [council for council in found if council.id in shared]
    pages = paging(
        page=asking.number(args, "page", default=1, most=MOST_PAGES),
        total=len(found),
        per_page=PER_PAGE,
        most=MOST_PAGES,
        url_of_page=choice.url,
    )
    shown = found[(pages.page - 1) * PER_PAGE : pages.page * PER_PAGE]
    return render_template(
        "councils/index.html",
        choice=choice,
        councils=shown,
        shared=shared,
        paging=pages,
        nations=list(Nation),
        types=list(CouncilType),
        software_of=software_of,
    )


@bp.get("/councils/<slug>")
@public
@kept
def show(slug: str) -> ResponseReturnValue:
    session = db_session()
    council = councils.by_slug(session, slugify(slug))
    if council.slug != slug:
        return redirect(url_for("councils.show", slug=council.slug), code=301)
    practice = library.of_council(session, council)
    theirs = river.Filters(council=frozenset({council.code}))
    return render_template(
        "councils/show.html",
        council=council,
        practice=practice,
        alike=[] if practice else library.of_councils_like(session, council),
        is_current=council.is_current(today()),
        predecessors=councils.predecessors(session, council),
        successors=councils.successors(session, council),
        facts=_facts(council),
        committee_page=_committee_page(council),
        host_of=host_of,
        posts=river.page(session, theirs, limit=NEWEST_POSTS),
        number_of_posts=river.total(session, theirs),
        number_of_leads=len(leads.open_leads(session, council=council)),
    )


def software_of(council: Council) -> str:
    """The software behind the committee pages as people call it; "" where that is not known."""
    return SOFTWARE.get(council.committee_software, council.committee_software)


def host_of(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _facts(council: Council) -> list[tuple[str, str]]:
    return [
        ("Type", council.type.label),
        ("Nation", council.nation.value),
        *([("Region", council.region)] if council.region != council.nation else []),
        ("Committee site software", software_of(council)),
        ("Code in the register", council.code),
        ("GSS code", council.gss_code),
    ]


def _committee_page(council: Council) -> str:
    """The address of the committee site, unless it is a feed that only programs can read."""
    address = council.committee_site
    return "" if "json" in address.lower() else address
