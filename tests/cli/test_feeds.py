import dataclasses
import json
from datetime import timedelta

import pytest

from kb.clock import utcnow
from kb.feeds import opml, sources
from kb.feeds.fetch import Fetcher
from kb.feeds.models import State
from kb.feeds.reading import Reader
from tests.apps import create_app
from tests.factories import NOW, make_council, make_entry, make_source
from tests.feeds.asking import blog
from tests.pages import Browser
from tests.services.feedserver import serve
from tests.services.feedtexts import as_page, feed_link

LONG_AGO = NOW - timedelta(days=365)


@pytest.fixture(scope="module")
def reader():
    reader = Reader()
    yield reader
    reader.close()


@pytest.fixture
def web():
    with serve({}) as server:
        yield server


@pytest.fixture
def run(runtime, web, reader):
    """Run `flask feeds ...` where only the test's own server may be asked."""
    fetcher = Fetcher(contact="tests@example.org", allow=frozenset({web.address}))
    app = create_app(dataclasses.replace(runtime, fetcher=fetcher, reader=reader))
    runner = app.test_cli_runner()
    return lambda *args, **given: runner.invoke(args=["feeds", *map(str, args)], **given)


@pytest.fixture
def known(runtime):
    """Every source as the database knows it."""

    def read():
        with runtime.database.reading() as session:
            return sources.everyone(session)

    return read


@pytest.fixture
def follow(runtime):
    def add(**values):
        with runtime.database.transaction() as session:
            return make_source(session, **values).id

    return add


def test_a_source_is_shown_and_added(run, web, known, runtime):
    web.routes["/feed"] = blog("Scrutiny")
    with runtime.database.transaction() as session:
        make_council(session, code="KIR")

    result = run("add", web.url("/feed"), "--council", "kir", "--name", "Kirklees", "--yes")

    (source,) = known()
    assert result.exit_code == 0
    assert "This is a feed: “Scrutiny”." in result.stdout
    assert "2026-11-20  Post 0" in result.stdout
    assert f"Added “Kirklees” as number {source.id}" in result.stdout
    assert source.council.code == "KIR"


def test_a_source_of_no_council_is_added_with_its_nation(run, web, known):
    web.routes["/feed"] = blog()

    wrong = run("add", web.url("/feed"), "--nation", "Atlantis", "--yes")
    added = run("add", web.url("/feed"), "--nation", "northern ireland", "--yes")

    assert "'Atlantis' is not one of" in wrong.stderr
    assert added.exit_code == 0
    assert [source.nation for source in known()] == ["Northern Ireland"]


def test_nothing_is_added_unless_somebody_says_yes(run, web, known):
    web.routes["/feed"] = blog()

    no = run("add", web.url("/feed"), input="n\n")
    yes = run("add", web.url("/feed"), input="y\n")

    assert (no.exit_code, yes.exit_code) == (1, 0)
    assert len(known()) == 1


def test_one_of_several_is_picked_or_asked_for(run, web, known):
    web.routes["/"] = as_page("A site", head=feed_link("/a") + feed_link("/b"))
    web.routes.update({"/a": blog("A"), "/b": blog("B", first=10)})

    wrong = run("add", web.url("/"), "--pick", 3, "--yes")
    picked = run("add", web.url("/"), "--pick", 2, "--yes")
    asked = run("add", web.url("/"), "--yes", input="1\n")

    assert "There is no number 3: choose from 1 to 2." in wrong.stderr
    assert (picked.exit_code, asked.exit_code) == (0, 0)
    assert [source.name for source in known()] == ["A", "B"]


@pytest.mark.parametrize(
    ("address", "words"),
    [("x.com/council", "X does not let"), ("hello there", "words and not an address")],
)
def test_what_cannot_be_followed_is_told_in_a_sentence(run, address, words):
    result = run("add", address, "--yes")

    assert result.exit_code == 1
    assert words in result.output
    assert "Traceback" not in result.output


def test_an_empty_feed_says_so(run, web):
    web.routes["/feed"] = blog()
    web.routes["/feed"] = dataclasses.replace(
        web.routes["/feed"], body=b"<rss version='2.0'><channel><title>New</title></channel></rss>"
    )

    assert "It holds no entry yet." in run("add", web.url("/feed"), "--yes").stdout


def test_the_list_gives_states_and_errors(run, follow):
    follow(name="B", state=State.FAILING, last_error="No answer.")
    follow(name="A", problems="It stops in the middle.")

    lines = run("list").stdout.splitlines()
    rows = json.loads(run("list", "--json").stdout)

    assert [line.split()[1:3] for line in lines[:4:2]] == [["ok", "A"], ["failing", "B"]]
    assert [line.strip() for line in lines[1:4:2]] == ["It stops in the middle.", "No answer."]
    assert lines[4] == "2 sources."
    assert [row["problems"] for row in rows] == ["It stops in the middle.", ""]


