import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.library.markdown import to_html, to_text


def test_headings_move_below_those_of_the_page():
    assert to_html("# One\n\n###### Six") == "<h3>One</h3>\n<h6>Six</h6>\n"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://elsewhere.example/pixel.gif)",
        "<img src=x onerror=alert(1)>",
        "<a href='https://example.org' style='color:red' onclick='x()'>x</a>",
    ],
)
def test_nothing_active_and_nothing_hot_linked_comes_through(text):
    html = to_html(text)

    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert "<a href='" not in html


def test_links_do_not_vouch_for_where_they_lead():
    assert 'rel="nofollow ugc noopener external"' in to_html("[x](https://example.org)")


def test_the_words_alone_can_be_searched():
    assert to_text("# One\n\nTwo **three** [four](https://example.org)\n\n- `five`") == (
        "One Two three four five"
    )


@given(st.text())
def test_any_text_can_be_shown(text):
    to_html(text)
    to_text(text)
