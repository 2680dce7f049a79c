from kb.library.content import Content, check
from kb.library.models import Standing
from kb.library.publish import set_standing
from tests.copying.making import make_copy
from tests.factories import NOW, make_case_study, make_council

OWN_FIELDS = {
    *("id", "url", "permalink", "version", "state"),
    *("first_published_at", "published_at", "copies"),
}


def test_a_resource_is_answered_whole(get, session):
    make_council(session, code="KIR")
    resource = make_case_study(
        session,
        ref="practice:a-01",
        title="Ask early",
        councils=["KIR"],
        steps=[{"text": "Ask."}],
        sources=[{"title": "A paper", "url": "https://example.org/a"}],
    )
    session.commit()

    answer = get("/resources/practice:a-01")

    assert set(answer) == {*Content.model_fields} | OWN_FIELDS
    assert answer["id"] == resource.id
    assert answer["url"] == "http://127.0.0.1:8000/case-studies/ask-early"
    assert answer["permalink"] == f"http://127.0.0.1:8000/p/{resource.id}"
    assert answer["version"] == 1
    assert answer["state"] == "check before use"
    assert answer["published_at"] == f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    assert answer["councils"] == ["KIR"]
    assert answer["steps"] == [{"text": "Ask.", "detail": "", "minutes": None}]
    assert answer["summary"] == ""


def test_the_copies_of_a_resource_name_councils_and_no_people(get, session):
    first = make_copy(session, status="doing", hours_spent=4)
    second = make_copy(session, first.resource, parent=first)
    session.commit()

    copies = get(f"/resources/{first.resource.ref}")["copies"]

    assert (copies["councils"], copies["doing"], copies["planned"]) == (1, 1, 1)
    assert copies["median_hours"] is None
    assert copies["lineage"][1] == {
        "id": second.id,
        "url": f"http://127.0.0.1:8000/copies/{second.id}",
        "council": second.council.code,
        "status": "planned",
        "since": f"{NOW:%Y-%m-%d}",
        "parent": first.id,
        "result": None,
    }
    assert first.owner.name not in str(copies)
    assert first.owner.email not in str(copies)


def test_the_answer_without_its_own_fields_is_the_content(get_seeded):
    answer = get_seeded("/resources/practice:kirklees-01")

    content = check({name: answer[name] for name in answer if name not in OWN_FIELDS})

    assert content.ref == "practice:kirklees-01"
    assert content.councils == ("KIR",)


def test_the_addresses_of_every_kind_lead_somewhere(get_seeded, seeded_browser):
    addresses = [
        get_seeded(f"/resources/{ref}")[name]
        for ref in ("practice:kirklees-01", "tip:start-01", "training:hands")
        for name in ("url", "permalink")
    ]

    answers = [
        seeded_browser.response(address.removeprefix("http://127.0.0.1:8000"))
        for address in addresses
    ]

    assert {answer.status_code for answer in answers} == {200, 301}


def test_an_unknown_ref_is_not_found(get):
    problem = get("/resources/practice:none-01", expect=404)

    assert problem["detail"] == "There is nothing with the ref practice:none-01."
    assert problem["title"] == "Not Found"


def test_what_is_withdrawn_is_gone_and_says_why(get, session):
    resource = make_case_study(session, ref="a:1", title="Ask early")
    set_standing(session, resource, Standing.WITHDRAWN, note="The council asked us to.")
    session.commit()

    problem = get("/resources/a:1", expect=410)

    assert problem["detail"] == "“Ask early” was withdrawn. The council asked us to."


def test_a_parameter_is_refused_where_there_is_none(get_seeded):
    problem = get_seeded("/resources/practice:kirklees-01?fields=title", expect=400)

    assert list(problem["problems"]) == ["fields"]
