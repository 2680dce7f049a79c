from kb.library import comparing
from kb.library.history import Fate
from tests.factories import make_content, make_council, make_term


def shown(parts):
    return {part.field: "".join(run.text for run in part.after) for part in parts}


def test_a_new_page_is_all_new_and_in_words(session):
    make_council(session, code="FEN", name="Fenbridge Council")
    make_term(session, "purpose", "engage", label="Engage")
    content = make_content(
        title="Walks",
        councils=["FEN"],
        purpose=["engage"],
        steps=[{"text": "Ask.", "detail": "Kindly."}],
        sources=[{"title": "A report", "publisher": "Fenbridge", "url": "https://a.example"}],
        attachments=[
            {
                "digest": "0" * 64,
                "name": "map.png",
                "media_type": "image/png",
                "size": 20_000,
                "alt": "A map",
            }
        ],
    )

    parts = comparing.compare(session, None, content)

    assert shown(parts) == {
        "title": "Walks",
        "lang": "English",
        "councils": "Fenbridge Council",
        "purpose": "Engage",
        "steps": "Ask.\nKindly.",
        "sources": "A report, Fenbridge, https://a.example",
        "attachments": "map.png (20 KB, described as “A map”)",
    }
    assert all(part.is_changed for part in parts)


def test_a_change_says_word_by_word_what_came_and_what_went(session):
    before = make_content(title="Evening walks", summary="We walked.", years="2025")
    after = before.model_copy(update={"title": "Evening walks with a map", "summary": ""})

    parts = {part.field: part for part in comparing.compare(session, before, after)}

    assert (parts["title"].added, parts["title"].removed) == (3, 0)
    assert (parts["summary"].added, parts["summary"].removed) == (0, 2)
    assert [run.fate for run in parts["summary"].before] == [Fate.REMOVED]
    assert not parts["years"].is_changed
