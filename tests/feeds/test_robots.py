"""What a site asks programs to leave alone is left alone."""

from kb.feeds.robots import MOST_SITES, Rules

SITE = "https://example.org:443"
WISHES = "User-agent: *\nDisallow: /private\n\nUser-agent: ScrutinySwap\nDisallow: /not-you\n"


def test_what_concerns_us_by_name_counts():
    rules = Rules()
    rules.learn(SITE, WISHES, 0.0)

    assert not rules.may_read(SITE, "https://example.org/not-you/1")
    assert rules.may_read(SITE, "https://example.org/blog")


def test_what_concerns_everybody_counts():
    rules = Rules()
    rules.learn(SITE, "\ufeffUser-agent: *\r\nDisallow: /\r\n", 0.0)

    assert not rules.may_read(SITE, "https://example.org/")


def test_a_site_without_wishes_may_be_read():
    rules = Rules()
    rules.learn(SITE, "<html>There is no such page.</html>", 0.0)

    assert rules.may_read(SITE, "https://example.org/")
    assert rules.may_read("https://unknown.example.org:443", "https://unknown.example.org/")


def test_wishes_are_asked_for_again_the_next_day():
    rules = Rules()
    rules.learn(SITE, WISHES, 0.0)

    assert rules.knows(SITE, 3600.0)
    assert not rules.knows(SITE, 2 * 24 * 3600.0)
    assert not rules.knows("https://unknown.example.org:443", 0.0)


def test_the_oldest_wishes_are_forgotten_first():
    rules = Rules()
    for number in range(MOST_SITES + 1):
        rules.learn(f"site {number}", "", 0.0)

    assert not rules.knows("site 0", 0.0)
    assert rules.knows("site 1", 0.0)
