"""Turns are taken one at a time, not too often, and not where we are asked to stay away."""

from kb.feeds.politeness import Politeness

SITE = "blog.example.org:443"


def test_one_visitor_at_a_time():
    politeness = Politeness()

    first, second = politeness.claim(SITE, 0.0), politeness.claim(SITE, 0.0)
    politeness.leave(SITE)

    assert first == 0
    assert second > 0
    assert politeness.claim(SITE, 0.0) == 0


def test_another_site_does_not_wait():
    politeness = Politeness()
    politeness.claim(SITE, 0.0)

    assert politeness.claim("other.example.org:443", 0.0) == 0


def test_turns_run_out_and_come_back():
    politeness = Politeness(every_s=2, burst=3)
    for _ in range(3):
        assert politeness.claim(SITE, 10.0) == 0
        politeness.leave(SITE)

    assert 1.9 < politeness.claim(SITE, 10.0) < 2.1
    assert politeness.claim(SITE, 12.1) == 0


def test_asking_how_long_takes_no_turn():
    politeness = Politeness(every_s=2, burst=1)

    assert politeness.wait(SITE, 0.0) == 0
    assert politeness.claim(SITE, 0.0) == 0


def test_turns_do_not_pile_up():
    politeness = Politeness(every_s=1, burst=2)
    politeness.claim(SITE, 0.0)
    politeness.leave(SITE)
    for _ in range(2):
        assert politeness.claim(SITE, 9999.0) == 0
        politeness.leave(SITE)

    assert politeness.claim(SITE, 9999.0) > 0


def test_a_free_place_has_as_many_turns_as_it_likes_one_at_a_time():
    politeness = Politeness(burst=1, free={SITE})
    for _ in range(50):
        assert politeness.claim(SITE, 0.0) == 0
        politeness.leave(SITE)
    politeness.claim(SITE, 0.0)

    assert politeness.claim(SITE, 0.0) > 0


def test_a_site_that_wants_no_visit_is_left_alone_for_as_long_as_it_says():
    politeness = Politeness()
    politeness.stay_away(SITE, 120, 1000.0)
    politeness.stay_away(SITE, 10, 1000.0)

    assert politeness.away_s(SITE, 1100.0) == 20
    assert politeness.away_s(SITE, 1121.0) == 0
    assert politeness.away_s("other.example.org:443", 1100.0) == 0


def test_a_free_place_only_speaks_for_the_one_address():
    politeness = Politeness(free={SITE})
    politeness.stay_away(SITE, 120, 1000.0)

    assert politeness.away_s(SITE, 1000.0) == 0


def test_leaving_a_site_that_was_never_visited_is_no_harm():
    politeness = Politeness()

    politeness.leave(SITE)

    assert politeness.claim(SITE, 0.0) == 0


def test_rested_sites_are_forgotten_before_memory_runs_full():
    politeness = Politeness(most_sites=3)
    politeness.claim("busy:443", 0.0)
    politeness.stay_away("away:443", 9999, 0.0)
    politeness.wait("rested:443", 0.0)

    politeness.wait("new:443", 1000.0)

    assert politeness.sites == {"busy:443", "away:443", "new:443"}
