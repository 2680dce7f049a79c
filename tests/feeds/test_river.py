from datetime import timedelta

import pytest

from kb.errors import NotFound
from kb.feeds import river, sources, stories
from kb.feeds.river import Filters
from kb.feeds.types import Platform
from tests.factories import NOW, make_council, make_entry, make_lead, make_source, make_term


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


def test_counts_agree_with_the_pages_that_they_promise(session):
    council = make_council(session, code="SWA")
    for nation, platform, theme in (
        ("Wales", Platform.MASTODON, "bus"),
        ("Wales", Platform.BLOGGER, "housing"),
        ("England", Platform.MASTODON, "bus"),
    ):
        source = make_source(session, nation=nation, platform=platform, council=council)
        make_entry(session, source, themes=[theme])
    chosen = Filters(nation=frozenset({"Wales"}), theme=frozenset({"bus"}))

    for facet, counts in river.counts(session, chosen).items():
        for value, number in counts.items():
            assert river.total(session, chosen.with_only(facet, [value])) == number


def test_only_what_some_source_has_can_be_asked_for(session):
    make_term(session, "theme", "bus", label="Buses")
    make_source(session, council=make_council(session, code="SWA", short_name="Swansea"))
    make_source(session, nation="", kind="odd", platform=Platform.YOUTUBE)
    words = river.words(session)
    args = {"council": ["SWA", "XXX"], "theme": ["bus", "none"], "nation": [""], "q": ["x"]}

    filters = river.read(args, words)

    assert words["council"] == {"SWA": "Swansea"}
    assert words["nation"] == {"England": "England"}
    assert words["kind"] == {"blog": "Blog", "odd": "Odd"}
    assert words["platform"] == {"website": "Website", "youtube": "YouTube"}
    assert filters == Filters(council=frozenset({"SWA"}), theme=frozenset({"bus"}))
    assert river.write(filters) == [("council", "SWA"), ("theme", "bus")]
    assert not filters.is_empty


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


def test_leads_are_known_by_their_entries(session):
    lead = make_lead(session)
    other = make_entry(session)

    assert river.leads_of(session, [lead.entry, other]) == {lead.entry_id: lead}
    assert river.leads_of(session, []) == {}


def test_an_unknown_entry_is_not_found(session):
    with pytest.raises(NotFound):
        river.entry(session, 1)
