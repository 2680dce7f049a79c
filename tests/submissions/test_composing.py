import pytest

from kb.errors import Invalid
from kb.files.models import StoredFile
from kb.library.comparing import compare
from kb.library.content import Kind
from kb.library.models import Visibility
from kb.library.publish import content_of, publish
from kb.submissions import composing
from kb.submissions.models import Upload
from tests.factories import NOW, make_case_study, make_council, make_user
from tests.submissions.writing import know_terms, make_draft


@pytest.fixture(autouse=True)
def terms(session):
    know_terms(session)


def upload(session, draft, media_type="image/png", **values):
    n = len(composing.files(session, draft))
    file = StoredFile(
        digest=f"{draft.id:032x}{n:032x}", media_type=media_type, size=9, kept_at=NOW
    )
    sent = Upload(draft_id=draft.id, file=file, name="poster.png", sent_at=NOW, **values)
    session.add(sent)
    session.flush()
    return sent


def test_answers_become_content_that_can_be_published(session):
    draft = make_draft(session)

    content = composing.compose(session, draft)
    resource = publish(session, content, author="Somebody", now=NOW)

    assert content.ref == f"shared:{draft.id}"
    assert content.councils == (draft.council.code,)
    assert content.credit == draft.council.name
    assert (content.start_year, content.end_year) == (2025, 2025)
    assert (content.setup_hours, content.setup) == (3, ("hours",))
    assert (content.weekly_minutes, content.weekly) == (15, ("15",))
    assert (content.cost, content.cost_note) == (("under-100",), "£40: printing")
    assert content.replaces == "The online form that nobody used"
    assert content.steps[0].text == "Print a postcard"
    assert content.steps_by == "council"
    assert content.went_wrong == "The first box had no lock."
    assert content.next_step == "Ask the library for a table."
    assert content.sources[0].url == "https://example.org/postcards"
    assert content.licence == ("ogl-3",)
    assert content_of(resource) == content


def test_a_summary_that_was_typed_on_several_lines_is_one_line(session):
    draft = make_draft(session, answers={"summary": "Postcards brought\n40 topics.\n"})

    assert composing.compose(session, draft).summary == "Postcards brought 40 topics."


def test_a_tip_card_is_composed(session):
    draft = make_draft(session, kind=Kind.TIP_CARD)

    content = composing.compose(session, draft)

    assert content.kind is Kind.TIP_CARD
    assert content.try_this == "Write down the one question."
    assert content.watch_out == "The second post came too late."
    assert content.effort_note == "45 minutes to set up"
    assert content.cost_note == "£0"
    publish(session, content, author="Somebody", now=NOW)


def test_a_tip_card_fits_on_a_card(session):
    draft = make_draft(session, kind=Kind.TIP_CARD, answers={"body": "word " * 150})

    with pytest.raises(Invalid) as error:
        composing.compose(session, draft)

    assert "at most 150 words" in error.value.problems["body"]


def test_what_is_absent_is_said_question_by_question(session):
    draft = make_draft(session, answers={"money": "", "purpose": [], "visibility": ""})

    with pytest.raises(Invalid) as error:
        composing.compose(session, draft)

    assert set(error.value.problems) == {"money", "purpose", "visibility"}


@pytest.mark.parametrize("visibility", [Visibility.PEERS, Visibility.UNATTRIBUTED])
def test_what_is_not_for_everybody_never_enters_the_content(session, visibility):
    told = "A secret that only peers know."
    draft = make_draft(session, answers={"went_wrong": told, "visibility": visibility.value})

    content = composing.compose(session, draft)

    assert told not in content.model_dump_json()
    assert told not in composing.draft_of_page(session, draft).model_dump_json()
    assert composing.lesson(draft) == (told, visibility)


