"""Editors are told which sources fail and do not mend by themselves."""

from datetime import timedelta

from kb.clock import utcnow
from kb.feeds.models import State
from kb.web.outside import local
from tests.pages import words
from tests.web.adding import store


def test_editors_are_told_what_needs_attention_and_visitors_are_not(editor, browser, runtime):
    long_ago = utcnow() - timedelta(days=5)
    failing = {"state": State.FAILING, "failing_since": long_ago, "failures": 9}
    store(runtime, name="Broken", last_error="It does not answer.", **failing)
    gone = {"state": State.PAUSED, "failing_since": utcnow(), "failures": 1}
    ended = store(runtime, name="Gone", reason="It is gone for good.", **gone)
    store(runtime, name="Hiccup", state=State.FAILING, failing_since=utcnow(), failures=1)

    page = editor.get("/feeds/sources")
    one, other = [words(each) for each in page.find(".//section[@id='attention']//li")]

    assert "Needs attention (2)" in page.words
    assert one.startswith(f"Broken Failing since {local(long_ago).day} ")
    assert "Tried 9 times in a row" in one
    assert "It does not answer." in one
    assert "What happens next: We ask it" in one
    assert "Read it now" in one
    assert "It is gone for good." in other
    assert ("Resume or retire it: Gone", f"/feeds/sources/{ended.id}#editors") in page.links
    assert "2 sources need attention" in editor.get("/feeds").words
    assert "Needs attention" not in browser.get("/feeds/sources").words
    assert "attention" not in browser.get("/feeds").words


def test_nothing_needs_attention_where_all_is_well(editor, runtime):
    store(runtime)

    assert "attention" not in editor.get("/feeds/sources").words
    assert "attention" not in editor.get("/feeds").words
