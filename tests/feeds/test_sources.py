from datetime import timedelta

import pytest

from kb.errors import Conflict, Invalid, NotFound
from kb.feeds import known, listing, sources
from kb.feeds.models import SourceAlias, State
from kb.feeds.opml import Outline
from kb.feeds.sources import Probe
from kb.feeds.types import Candidate, Platform
from tests.factories import NOW, make_council, make_source

FEED = "https://blog.example/feed"


def candidate(url=FEED, **values):
    given = {"title": " A  blog ", "platform": Platform.WORDPRESS, "kind": "blog"}
    return Candidate(url=url, **given | values)


def follow(session, url=FEED, **values):
    return sources.add(session, candidate(url), now=NOW, **values)


def take(session, url=FEED, **values):
    outline = Outline(title="A list's blog", feed_url=url, **values)
    return next(iter(listing.take(session, [outline], now=NOW)), None)


def test_a_source_is_followed_at_once(session):
    source = follow(session)

    assert (source.name, source.kind, source.language) == ("A blog", "blog", "en")
    assert (source.state, source.due_at, source.added_at) == (State.OK, NOW, NOW)


def test_a_source_knows_its_council_and_nation(session):
    council = make_council(session, code="KIR")

    source = follow(session, council=council, name="Kirklees", kind="news", language="cy")

    assert (source.council, source.nation) == (council, "England")
    assert (source.name, source.kind, source.language) == ("Kirklees", "news", "cy")


def test_a_source_of_no_council_may_be_of_a_nation(session):
    kirklees = make_council(session, name="Kirklees Council")
    source = follow(session, nation="Wales", organisation="Audit Wales")
    said = {"name": "A", "organisation": "", "kind": "blog", "language": "en", "successor": None}

    def correct(council, nation):
        sources.correct(session, source, council=council, nation=nation, **said)
        return source.nation

    assert source.nation == "Wales"
    assert correct(kirklees, "Wales") == "England"  # what stood there is no second opinion
    with pytest.raises(Invalid, match=r"is in England, not in Scotland\."):
        correct(kirklees, "Scotland")
    assert (correct(None, "England"), correct(None, "")) == ("England", "")
    with pytest.raises(Invalid, match=r"is in England, not in Wales\."):
        follow(session, "https://b.example/feed", council=kirklees, nation="Wales")
    with pytest.raises(Invalid, match="“Mars” is not one of England, Wales"):
        correct(None, "Mars")


def test_nothing_is_followed_twice(session):
    source = follow(session)
    session.add(SourceAlias(url="https://old.example/feed", source_id=source.id))
    session.flush()

    with pytest.raises(Conflict, match=f"already as “A blog”. Its number is {source.id}."):
        follow(session)
    with pytest.raises(Conflict, match="already"):
        follow(session, "https://old.example/feed")


def test_what_is_switched_off_or_retired_says_so(session):
    take(session)
    other = follow(session, "https://other.example/feed")
    sources.retire(session, other, reason="It is over.")

    with pytest.raises(Conflict, match="Probe it"):
        follow(session)
    with pytest.raises(Conflict, match="retired it"):
        follow(session, "https://other.example/feed")


def test_words_that_we_do_not_know_are_refused(session):
    with pytest.raises(Invalid) as caught:
        follow(session, kind="rumour", language="fr")

    assert set(caught.value.problems) == {"kind", "language"}


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        (FEED, "blog"),
        ("https://www.youtube.com/feeds/videos.xml?channel_id=UC1", "video"),
        ("https://name.substack.com/feed", "newsletter"),
    ],
)
@pytest.mark.parametrize("given", ["", "  "])
def test_no_source_is_without_a_kind(session, url, kind, given):
    added = sources.add(session, candidate(url, kind=""), kind=given, now=NOW)
    session.delete(added)
    session.flush()

    assert added.kind == kind
    assert take(session, url).kind == kind