def test_what_everybody_may_read_is_no_lesson(session):
    assert composing.lesson(make_draft(session)) is None
    assert composing.lesson(make_draft(session, answers={"visibility": "x"})) is None
    assert composing.lesson(make_draft(session, kind=Kind.TIP_CARD)) is None


def test_a_change_keeps_what_no_question_asks_for(session):
    council = make_council(session)
    resource = make_case_study(
        session,
        ref="seed:1",
        councils=(council.code,),
        our_reading="Our words.",
        went_wrong="An old story.",
        effort_note="One officer for the meeting",
        purpose=("topic-choose", "evid-call"),
        steps=({"text": "Print a postcard", "detail": "On thick paper."},),
        sources=({"title": "Old"}, {"title": "Second"}),
    )
    owner = make_user(session, council)
    answers = {"visibility": "peers only", "purpose": ["learn", "evid-call", "topic-choose"]}
    draft = make_draft(session, owner, resource=resource, answers=answers)

    content = composing.compose(session, draft)

    assert content.ref == "seed:1"
    assert content.purpose == ("topic-choose", "evid-call", "learn")
    assert content.our_reading == "Our words."
    assert content.went_wrong == ""
    assert content.effort_note == "One officer for the meeting"
    assert content.steps[0].detail == "On thick paper."
    assert [source.title for source in content.sources] == ["Postcards", "Second"]
    assert draft.base_version == resource.version


def test_files_become_attachments(session):
    draft = make_draft(session)
    upload(session, draft, alt="A postcard with one question.")
    upload(session, draft, is_decorative=True, alt="no matter")
    upload(session, draft, media_type="application/pdf")

    content = composing.compose(session, draft)

    assert [a.alt for a in content.attachments] == ["A postcard with one question.", "", ""]
    assert [a.is_decorative for a in content.attachments] == [False, True, False]


def test_a_picture_needs_its_description(session):
    draft = make_draft(session)
    upload(session, draft, alt=" ")

    with pytest.raises(Invalid) as error:
        composing.compose(session, draft)

    assert error.value.problems == {"files": "Describe “poster.png”, or say that it is decorative"}


def test_what_the_form_lets_through_and_content_refuses_is_keyed_by_question(session):
    draft = make_draft(session, answers={"source_url": "http://[::1]:x/", "years": "1850"})

    with pytest.raises(Invalid) as error:
        composing.compose(session, draft)

    assert set(error.value.problems) <= {"source_url", "years"}


def test_nobody_shares_without_a_council(session):
    draft = make_draft(session, make_user(session))

    with pytest.raises(Invalid) as error:
        composing.compose(session, draft)

    assert "no council" in error.value.problems["title"]


@pytest.mark.parametrize("answers", [{"title": ""}, {"title": "x" * 300}, {"steps": "x"}, {}])
def test_a_preview_is_made_of_what_is_there(session, answers):
    draft = make_draft(session, answers=answers | {"money": "not much"})

    content = composing.draft_of_page(session, draft)

    assert content.title in {"No title yet", "Asked residents for topics on a postcard"}
    assert content.cost_note == ""


@pytest.mark.parametrize(
    ("steps", "written_by"),
    [
        (["Print a postcard", "Collect it"], "us"),
        (["Print a postcard", "Collect it on Fridays"], "council"),
        (["Collect it", "Print a postcard"], "council"),
    ],
)
def test_a_change_claims_the_steps_only_where_it_changes_them(session, steps, written_by):
    council = make_council(session)
    ours = ({"text": "Print a postcard", "detail": "On thick paper."}, {"text": "Collect it"})
    resource = make_case_study(session, councils=(council.code,), steps=ours, steps_by="us")
    draft = make_draft(
        session, make_user(session, council), resource=resource, answers={"steps": steps}
    )

    content = composing.compose(session, draft)

    parts = compare(session, content_of(resource), content)
    assert content.steps_by == written_by
    assert ("steps_by" in {part.field for part in parts if part.is_changed}) == (
        written_by == "council"
    )
