from datetime import timedelta

import pytest

from kb.errors import NotFound
from kb.feeds import river, sources, stories
from kb.feeds.river import Filters
from kb.feeds.types import Platform
from tests.factories import NOW, make_council, make_entry, make_source, make_term


def titles(entries):
    return [entry.title for entry in entries]


def test_entries_come_newest_first_and_equal_times_by_number(session):
    source = make_source(session)
    for title, age in (("old", 2), ("same-1", 1), ("same-2", 1), ("new", 0)):
        make_entry(session, source, title=title, published_at=NOW - timedelta(days=age))

    assert titles(river.page(session, limit=10)) == ["new", "same-2", "same-1", "old"]


def test_pages_follow_each_other_without_gap_or_repetition(session):
    source = make_source(session)
    for number in range(7):
        make_entry(session, source, title=str(number))
    seen, before = [], None

    while found := river.page(session, limit=3, before=before):
        seen, before = [*seen, *titles(found)], found[-1].id

    assert seen == list("6543210")


def test_a_story_is_shown_once_and_a_hidden_one_not_at_all(session):
    make_entry(session, title="leads")
    make_entry(session, title="follows", leads=False)
    make_entry(session, title="hidden", is_hidden=True)

    assert titles(river.page(session, limit=10)) == ["leads"]
    assert river.total(session) == 1


def test_filters_are_any_inside_a_facet_and_every_across(session):
    welsh = make_source(session, nation="Wales", platform=Platform.MASTODON)
    english = make_source(session, nation="England", platform=Platform.MASTODON)
    scottish = make_source(session, nation="Scotland", platform=Platform.BLOGGER)
    for source in (welsh, english, scottish):
        make_entry(session, source, title=source.nation)
    both = Filters(nation=frozenset({"Wales", "Scotland"}))
    narrow = Filters(nation=both.nation, platform=frozenset({"mastodon"}))

    assert set(titles(river.page(session, both, limit=10))) == {"Wales", "Scotland"}
    assert titles(river.page(session, narrow, limit=10)) == ["Wales"]


def test_a_council_is_named_by_its_code(session):
    council = make_council(session, code="SWA")
    make_entry(session, make_source(session, council=council), title="theirs")
    make_entry(session)

    found = river.page(session, Filters(council=frozenset({"SWA"})), limit=10)

    assert titles(found) == ["theirs"]


def test_a_theme_is_found_whole_and_never_as_a_part_of_another(session):
    make_entry(session, title="bus", themes=["transport", "bus"])
    make_entry(session, title="business", themes=["business"])
    make_entry(session, title="nothing")

    found = river.page(session, Filters(theme=frozenset({"bus"})), limit=10)

    assert titles(found) == ["bus"]


@pytest.mark.parametrize("value", ["%", "_", '"', "b_s", "' OR 1=1 --", "\\"])
def test_a_filter_is_text_and_no_pattern(session, value):
    make_entry(session, themes=["bus"], purposes=["learn"])
    wild = frozenset({value})

    for filters in (Filters(theme=wild), Filters(council=wild), Filters(nation=wild)):
        assert river.page(session, filters, limit=10) == []


def test_counts_say_what_each_value_would_give(session):
    welsh = make_source(session, nation="Wales", platform=Platform.MASTODON, kind="blog")
    english = make_source(session, nation="England", platform=Platform.BLOGGER, kind="news")
    make_entry(session, welsh, themes=["housing", "bus"])
    make_entry(session, welsh, themes=["housing"])
    make_entry(session, english, themes=["bus"], purposes=["learn"])
    make_entry(session, english, leads=False)

    everything = river.counts(session)
    in_wales = river.counts(session, Filters(nation=frozenset({"Wales"})))

    assert everything == {
        "council": {},
        "nation": {"Wales": 2, "England": 1},
        "kind": {"blog": 2, "news": 1},
        "platform": {"mastodon": 2, "blogger": 1},
        "theme": {"housing": 2, "bus": 2},
        "purpose": {"learn": 1},
    }
    assert in_wales["nation"] == {"Wales": 2, "England": 1}
    assert in_wales["platform"] == {"mastodon": 2}
    assert in_wales["theme"] == {"housing": 2, "bus": 1}


CHOICES = [
    Filters(),
    Filters(nation=frozenset({"Wales"}), theme=frozenset({"bus"})),
    Filters(platform=frozenset({"mastodon"}), kind=frozenset({"news", "blog"})),
    Filters(council=frozenset({"SWA"})),
    Filters(theme=frozenset({"housing"}), purpose=frozenset({"learn"})),
]


@pytest.mark.parametrize("chosen", CHOICES)
def test_counts_agree_with_the_pages_that_they_promise(session, chosen):
    fill_with_shared_stories(session)

    shown = river.page(session, chosen, limit=100)
    assert river.total(session, chosen) == len(shown)
    assert len({entry.story_id or -entry.id for entry in shown}) == len(shown)
    for facet, counts in river.counts(session, chosen).items():
        for value, number in counts.items():
            only = chosen.with_only(facet, [value])
            assert river.total(session, only) == number
            assert len(river.page(session, only, limit=100)) == number


def fill_with_shared_stories(session):
    """Twelve sources, a story of each alone, and stories that two, three or four tell."""
    swansea, powys = make_council(session, code="SWA"), make_council(session, code="POW")
    sources = [
        make_source(session, nation=nation, platform=platform, kind=kind, council=council)
        for nation, council in (("Wales", swansea), ("Wales", powys), ("England", None))
        for platform in (Platform.MASTODON, Platform.BLOGGER)
        for kind in ("news", "blog")
    ]
    themes = ([], ["bus"], ["housing"], ["housing", "bus"])
    for number, source in enumerate(sources):
        first = make_entry(session, source, themes=themes[number % 4], purposes=["learn"])
        for step in range(number % 4):
            other = sources[(number + 1 + 3 * step) % len(sources)]
            told = make_entry(session, other, themes=themes[step], is_hidden=number == 7)
            stories.join(session, told, first)


