"""What the search index holds of a resource and of a feed's entry."""

from collections.abc import Iterable, Sequence
from datetime import date

from kb.feeds.models import Entry, Source
from kb.library.facets import FACET_NAMES
from kb.library.markdown import to_text
from kb.library.models import Resource
from kb.library.state import weight_of
from kb.search.engine import Document

FEED = "feed"
FEED_LABEL = "From the feeds"
LONGEST_IN_FILES = 200_000
FEED_WEIGHT = 0.5  # nobody has checked it
_TEXTS = ("body", "actions", "results", "reasons", "differently", "went_wrong", "our_reading")
_LINES = ("try_this", "watch_out", "audience", "cost_note", "effort_note", "replaces", "next_step")


def of_entry(entry: Entry, others: Sequence[Source] = ()) -> Document:
    """Its suggested purposes and themes narrow a search; they are nowhere shown as facts.

    It is found by its own source and by `others` that tell the same story.
    """
    source, council = entry.source, entry.source.council
    councils = [each.council for each in (source, *others) if each.council]
    happened = entry.published_at or entry.seen_at
    return Document(
        key=f"entry:{entry.id}",
        kind=FEED,
        title=entry.title,
        summary=entry.summary,
        body=entry.text,
        names=" ".join(name for each in (source, *others) for name in _names(each)),
        keywords="; ".join(entry.categories),
        facets={
            "kind": (FEED,),
            "purpose": tuple(entry.purposes),
            "theme": tuple(entry.themes),
            "council": _each(each.code for each in councils),
            "type": _each(each.type.value for each in councils),
            "nation": _each(_nation(each) for each in (source, *others)),
            "decade": (f"{happened.year // 10 * 10}s",),
        },
        happened=happened.toordinal(),
        weight=FEED_WEIGHT,
        stored={
            "id": entry.id,
            "slug": str(entry.id),
            "summary": entry.summary,
            "council": council.short_name if council else source.name,
            "nation": _nation(source),
            "years": str(happened.year),
            "effort": "",
            "evidence": "",
            "number": None,
            "copied": 0,
        },
    )


def _names(source: Source) -> list[str]:
    return [source.name, source.organisation, source.council.name if source.council else ""]


def _nation(source: Source) -> str:
    return source.council.nation.value if source.council else source.nation


def _each(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*filter(None, values)}))


def of_resource(
    resource: Resource,
    other_names: dict[int, str],
    copiers: Sequence[tuple[str, str]] = (),
) -> Document:
    """`other_names` are more words for each council, by its id.

    `copiers` are the type and the nation of each council that copied it.
    """
    councils = resource.councils
    names = [f"{c.name} {c.welsh_name} {other_names.get(c.id, '')}" for c in councils]
    return Document(
        key=resource.ref,
        kind=resource.kind,
        title=resource.title,
        summary=resource.summary,
        body="\n".join(filter(None, [_body(resource), _said_in_files(resource)])),
        names=" ".join([*names, resource.organisation]).strip(),
        keywords=_keywords(resource),
        facets={**_facets(resource), "copier": tuple(sorted({copier(*each) for each in copiers}))},
        happened=date(year, 12, 31).toordinal() if (year := _year(resource)) else 0,
        checked=resource.checked.toordinal() if resource.checked else 0,
        copied=len(copiers),
        weight=weight_of(resource),
        stored={
            **_stored(resource),
            "copied": len(copiers),
            "files": len(resource.attachments),
        },
    )


def own_text(resource: Resource) -> str:
    """What the resource says itself, and is found by; nothing of what stands in its files."""
    names = [f"{c.name} {c.welsh_name}" for c in resource.councils]
    texts = [resource.title, resource.summary, _body(resource), _keywords(resource)]
    return "\n".join([*texts, *names, resource.organisation])


def copier(type_: str, nation: str) -> str:
    """The term that stands for councils of this type and nation among those that copied."""
    return f"{type_} {nation}"


def _body(resource: Resource) -> str:
    texts = [to_text(getattr(resource, name, "") or "") for name in _TEXTS]
    lines = [getattr(resource, name, "") or "" for name in _LINES]
    steps = [f"{step.text} {step.detail}" for step in resource.steps]
    return "\n".join(part.strip() for part in [*texts, *lines, *steps] if part.strip())


def _said_in_files(resource: Resource) -> str:
    """What is written in its files, up to a bound; they are asked for only where there are any."""
    links = resource.file_links if resource.attachments else ()
    texts = (text for link in links for _, text in link.file.passages or ())
    return "\n".join(texts)[:LONGEST_IN_FILES]


def _keywords(resource: Resource) -> str:
    terms = (link.term for link in resource.term_links if link.term.facet in _SPEAKING)
    sources = (f"{source.title} {source.publisher}" for source in resource.sources)
    return "; ".join([*(f"{t.label}; {t.synonyms}" for t in terms), *sources, resource.years])


_SPEAKING = {"purpose", "form", "theme", "channel", "moment", "barrier", "duty", "outcome"}


def _facets(resource: Resource) -> dict[str, tuple[str, ...]]:
    councils = resource.councils
    facets = {name: tuple(t.slug for t in resource.terms(name)) for name in FACET_NAMES}
    year = _year(resource)
    return {
        **facets,
        "kind": (resource.kind.value,),
        "council": tuple(council.code for council in councils),
        "type": tuple(dict.fromkeys(council.type.value for council in councils)),
        "nation": tuple(dict.fromkeys(council.nation.value for council in councils)),
        "effort": facets["setup"],
        "decade": (f"{year // 10 * 10}s",) if year else (),
    }


def _stored(resource: Resource) -> dict[str, str | int | None]:
    """What a row of results shows."""
    councils = resource.councils
    label = {facet: [t.label for t in resource.terms(facet)] for facet in ("setup", "evidence")}
    return {
        "id": resource.id,
        "slug": resource.slug,
        "summary": resource.summary,
        "council": ", ".join(council.short_name for council in councils) or resource.organisation,
        "nation": ", ".join(dict.fromkeys(council.nation.value for council in councils)),
        "years": resource.years,
        "effort": ", ".join(label["setup"]) or getattr(resource, "duration", "") or "",
        "evidence": ", ".join(label["evidence"]),
        "number": getattr(resource, "number", None),
    }


def _year(resource: Resource) -> int | None:
    return resource.end_year or resource.start_year