def test_the_list_marks_what_needs_attention(run, follow):
    days_ago = utcnow() - timedelta(days=3, minutes=1)
    follow(name="B", state=State.FAILING, failures=9, failing_since=days_ago)

    lines = run("list").stdout.splitlines()
    (row,) = json.loads(run("list", "--json").stdout)

    assert lines[1].strip() == f"Needs attention since {days_ago:%-d %B %Y}."
    assert lines[2] == "1 source. Needing attention: 1."
    assert row["needs_attention"] is True
    assert row["failing_since"] == days_ago.isoformat()


def test_the_list_as_json_gives_everything(run, runtime):
    with runtime.database.transaction() as session:
        make_entry(session, make_source(session, name="A", council=make_council(session)))

    (row,) = json.loads(run("list", "--json").stdout)

    assert (row["name"], row["state"], row["entries"], row["last_error"]) == ("A", "ok", 1, "")
    assert row["added_at"] == NOW.isoformat()
    assert row["heard_at"] is None
    assert row["council"]


def test_a_probe_switches_on_what_answers(run, web, follow, known):
    web.routes["/feed"] = blog()
    web.routes["/"] = as_page("A site", head=feed_link("/other"))
    web.routes["/other"] = blog(first=10)
    follow(name="1", feed_url=web.url("/feed"), state=State.OFF)
    follow(name="2", feed_url=web.url("/"), state=State.OFF)
    follow(name="3", feed_url=web.url("/gone"), state=State.OFF)
    follow(name="4", feed_url=web.url("/paused"), state=State.PAUSED)

    result = run("probe")

    first, second, third, fourth = known()
    assert result.stdout == "3 sources probed: 2 on, 1 still off.\n"
    assert [first.state, second.state, third.state] == [State.OK, State.OK, State.OFF]
    assert second.feed_url == web.url("/other")
    assert third.last_error
    assert fourth.state is State.PAUSED
    assert web.hits("/feed") == 1


def test_a_probe_may_be_for_one_source_only(run, web, follow, known):
    web.routes["/feed"] = blog()
    first = follow(name="1", feed_url=web.url("/feed"), state=State.OFF)
    follow(name="2", feed_url=web.url("/two"), state=State.OFF)

    result = run("probe", first)

    assert result.stdout == "1 source probed: 1 on, 0 still off.\n"
    assert web.hits("/two") == 0
    assert "no source with the number 4711" in run("probe", 4711).stderr


def test_what_is_due_is_refreshed(run, web, follow):
    web.routes["/feed"] = blog()
    follow(feed_url=web.url("/feed"), due_at=LONG_AGO)

    first, again = run("refresh"), run("refresh")

    assert first.stdout == "1 source refreshed: 2 new entries, 0 changed, 0 sources failed.\n"
    assert again.stdout == "No source is due.\n"


def test_everything_or_one_source_can_be_refreshed_before_it_is_due(run, web, follow):
    web.routes["/feed"] = blog()
    source = follow(feed_url=web.url("/feed"), due_at=LONG_AGO)
    run("refresh")

    everything, one = run("refresh", "--all"), run("refresh", source)

    assert everything.stdout.startswith("1 source refreshed: 0 new entries")
    assert one.stdout.startswith("1 source refreshed: 0 new entries")


def test_lists_come_in_and_go_out(run, follow, known, tmp_path):
    follow(name="Ours", feed_url="https://a.example/feed")
    path, copy = tmp_path / "list.opml", tmp_path / "copy.opml"

    exported = run("export-opml", path)
    path.write_bytes(path.read_bytes().replace(b"</body>", NEW + b"</body>"))
    imported = run("import-opml", path)
    run("export-opml", copy)

    assert exported.stdout == "1 source exported.\n"
    assert imported.stdout.startswith("1 new source, 1 known already.")
    assert [source.state for source in known()] == [State.OFF, State.OK]
    assert [outline.title for outline in opml.read(copy.read_bytes()).outlines] == ["New", "Ours"]


NEW = b'<outline text="New" xmlUrl="https://b.example/feed"/>'


def test_a_file_that_cannot_be_written_is_told_in_a_line(run):
    result = run("export-opml", "/nonexist/list.opml")

    assert result.exit_code == 1
    assert (
        result.stderr
        == "Error: /nonexist/list.opml cannot be written: No such file or directory.\n"
    )