def test_a_story_is_found_by_whoever_tells_it_and_shown_once(session):
    swansea, powys = (make_council(session, code=code) for code in ("SWA", "POW"))
    one = make_source(session, council=swansea, nation="Wales", kind="news")
    other = make_source(
        session, council=powys, nation="England", kind="blog", platform=Platform.MASTODON
    )
    first = make_entry(session, one, title="first")
    copy = make_entry(session, other, title="copy", published_at=NOW + timedelta(hours=1))
    stories.join(session, copy, first)

    for own in (
        Filters(source=other.id),
        Filters(council=frozenset({"POW"})),
        Filters(nation=frozenset({"England"})),
        Filters(kind=frozenset({"blog"})),
        Filters(platform=frozenset({"mastodon"})),
    ):
        assert titles(river.page(session, own, limit=10)) == ["copy"]
        assert river.total(session, own) == 1
    both = Filters(council=frozenset({"SWA", "POW"}))
    assert titles(river.page(session, both, limit=10)) == ["first"]
    assert titles(river.page(session, limit=10)) == ["first"]
    assert river.total(session, both) == river.total(session) == 1
    assert river.number_of_sources(session) == 2


def test_who_tells_a_story_and_is_hidden_finds_it_no_more(session):
    first, copy = make_entry(session, title="first"), make_entry(session, title="copy")
    stories.join(session, copy, first)

    river.hide(session, copy, is_hidden=True)

    assert river.page(session, Filters(source=copy.source_id), limit=10) == []
    assert river.number_of_sources(session) == 1


def test_all_that_there_is_can_be_asked_for_though_no_source_has_it(session):
    make_term(session, "theme", "bus", label="Buses")
    make_council(session, code="LDS", short_name="Leeds")
    make_source(session, nation="", kind="odd", platform=Platform.YOUTUBE)
    make_entry(session)
    words = river.words(session)
    args = {"council": ["LDS", "XXX"], "theme": ["bus", "none"], "nation": [""], "q": ["x"]}

    filters = river.read(args, words)

    assert words["council"] == {"LDS": "Leeds"}
    assert [*words["nation"]] == ["England", "Northern Ireland", "Scotland", "Wales"]
    assert {"blog": "Blog", "odd": "Odd"}.items() <= words["kind"].items()
    assert words["platform"] == {p.value: p.label for p in Platform}
    assert filters == Filters(council=frozenset({"LDS"}), theme=frozenset({"bus"}))
    assert river.write(filters) == [("council", "LDS"), ("theme", "bus")]
    assert not filters.is_empty
    assert river.page(session, filters, limit=10) == []


def test_what_there_is_not_is_named(session):
    words = river.words(session)
    args = {"council": ["XXX", "XXX", ""], "theme": ["x" * 99], "source": ["7"], "q": ["x"]}

    assert river.unknown(args, words) == [
        "We know no council with the code “XXX”.",
        f"We know no theme called “{'x' * 60}”.",
        "We know no source with the number “7”.",
    ]
    assert river.unknown({"nation": ["Wales"], "platform": ["youtube"]}, words) == []


def test_one_source_can_be_read_alone(session):
    source = make_source(session, name="Craffu")
    make_entry(session, source, title="theirs")
    make_entry(session)
    words = river.words(session)

    filters = river.read({"source": ["x", "999", str(source.id)]}, words)

    assert filters == Filters(source=source.id)
    assert titles(river.page(session, filters, limit=10)) == ["theirs"]
    assert river.write(filters) == [("source", str(source.id))]
    assert words["source"][str(source.id)] == "Craffu"
    assert filters.without("source", str(source.id)).is_empty
    assert river.number_of_sources(session) == 2


def test_a_story_whose_leader_is_hidden_is_led_by_another(session):
    first, second = make_entry(session, title="one"), make_entry(session, title="two")
    stories.join(session, second, first)

    river.hide(session, first, is_hidden=True)
    shown = river.page(session, limit=10)
    river.hide(session, second, is_hidden=True)

    assert titles(shown) == ["two"]
    assert river.page(session, limit=10) == []


def test_who_is_shown_again_leads_again(session):
    first, second = make_entry(session, title="one"), make_entry(session, title="two")
    stories.join(session, second, first)
    river.hide(session, first, is_hidden=True)
    river.hide(session, second, is_hidden=True)

    river.hide(session, second, is_hidden=False)
    one_is_hidden = river.page(session, limit=10)
    river.hide(session, first, is_hidden=False)

    assert titles(one_is_hidden) == ["two"]
    assert titles(river.page(session, limit=10)) == ["one"]


def test_a_story_without_a_visible_leader_is_led_anew_by_splitting_and_joining(session):
    hidden, told, other = (make_entry(session, title=each) for each in ("one", "two", "three"))
    stories.join(session, told, hidden)
    river.hide(session, hidden, is_hidden=True)

    stories.split(session, told)
    apart = river.page(session, limit=10)
    stories.join(session, other, hidden)

    assert {*titles(apart)} == {"two", "three"}
    assert {*titles(river.page(session, limit=10))} == {"two", "three"}


def test_what_a_retired_source_said_keeps_leading(session):
    first, second = make_entry(session, title="one"), make_entry(session, title="two")
    stories.join(session, second, first)

    sources.retire(session, first.source, reason="It is over.")

    assert titles(river.page(session, limit=10)) == ["one"]


def test_an_unknown_entry_is_not_found(session):
    with pytest.raises(NotFound):
        river.entry(session, 1)