def test_addresses_are_known_under_all_their_names(session):
    source = follow(session)
    session.add(SourceAlias(url="https://old.example/feed", source_id=source.id))
    session.flush()

    urls = [FEED, "https://old.example/feed", "https://new.example/feed"]

    assert known.by_addresses(session, urls) == dict.fromkeys(urls[:2], source)
    assert known.by_addresses(session, []) == {}


@pytest.mark.parametrize(
    ("values", "needs"),
    [
        ({"state": State.FAILING, "failing_since": NOW - timedelta(days=3)}, True),
        ({"state": State.FAILING, "failing_since": NOW - timedelta(days=2, hours=23)}, False),
        ({"state": State.PAUSED, "failing_since": NOW, "failures": 1}, True),
        ({"state": State.PAUSED}, False),
        ({"state": State.RETIRED, "failing_since": NOW - timedelta(days=9)}, False),
        ({"state": State.OK}, False),
    ],
)
def test_editors_are_told_of_what_fails_for_three_days_or_was_given_up(session, values, needs):
    source = make_source(session, **values)

    assert sources.needs_attention(source, now=NOW) is needs
    assert sources.troubled(session, now=NOW) == [source] * needs


def test_the_longest_in_trouble_comes_first(session):
    for days in (4, 9, 5):
        since = NOW - timedelta(days=days)
        make_source(session, name=str(days), state=State.FAILING, failing_since=since)

    assert [each.name for each in sources.troubled(session, now=NOW)] == ["9", "5", "4"]


def test_what_an_editor_paused_needs_no_attention(session):
    source = make_source(session, state=State.FAILING, failures=9, failing_since=NOW)

    sources.pause(session, source, reason="They are on holiday.")

    assert not sources.needs_attention(source, now=NOW + timedelta(days=9))


def test_sources_are_found_by_number_and_by_what_they_are(session):
    council = make_council(session)
    first = follow(session, name="b", council=council)
    second = follow(session, "https://x.example/feed", name="A", kind="news")

    assert sources.everyone(session) == [second, first]
    assert sources.everyone(session, council=council) == [first]
    assert sources.everyone(session, kind="news") == [second]
    assert sources.everyone(session, platform=Platform.MEDIUM) == []
    assert sources.everyone(session, states=sources.FOLLOWED) == [second, first]
    assert sources.some(session, [second.id, first.id, second.id]) == [second, first]
    assert sources.entry_counts(session) == {}
    with pytest.raises(NotFound):
        sources.get(session, 4711)


def test_a_list_brings_sources_switched_off(session):
    council = make_council(session)

    source = take(session, category=council.slug, language="cy")
    again = take(session)

    assert (source.state, source.council, source.language) == (State.OFF, council, "cy")
    assert again is None


def test_a_folder_that_is_a_nation_counts_as_one(session):
    assert take(session, folder="Wales").nation == "Wales"
    assert take(session, "https://b.example/feed", folder="Mine").nation == ""


def test_a_probe_switches_on_what_was_read(session):
    source = take(session)

    is_on = sources.probed(session, source, Probe(feed_url="https://b.example/feed"), now=NOW)

    assert is_on
    assert (source.state, source.reason) == (State.OK, "")
    assert source.feed_url == "https://b.example/feed"


def test_a_probe_keeps_the_reason_of_what_was_not(session):
    source = take(session)

    is_on = sources.probed(session, source, Probe(error="There is nothing here."), now=NOW)

    assert not is_on
    assert (source.state, source.last_error) == (State.OFF, "There is nothing here.")
    assert sources.health(source, now=NOW).reason == "There is nothing here."


def test_a_probe_that_finds_another_source_says_which(session):
    follow(session, name="The blog")
    source = take(session, "https://page.example/")

    assert not sources.probed(session, source, Probe(feed_url=FEED), now=NOW)
    assert source.reason == "Its feed is the one that we follow as “The blog”."


def test_a_probe_leaves_alone_what_is_on_or_retired(session):
    source, retired = follow(session), follow(session, "https://b.example/feed")
    sources.retire(session, retired, reason="Over.")

    assert sources.probed(session, source, Probe(error="No."), now=NOW)
    assert not sources.probed(session, retired, Probe(), now=NOW)
    assert (source.state, retired.state) == (State.OK, State.RETIRED)