def test_both_lists_of_ours_hold_the_same(run, follow, runtime):
    for state in State:
        follow(name=state.value, state=state)
    follow(name="Sample", is_sample=True)

    named = opml.read(run("export-opml").stdout.encode()).outlines
    paged = opml.read(Browser(create_app(runtime)).response("/feeds/sources.opml").data).outlines

    assert [each.title for each in named] == [each.title for each in paged]
    assert {each.title for each in named} == {*State} - {State.RETIRED}


def test_a_source_is_put_right(run, follow, known, runtime):
    with runtime.database.transaction() as session:
        make_council(session, short_name="Bristol", name="Bristol City Council")
    number, after = follow(name="A", organisation="B"), follow(name="Z")

    named = run("edit", number, "--council", "bristol", "--kind", "news", "--successor", after)
    unknown = run("edit", number, "--council", "Atlantis")
    elsewhere = run("edit", number, "--nation", "scotland")
    alone = run("edit", number, "--council", "", "--successor", 0)
    moved = run("edit", number, "--nation", "wales")
    nowhere = run("edit", number, "--nation", "")

    assert named.stdout == "“A” is put right: Bristol City Council, news, en.\n"
    assert "We know no council of that name." in unknown.stderr
    assert "Bristol City Council is in England, not in Scotland." in elsewhere.stderr
    assert alone.stdout == "“A” is put right: B (England), news, en.\n"
    assert moved.stdout == "“A” is put right: B (Wales), news, en.\n"
    assert nowhere.stdout == "“A” is put right: B, news, en.\n"
    assert known()[0].successor_id is None


def test_what_is_on_our_list_is_told_before_it_is_added(run, web, follow):
    web.routes["/feed"] = blog()
    number = follow(name="Ours", feed_url=web.url("/feed/?utm_source=x"), state=State.OFF)

    result = run("add", web.url("/feed"), "--yes")

    assert f"list as “Ours”, switched off. Its number is {number}." in result.stdout
    assert "Probe it to switch it on." in result.stderr


def test_a_list_goes_to_standard_output_alone(run, follow):
    follow(name="Ours")

    result = run("export-opml")

    assert opml.read(result.stdout.encode()).outlines[0].title == "Ours"
    assert result.stderr == "1 source exported.\n"


def test_bad_lines_of_a_list_are_named_and_the_good_ones_kept(run, known, tmp_path):
    path = tmp_path / "list.opml"
    path.write_bytes(b"<opml><body>" + NEW + b'<outline text="Bad"/></body></opml>')

    result = run("import-opml", path)

    assert result.stderr.splitlines()[-1] == "Line 1: “Bad” has no address of a feed."
    assert [(source.name, source.kind) for source in known()] == [("New", "blog")]


def test_what_is_no_list_is_told(run, tmp_path):
    path = tmp_path / "list.opml"
    path.write_text("hello")

    result = run("import-opml", path)

    assert result.exit_code == 1
    assert "This is not an OPML file." in result.stderr


def test_a_source_is_retired_with_a_successor(run, follow, known):
    old, new = follow(name="Old"), follow(name="New")

    result = run("retire", old, "--reason", "Moved to Medium.", "--successor", new)

    assert result.stdout == "“Old” is retired; its entries stay. “New” follows it.\n"
    assert [source.state for source in known()] == [State.OK, State.RETIRED]


def test_a_source_that_was_retired_is_followed_again(run, follow, known):
    number = follow(name="Old", state=State.RETIRED, reason="Over.")

    result = run("resume", number)

    assert result.stdout == "“Old” is followed again.\n"
    assert [(source.state, source.reason) for source in known()] == [(State.OK, "")]


@pytest.mark.parametrize(
    ("command", "values", "why"),
    [
        ("probe", {}, "is switched on already."),
        ("probe", {"state": State.PAUSED}, "is paused; `feeds resume {id}` follows it again."),
        ("probe", {"state": State.RETIRED}, "is retired; `feeds resume {id}` follows it again."),
        ("probe", {"state": State.MOVED}, "has moved; `feeds resume {id}` follows it again."),
        ("probe", {"is_sample": True}, "is a sample: it is read from a file"),
        ("refresh", {"state": State.RETIRED}, "is retired; `feeds resume {id}` follows it"),
        ("refresh", {"is_sample": True}, "is a sample: it is read from a file"),
    ],
)
def test_what_is_passed_over_is_told_why(run, follow, command, values, why):
    number = follow(name="Ours", **values)

    result = run(command, number)

    assert f"“Ours” (number {number}) {why.format(id=number)}" in result.stderr
    assert result.stdout == ""


def test_what_the_worker_reads_at_this_moment_is_told(run, follow):
    number = follow(lease="worker", leased_until=utcnow() + timedelta(days=1))

    result = run("refresh", number)

    assert "1 source passed over: the worker reads it at this moment." in result.stderr
