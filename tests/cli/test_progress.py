from kb.cli.progress import bar, watched_index
from kb.search.engine import Document, Query

DOCUMENT = Document(key="a:1", kind="tip-card", title="Ask early")


def test_a_watched_index_is_the_same_index(runtime):
    with watched_index(runtime, total=1) as watched:
        watched.search.put([DOCUMENT])

        assert watched.search.count() == runtime.search.count() == 1
        assert watched.search.suggest("ask") == ("Ask early",)
        assert watched.search.search(Query(text="ask")).total == 1
        watched.search.remove(["a:1"])
        assert runtime.search.count() == 0
        assert watched.search.replace([DOCUMENT]) == 1


def test_without_a_terminal_nothing_is_shown(capsys):
    with bar("Reading", unit=" lines") as moving:
        assert list(moving.watch("abc")) == ["a", "b", "c"]

    assert capsys.readouterr() == ("", "")
