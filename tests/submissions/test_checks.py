from datetime import date

import pytest

from kb.library.content import Kind
from kb.submissions import checks, form
from kb.submissions.checks import File, Looked, Mark
from tests.factories import TODAY
from tests.submissions.writing import CASE, TIP


def looked(kind=Kind.CASE_STUDY, files=(), today=TODAY, **answers):
    whole = CASE if kind is Kind.CASE_STUDY else TIP
    return Looked(
        kind=kind,
        answers=whole | answers,
        files=files,
        council_names=("Testshire Council", "Testshire", ""),
        today=today,
    )


def run(**values):
    return {finding.check: finding for finding in checks.run(looked(**values))}


@pytest.mark.parametrize("kind", [Kind.CASE_STUDY, Kind.TIP_CARD])
def test_good_answers_need_nothing(kind):
    found = checks.run(looked(kind=kind))

    assert checks.needing(found) == 0
    assert checks.flags(found) == []


@pytest.mark.parametrize(
    ("check", "answers", "question"),
    [
        ("sentence", {"summary": ""}, "summary"),
        ("steps", {"steps": []}, "steps"),
        ("steps", {"steps": ["One"]}, "steps"),
        ("wrong", {"went_wrong": " "}, "went_wrong"),
        ("cost", {"money": ""}, "money"),
        ("personal", {"reasons": "Cllr Jane Smith asked."}, "reasons"),
        ("personal", {"credit": "Ring 01234 567890"}, "credit"),
        ("personal", {"steps": ["Write to jo@example.org", "x"]}, "steps"),
        ("plain", {"results": "We utilised it."}, "results"),
        ("length", {"results": "Short. " * 1600}, "results"),
        ("claims", {"results": "Replies doubled.", "evidence": "0"}, "evidence"),
        ("claims", {"results": "Replies rose by 40%.", "evidence": ""}, "evidence"),
    ],
)
def test_what_needs_somebody_has_one_place_to_fix_it(check, answers, question):
    finding = run(**answers)[check]

    assert finding.mark is Mark.FIX
    assert finding.question == question
    assert finding.fix
    assert form.page_with(Kind.CASE_STUDY, question)


def test_claims_may_be_made_with_evidence():
    assert run(results="Replies doubled.", evidence="3")["claims"].mark is Mark.OK


def test_a_story_without_a_name_does_not_name_the_council():
    told = {"visibility": "unattributed"}

    assert run(went_wrong="Testshire forgot.", **told)["unattributed"].mark is Mark.FIX
    assert run(went_wrong="We forgot.", **told)["unattributed"].mark is Mark.OK
    assert "unattributed" not in run()


def test_pictures_without_alt_text_are_counted():
    bare = File(name="poster.png", is_undescribed=True)

    assert "“poster.png” has none." in run(files=[bare])["alt"].sentence
    assert "2 pictures have none." in run(files=[bare, bare])["alt"].sentence
    assert run(files=[File(name="a.pdf")])["files"].mark is Mark.OK


def test_who_is_named_in_files_is_found_with_its_place():
    paper = File(
        name="Jane-Smith.pdf",
        passages=[["page 1, line 1", "A plan."], ["page 3, line 2", "Siân Rhys, 01234 567890"]],
    )
    picture = File(name="poster.png", is_picture=True, alt="Dr Owen at the library.")
    plain = File(name="good-practice.v2.docx", passages=[["line 1", "Ask the committee."]])

    finding = run(files=[plain, paper, picture])["personal-files"]

    assert (finding.mark, finding.question) == (Mark.FIX, form.FILES)
    assert "“Jane-Smith.pdf” we found “Jane Smith” (its name), " in finding.sentence
    assert "“poster.png” we found “Dr Owen” (its description)." in finding.sentence
    assert "“Siân Rhys” (page 3, line 2)" in finding.sentence
    assert "good-practice" not in finding.sentence
    assert "personal" not in run(files=[paper])
    assert (
        "look for yourself"
        in run(files=[File(name="a.png", is_picture=True)])["personal"].sentence
    )


def test_what_was_not_read_is_not_called_free_of_names():
    files = [File(name="new.pdf", is_waiting=True), File(name="scan.pdf", is_closed=True)]

    found = run(files=files)

    assert "in what you wrote." in found["personal"].sentence
    assert found["unread"].mark is Mark.NOTE
    assert "We have not read “new.pdf” yet." in found["unread"].sentence
    assert "We can read no text in “scan.pdf”." in found["unread"].sentence
    assert "unread" not in run(files=[File(name="a.pdf")])


def test_welsh_is_not_measured_with_english_words():
    assert "plain" not in run(lang="cy")


def test_links_are_found_once_each_and_not_without_end():
    text = "See https://a.example/x, and (https://a.example/x). " + " ".join(
        f"https://b.example/{n}" for n in range(20)
    )

    found = checks.links(Kind.CASE_STUDY, CASE | {"reasons": text})

    assert found[:2] == ["https://a.example/x", "https://b.example/0"]
    assert len(found) == checks.MOST_LINKS


def test_a_link_that_does_not_answer_is_told():
    address = CASE["source_url"]

    assert run()["links"].sentence == "1 link, not asked yet."
    assert run(_links={address: ""})["links"].mark is Mark.OK
    broken = run(_links={address: "Nobody is there."})["links"]

    assert (broken.mark, broken.question) == (Mark.FIX, "source_url")
    assert "Nobody is there." in broken.sentence
    assert run(source_url="")["links"].sentence == "There are none."


@pytest.mark.parametrize(
    ("today", "is_before"),
    [
        (date(2026, 3, 25), False),
        (date(2026, 3, 26), True),
        (date(2026, 5, 7), True),
        (date(2026, 5, 8), False),
        (date(2027, 5, 6), True),
        (date(2026, 11, 23), False),
    ],
)
def test_the_six_weeks_before_elections_get_a_note(today, is_before):
    assert checks.is_before_elections(today) == is_before
    assert ("elections" in run(today=today)) == is_before


def test_the_note_about_elections_is_no_flag():
    assert checks.flags(checks.run(looked(today=date(2026, 4, 20)))) == []
