import json
import logging

import pytest

from kb import logs


@pytest.fixture
def lines(capsys):
    """What was logged since the last look, one object a line."""
    logs.configure()
    return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_says_when_how_bad_what_and_where(lines):
    logs.get("feeds").warning("feed failed", feed=7)

    [line] = lines()

    assert line.pop("time").endswith("Z")
    assert line == {"level": "warning", "event": "feed failed", "part": "feeds", "feed": 7}


def test_lines_of_libraries_look_the_same(lines):
    logging.getLogger("some.library").warning("Disk %s is full.", "A")

    [line] = lines()

    assert (line["level"], line["event"]) == ("warning", "Disk A is full.")


def test_configuring_twice_does_not_say_things_twice(lines):
    logs.configure()

    logging.getLogger("some.library").error("Once.")

    assert len(lines()) == 1


@pytest.mark.parametrize("logger", [logs.get("web"), logging.getLogger("kb")])
def test_an_exception_tells_its_place_and_none_of_its_words(lines, logger):
    try:
        raise_with_personal_data()
    except RuntimeError:
        logger.exception("Something broke.")

    [line] = lines()

    assert "alex@example.org" not in json.dumps(line)
    assert line["exception"][-1] == "builtins.RuntimeError"
    assert "builtins.ValueError" in line["exception"]
    assert "raise_with_personal_data" in line["exception"][0]


def test_an_exception_can_be_given(lines):
    logs.get("web").warning("Something broke.", exc_info=KeyError("alex@example.org"))

    assert lines()[0]["exception"] == ["builtins.KeyError"]


def test_requests_are_not_logged_with_addresses(lines):
    logging.getLogger("werkzeug").info('192.0.2.7 - - [now] "GET /search?q=secret HTTP/1.1" 200')

    assert lines() == []


def raise_with_personal_data():
    try:
        int("alex@example.org")
    except ValueError as error:
        raise RuntimeError("alex@example.org") from error
