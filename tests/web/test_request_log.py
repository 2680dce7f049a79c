import json

import pytest


@pytest.fixture
def written(capsys):
    """The paths of the requests that were logged so far."""

    def written():
        lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
        return [line["path"] for line in lines if line.get("event") == "request"]

    return written


def test_a_request_is_one_line(browser, written):
    browser.response("/nothing-here?secret=1")

    assert written() == ["/nothing-here"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/j/ABCDEF/state"])
def test_what_is_asked_all_the_time_is_not_written_down(browser, written, path):
    browser.response(path)

    assert written() == []
