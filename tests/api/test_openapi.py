import re

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate


@pytest.fixture(scope="module")
def document(seeded_app):
    return seeded_app.test_client().get("/api/v1/openapi.json").get_json()


def test_the_document_is_valid(document):
    validate(document)

    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": "http://127.0.0.1:8000/api/v1"}]


def test_every_route_is_in_the_document(document, seeded_app):
    rules = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1"))
        for rule in seeded_app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
    }

    assert rules == set(document["paths"])


def test_every_view_says_who_may_see_it(seeded_app):
    views = {
        name: view for name, view in seeded_app.view_functions.items() if name.startswith("api.")
    }

    assert {view.audience for view in views.values()} == {"everyone"}


@pytest.mark.parametrize(
    ("path", "address", "status"),
    [
        ("/search", "/search?q=scruitny+webcast&kind=case-study", 200),
        ("/search", "/search?q=" + "x" * 300, 200),
        ("/search", "/search?page=x", 400),
        ("/resources/{ref}", "/resources/practice:kirklees-01", 200),
        ("/resources/{ref}", "/resources/tip:start-01", 200),
        ("/resources/{ref}", "/resources/training:hands", 200),
        ("/resources/{ref}", "/resources/none", 404),
        ("/councils", "/councils", 200),
        ("/councils", "/councils?nation=x", 400),
        ("/councils/{code}", "/councils/KIR", 200),
        ("/councils/{code}", "/councils/x", 404),
        ("/suggestions", "/suggestions?q=to", 200),
        ("/suggestions", "/suggestions?limit=x", 400),
        ("/openapi.json", "/openapi.json", 200),
    ],
)
def test_answers_are_what_the_document_says(document, seeded_browser, path, address, status):
    response = seeded_browser.response(f"/api/v1{address}")

    described = document["paths"][path]["get"]["responses"][str(status)]
    schema = described["content"][response.mimetype]["schema"]
    assert response.status_code == status
    Draft202012Validator(schema | {"components": document["components"]}).validate(
        response.get_json(force=True)
    )


def test_every_parameter_of_the_search_is_taken(document, get_seeded):
    examples = {"q": "topic", "decade": "2010s", "council": "KIR"}
    for parameter in document["paths"]["/search"]["get"]["parameters"]:
        schema = parameter["schema"]
        values = schema.get("items", schema).get("enum") or [schema.get("default")]
        value = examples.get(parameter["name"], values[0])
        if value is not None:
            get_seeded(f"/search?{parameter['name']}={value}")
