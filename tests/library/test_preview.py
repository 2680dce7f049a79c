from kb.library import preview
from tests.factories import NOW, make_case_study, make_content, make_council, make_term


def test_a_preview_shows_what_a_page_would_and_is_kept_nowhere(session):
    council = make_council(session)
    make_term(session, "purpose", "evid-call", label="Call for evidence")
    content = make_content(
        title="Asked by post", councils=(council.code, "ZZZ"), purpose=("evid-call", "x")
    )

    page = preview.page_of(session, content, now=NOW, like=None)
    session.flush()

    assert (page.title, page.slug, page.version) == ("Asked by post", "asked-by-post", 1)
    assert page.councils == [council]
    assert [term.label for term in page.terms("purpose")] == ["Call for evidence"]
    assert page not in session


def test_a_preview_of_a_change_stands_where_the_page_stands(session):
    study = make_case_study(session)

    page = preview.page_of(session, make_content(title="New"), now=NOW, like=study)
    session.flush()

    assert (page.id, page.slug, page.version) == (study.id, study.slug, 2)
    assert study.title != "New"
