import re
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb import jobs
from tests.factories import make_case_study, make_council

XSS = '<script>alert(1)</script>"onmouseover='


def test_results_say_what_a_reader_needs(get_seeded):
    answer = get_seeded("/search?q=webcast+kirklees&per_page=3")

    assert answer["query"] == "webcast kirklees"
    assert answer["index"] == "ready"
    assert answer["page"] == 1
    assert answer["per_page"] == 3 == len(answer["results"])
    assert answer["total"] >= 3
    first = answer["results"][0]
    assert first["ref"].startswith("practice:kirklees-")
    assert first["kind"] == "case-study"
    assert first["council"] == "Kirklees"
    assert first["url"].startswith("http://127.0.0.1:8000/case-studies/")
    assert "<mark>" in first["snippet"]
    assert first["score"] > 0


def test_without_words_everything_is_listed(get_seeded):
    answer = get_seeded("/search")

    assert answer["total"] >= 200
    assert len(answer["results"]) == 20


def test_pages_follow_one_another(get_seeded):
    first, second, both = (
        [each["ref"] for each in get_seeded(f"/search?q=meeting&{page}")["results"]]
        for page in ("page=1&per_page=5", "page=2&per_page=5", "per_page=10")
    )

    assert first + second == both


def test_facets_carry_labels_and_counts(get_seeded):
    answer = get_seeded("/search?q=webcast")

    kinds = {each["id"]: each for each in answer["facets"]["kind"]}
    assert kinds["case-study"]["label"] == "Case study"
    assert sum(each["count"] for each in kinds.values()) == answer["total"]
    assert all(re.fullmatch(r"\d{4}s", each["id"]) for each in answer["facets"]["decade"])


def test_values_of_one_facet_widen_and_facets_narrow(get_seeded):
    everything, tips, tips_or_training, narrowed = (
        get_seeded(f"/search?{query}")["total"]
        for query in (
            "",
            "kind=tip-card",
            "kind=tip-card&kind=training",
            "kind=tip-card&channel=webcast",
        )
    )

    assert narrowed <= tips < tips_or_training < everything


def test_a_council_can_be_a_filter(get_seeded):
    answer = get_seeded("/search?council=KIR")

    assert {each["council"] for each in answer["results"]} == {"Kirklees"}


def test_typing_errors_are_mended_and_said_so(get_seeded):
    answer = get_seeded("/search?q=scruitny")

    assert answer["suggestion"] == answer["searched"] == "scrutiny"
    assert answer["query"] == "scruitny"


def test_what_needed_no_mending_says_nothing_of_it(get_seeded):
    answer = get_seeded("/search?q=scrutiny")

    assert answer["suggestion"] is None
    assert "searched" not in answer


def test_verbatim_text_is_not_mended(get_seeded):
    assert get_seeded("/search?q=scruitny&verbatim=1")["suggestion"] is None


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("page=abc", "page"),
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=501", "page"),
        ("page=%D9%A3", "page"),
        ("page=1&page=2", "page"),
        ("per_page=0", "per_page"),
        ("per_page=1000", "per_page"),
        ("per_page=", "per_page"),
        ("kind=song", "kind"),
        ("purpose=dance", "purpose"),
        ("decade=2010", "decade"),
        ("council=XXX", "council"),
        ("sort=oldest", "sort"),
        ("verbatim=yes", "verbatim"),
        ("q=a&q=b", "q"),
        ("purposes=question", "purposes"),
        ("&".join(["kind=tip-card"] * 21), "kind"),
    ],
)
def test_what_makes_no_sense_is_named(get_seeded, query, name):
    problem = get_seeded(f"/search?{query}", expect=400)

    assert problem["status"] == 400
    assert list(problem["problems"]) == [name]
    assert name in problem["detail"]


def test_every_bad_parameter_is_named_at_once(get_seeded):
    problem = get_seeded("/search?page=x&per_page=y&kind=z", expect=400)

    assert set(problem["problems"]) == {"page", "per_page", "kind"}


def test_a_very_long_query_is_cut_and_said_so(get_seeded):
    answer = get_seeded(f"/search?q={'scrutiny+' * 1_200}")

    assert len(answer["query"]) <= 200
    assert answer["notice"] == "Only the first 200 characters were searched."


def test_a_query_of_200_characters_is_not_cut(get_seeded):
    assert "notice" not in get_seeded(f"/search?q={'x' * 200}")


def test_what_others_wrote_is_escaped_in_snippets(get, runtime, session):
    make_case_study(session, title="Topic form", body=f"A topic {XSS} b")
    session.commit()
    jobs.update_index(runtime)

    answer = get(f"/search?q={quote('topic ' + XSS)}&verbatim=1")

    snippet = get("/search?q=topic")["results"][0]["snippet"]
    assert answer["query"] == f"topic {XSS}"
    assert "<mark>topic</mark> &lt;script&gt;" in snippet
    assert "<" not in snippet.replace("<mark>", "").replace("</mark>", "")


def test_welsh_letters_find_and_come_back(get, runtime, session):
    council = make_council(session, code="AGY", short_name="Ynys Môn", nation="Wales")
    make_case_study(session, title="Craffu’r dŵr", lang="cy", councils=[council.code])
    session.commit()
    jobs.update_index(runtime)

    answers = [get(f"/search?q={quote(text)}") for text in ("dŵr", "dwr", "Ynys Môn", "ynys mon")]

    assert [answer["total"] for answer in answers] == [1, 1, 1, 1]
    assert answers[0]["query"] == "dŵr"
    assert answers[0]["results"][0]["title"] == "Craffu’r dŵr"


def test_while_the_index_is_damaged_the_database_answers(get, runtime, session):
    make_case_study(session, title="Topic form", summary="Residents suggest topics.")
    session.commit()
    for path in runtime.settings.index_dir.rglob("*"):
        if path.is_file():
            path.write_bytes(b"")

    answer = get("/search?q=topic")

    assert answer["index"] == "rebuilding"
    assert [each["title"] for each in answer["results"]] == ["Topic form"]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=300))
def test_any_text_is_answered(get_seeded, text):
    answer = get_seeded(f"/search?q={quote(text, errors='replace')}")

    assert answer["total"] >= 0
