"""The OpenAPI document, made from the shapes of the answers."""

import json
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from pydantic.json_schema import models_json_schema

from kb.api import answers
from kb.api.context import public, runtime
from kb.api.entries import LARGEST_ID
from kb.api.entries import MOST as MOST_ENTRIES
from kb.api.entries import PER_PAGE as ENTRIES_PER_PAGE
from kb.api.errors import PROBLEM
from kb.api.parameters import MOST_VALUES
from kb.api.search import PER_PAGE
from kb.api.suggestions import LIMIT, MOST
from kb.councils.models import CouncilType, Nation
from kb.feeds import river
from kb.feeds.models import State
from kb.feeds.types import Platform
from kb.finding import asking
from kb.library.content import Kind
from kb.search.engine import MAX_PAGE, MAX_PER_PAGE, MAX_TEXT, Sort

bp = Blueprint("openapi", __name__)

Json = dict[str, Any]
MODELS = (
    answers.SearchAnswer,
    answers.ResourceAnswer,
    answers.CouncilsAnswer,
    answers.OneCouncilAnswer,
    answers.SuggestionsAnswer,
    answers.EntriesAnswer,
    answers.SourcesAnswer,
    answers.Problem,
)
VALUES = {"kind": [*Kind], "type": [*CouncilType], "nation": [*Nation]}
FACET_EXAMPLES = {"decade": "2020s", "council": "KIR", "purpose": "topic-choose"}


@bp.get("/openapi.json")
@public
def show() -> ResponseReturnValue:
    settings = runtime().settings
    return Response(_text(settings.site_name, settings.base_url), mimetype="application/json")


@lru_cache(maxsize=8)
def _text(site_name: str, base_url: str) -> str:
    return json.dumps(document(site_name, base_url), ensure_ascii=False)


def document(site_name: str, base_url: str) -> Json:
    _, definitions = models_json_schema(
        [(model, "serialization") for model in MODELS],
        ref_template="#/components/schemas/{model}",
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{site_name} API",
            "version": "1",
            "description": "Scrutiny practice of UK councils, read-only and without a key. "
            "Errors are problem details (RFC 9457).",
        },
        "servers": [{"url": f"{base_url}/api/v1"}],
        "paths": _paths(),
        "components": {"schemas": definitions["$defs"]},
    }


def _paths() -> Json:
    itself = {
        "operationId": "openapi",
        "summary": "This document",
        "responses": {"200": _json("This document.", {"type": "object"})},
    }
    return {
        **_practice_paths(),
        **_council_paths(),
        **_feed_paths(),
        "/openapi.json": {"get": itself},
    }


def _practice_paths() -> Json:
    return {
        "/search": _get("search", "Search over everything", "SearchAnswer", _search_parameters()),
        "/resources/{ref}": _get(
            "resource",
            "One resource, whole",
            "ResourceAnswer",
            [_in_path("ref", "Its permanent name, such as practice:kirklees-01.")],
            errors=(400, 404, 410),
        ),
        "/suggestions": _get(
            "suggestions",
            "Titles, councils and terms for what is being typed",
            "SuggestionsAnswer",
            [_text_parameter(), _number("limit", default=LIMIT, most=MOST)],
        ),
    }


def _council_paths() -> Json:
    return {
        "/councils": _get(
            "councils",
            "Every council of the register, by name",
            "CouncilsAnswer",
            [_one_of("nation", [*Nation]), _one_of("type", [*CouncilType])],
        ),
        "/councils/{code}": _get(
            "council",
            "One council",
            "OneCouncilAnswer",
            [_in_path("code", "Its code in the register, such as KIR.")],
            errors=(400, 404),
        ),
    }


def _feed_paths() -> Json:
    return {
        "/entries": _get(
            "entries",
            "What others are saying, newest first",
            "EntriesAnswer",
            _entries_parameters(),
        ),
        "/sources": _get(
            "sources",
            "Every source that the site follows, and how it is",
            "SourcesAnswer",
            [_one_of("state", [*State]), _one_of("platform", [*Platform])],
        ),
    }


def _get(
    name: str, summary: str, model: str, parameters: list[Json], errors: tuple[int, ...] = (400,)
) -> Json:
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    refused = {
        str(status): {"description": "Refused.", "content": {PROBLEM: problem}}
        for status in errors
    }
    answered = _json("The answer.", {"$ref": f"#/components/schemas/{model}"})
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": parameters,
            "responses": {"200": answered, **refused},
        }
    }


def _json(description: str, schema: Json) -> Json:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _search_parameters() -> list[Json]:
    return [
        _text_parameter(),
        *(_facet(name) for name in asking.FACETS),
        _one_of("sort", [*Sort]),
        _one_of("verbatim", ["0", "1"], "1: search what was typed, mend nothing."),
        _number("page", default=1, most=MAX_PAGE),
        _number("per_page", default=PER_PAGE, most=MAX_PER_PAGE),
    ]


def _entries_parameters() -> list[Json]:
    return [
        *(_facet(name, is_listed=False) for name in river.FACETS),
        _number(river.SOURCE, most=LARGEST_ID, description="The `id` of one source."),
        _number("before", most=LARGEST_ID, description="The `before` of the answer before."),
        _number("per_page", default=ENTRIES_PER_PAGE, most=MOST_ENTRIES),
    ]


def _text_parameter() -> Json:
    described = (
        'Words, "quoted phrases" and -words to leave out; the last word also matches as a '
        f"beginning. Only the first {MAX_TEXT} characters are read."
    )
    return _in_query("q", {"type": "string"}, described)


def _facet(name: str, *, is_listed: bool = True) -> Json:
    """One value or several: any of them inside a facet, every facet across."""
    value: Json = {"type": "string"}
    if name in VALUES and is_listed:
        value["enum"] = list(VALUES[name])
    elif name in FACET_EXAMPLES:
        value["examples"] = [FACET_EXAMPLES[name]]
    schema = {"type": "array", "items": value, "maxItems": MOST_VALUES}
    described = f"Only what has one of these values of {name}; the answer's facets list them."
    return _in_query(name, schema, described) | {"style": "form", "explode": True}


def _one_of(name: str, values: list[str], description: str = "") -> Json:
    return _in_query(name, {"type": "string", "enum": values}, description)


def _number(name: str, *, most: int, default: int | None = None, description: str = "") -> Json:
    schema: Json = {"type": "integer", "minimum": 1, "maximum": most}
    given = {"default": default} if default is not None else {}
    return _in_query(name, schema | given, description)


def _in_query(name: str, schema: Json, description: str = "") -> Json:
    described = {"description": description} if description else {}
    return {"name": name, "in": "query", "schema": schema, **described}


def _in_path(name: str, description: str) -> Json:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "schema": {"type": "string"},
        "description": description,
    }