def test_retiring_keeps_a_reason_and_a_successor(session):
    source, successor = follow(session), follow(session, "https://medium.com/feed/@x")

    sources.retire(session, source, reason=" Moved to\nMedium. ", successor=successor)

    assert (source.state, source.reason) == (State.RETIRED, "Moved to Medium.")
    assert source.successor_id == successor.id


def test_retiring_needs_a_reason_and_no_circle(session):
    source, successor = follow(session), follow(session, "https://medium.com/feed/@x")
    sources.retire(session, source, reason="Moved.", successor=successor)

    with pytest.raises(Invalid, match="Say why"):
        sources.retire(session, successor, reason=" ")
    with pytest.raises(Invalid, match="by itself"):
        sources.retire(session, successor, reason="Moved back.", successor=source)


def test_a_paused_source_can_be_resumed(session):
    source = follow(session)
    source.failures, source.last_error = 60, "No answer."

    sources.pause(session, source, reason="It failed 60 times.")
    paused = source.state
    sources.resume(session, source, now=NOW + timedelta(days=1))

    assert paused is State.PAUSED
    assert (source.state, source.failures, source.last_error) == (State.OK, 0, "")
    assert source.due_at == NOW + timedelta(days=1)


def test_samples_and_what_nobody_probed_are_never_resumed_and_the_retired_never_paused(session):
    sample, retired = follow(session), follow(session, "https://b.example/feed")
    off = follow(session, "https://c.example/feed")
    sample.is_sample, off.state = True, State.OFF
    sources.retire(session, retired, reason="Over.")

    with pytest.raises(Conflict, match="sample"):
        sources.resume(session, sample, now=NOW)
    with pytest.raises(Conflict, match="Probe it"):
        sources.resume(session, off, now=NOW)
    with pytest.raises(Conflict, match="retired"):
        sources.pause(session, retired, reason="x")


def test_a_retirement_can_be_undone(session):
    source, after = follow(session), follow(session, "https://b.example/feed")
    sources.retire(session, source, reason="Over.", successor=after)

    with pytest.raises(Conflict, match="You can follow it again"):
        follow(session)
    sources.resume(session, source, now=NOW)

    assert (source.state, source.reason, source.successor_id) == (State.OK, "", None)


def test_a_new_source_is_asked_within_minutes(session):
    health = sources.health(follow(session), now=NOW)

    assert health.state == "Working"
    assert health.heard == "We have not heard from it yet."
    assert health.next == "We ask it within minutes."
    assert health.reason == ""


@pytest.mark.parametrize(
    ("values", "reason", "then"),
    [
        ({"state": State.OFF}, sources.NOT_PROBED, "stays off"),
        ({"state": State.QUIET, "newest_at": NOW - timedelta(days=90)}, "90 days ago", "2 hours"),
        ({"state": State.FAILING, "last_error": "No answer."}, "No answer.", "again in 2 hours"),
        (
            {"state": State.MOVED, "moved_to": "https://n.example/"},
            "https://n.example/",
            "the source that it moved to",
        ),
        ({"state": State.PAUSED, "reason": "It is gone."}, "It is gone.", "editor resumes"),
        ({"state": State.RETIRED, "reason": "Over."}, "Over.", "any more"),
        ({"is_sample": True}, "", "comes with the site"),
    ],
)
def test_health_says_why_and_what_next(session, values, reason, then):
    source = follow(session)
    source.checked_at, source.due_at = NOW, NOW + timedelta(hours=2)
    for name, value in values.items():
        setattr(source, name, value)

    health = sources.health(source, now=NOW)

    assert reason in health.reason
    assert then in health.next


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=23), "23 hours ago"),
        (timedelta(days=1200), "1,200 days ago"),
    ],
)
def test_spans_are_told_in_words(span, words):
    assert sources.ago(NOW - span, NOW) == words


def test_what_we_heard_is_dated(session):
    source = follow(session)
    source.heard_at = NOW - timedelta(days=3)

    assert sources.health(source, now=NOW).heard == "Last heard from 3 days ago."
