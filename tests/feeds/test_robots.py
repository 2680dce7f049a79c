"""What a site asks programs to leave alone is left alone."""

import pytest

from kb.feeds.robots import MOST_SITES, Rules, asks_to_be_left

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


@pytest.mark.parametrize(
    ("rules", "path", "may_read"),
    [
        ("Disallow: */feed/*", "/body/feed/leeds", False),
        ("Disallow: */feed/*", "/body/leeds", True),
        ("Disallow: /*.pdf$", "/a.pdf", False),
        ("Disallow: /*.pdf$", "/a.pdf?page=2", True),
        ("Disallow: /a$", "/a", False),
        ("Disallow: /a$", "/ab", True),
        ("Disallow: /*a*b$", "/ab-ab", False),
        ("Disallow: /ab*b$", "/ab", True),
        ("Disallow: /*?print=", "/page?print=1", False),
        ("Disallow: /caf%C3%A9", "/café", False),
        ("Allow: /\nDisallow: /private", "/private/1", False),
        ("Disallow: /private\nAllow: /private/news", "/private/news/1", True),
        ("Disallow: /news\nAllow: /news", "/news", True),
        ("Disallow:", "/", True),
        ("Disallow: /#all of it", "/x", False),
        ("Crawl-delay: 5\nSitemap: https://example.org/x.xml", "/", True),
        ("Disallow: /" + "*a" * 2_000 + "$", "/" + "a" * 1_999 + "b", True),
    ],
)
def test_the_longest_rule_that_fits_counts(rules, path, may_read):
    wishes = Rules()
    wishes.learn(SITE, f"User-agent: *\n{rules}", 0.0)

    assert wishes.may_read(SITE, f"https://example.org{path}") is may_read


def test_rules_may_be_for_several_programs_at_once():
    rules = Rules()
    rules.learn(SITE, "User-agent: a\nUser-agent: scrutinyswap/2\nDisallow: /x\n" + WISHES, 0.0)

    assert not rules.may_read(SITE, "https://example.org/x")
    assert not rules.may_read(SITE, "https://example.org/not-you")
    assert rules.may_read(SITE, "https://example.org/private")


@pytest.mark.parametrize(
    ("said", "asks"),
    [
        ("noindex", True),
        ("NOARCHIVE, NoIndex", True),
        ("none", True),
        ("noai, noimageai", True),
        ("nofollow\nnoindex", True),
        ("scrutinyswap: noindex", True),
        ("unavailable_after: 25 Jun 2030 15:00:00 GMT, noindex", True),
        ("", False),
        ("index, follow", False),
        ("nofollow, noarchive, nosnippet, max-image-preview:large", False),
        ("googlebot: noindex, none", False),
        ("googlebot: noindex\nnoarchive", False),
    ],
)
def test_a_page_may_ask_to_be_left_alone(said, asks):
    assert asks_to_be_left(said) is asks
