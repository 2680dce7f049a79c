from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import Invalid
from kb.feeds import recipes
from kb.feeds.types import Platform

CHANNEL = "UCabcdefghijklmnopqrstuv"
MEETINGS = "https://democracy.wychmoor.gov.uk"
VIDEOS = "https://www.youtube.com/feeds/videos.xml"


def tried(pasted):
    """The first feed that each recipe would try, or what it would ask first."""
    url = recipes.address(pasted).url
    return [
        recipes.fill(recipe.asks or recipe.feeds[0], words)
        for recipe, words in recipes.matching(url)
    ]


@pytest.mark.parametrize(
    ("pasted", "url"),
    [
        ("localopolis.blogspot.com", "https://localopolis.blogspot.com/"),
        ("  <https://Blog.Example/a>  ", "https://blog.example/a"),
        ("\u200bhttps://blog.example/", "https://blog.example/"),
        ("feed:https://blog.example/x", "https://blog.example/x"),
        ("feed://blog.example/x", "https://blog.example/x"),
        ("webcal://blog.example/c", "https://blog.example/c"),
        ("http://blog.example:8080/x#part", "http://blog.example:8080/x"),
        ("https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"),
        ("https://blog.example/a%20b?q=%C3%A4", "https://blog.example/a%20b?q=%C3%A4"),
        ("127.0.0.1:8000/x", "https://127.0.0.1:8000/x"),
        ("http://[::1]/", "http://[::1]/"),
        ("@scrutiny@mastodon.social", "https://mastodon.social/@scrutiny"),
        ("acct:scrutiny@mastodon.social", "https://mastodon.social/@scrutiny"),
        ("@name.bsky.social", "https://bsky.app/profile/name.bsky.social"),
        ("at://did:plc:abc", "https://bsky.app/profile/did:plc:abc"),
        ('"https://blog.example/a"', "https://blog.example/a"),
        ("“localopolis.blogspot.com”", "https://localopolis.blogspot.com/"),
        ("(https://blog.example/a_(b)).", "https://blog.example/a_(b)"),
        ("[Our blog](https://blog.example/a)", "https://blog.example/a"),
        ("Our blog is at https://blog.example/a, please add it!", "https://blog.example/a"),
        ("We write on localopolis.blogspot.com.", "https://localopolis.blogspot.com/"),
        (
            "<p><a class=x href='https://blog.example/a?b=1&amp;c=2'>blog.example</a></p>",
            "https://blog.example/a?b=1&c=2",
        ),
        ("http//blog.example/a", "http://blog.example/a"),
        ("https;//blog.example/a", "https://blog.example/a"),
        ("https:/blog.example/a", "https://blog.example/a"),
        ("https://https://blog.example/a", "https://blog.example/a"),
        (
            "https://archive.example/http://blog.example/",
            "https://archive.example/http://blog.example/",
        ),
        ("“call-in scrutiny”", "https://news.google.com/search?q=call-in%20scrutiny"),
    ],
)
def test_what_people_paste_is_understood(pasted, url):
    assert recipes.address(pasted).url == url


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("", "Paste the address"),
        (" \n ", "Paste the address"),
        ("<?xml version='1.0'?><rss/>", "text of a feed"),
        ("x" * 3000, "too long"),
        ("two words", "words and not an address"),
        ("a.org b.org", "one address at a time"),
        ("https://a.org/x or https://b.org/y", "one address at a time"),
        ("write to first.last@wychmoor.gov.uk", "words and not an address"),
        ('"https://"', "not a whole address"),
        ("foo", "not a whole address"),
        ("https://", "not a whole address"),
        ("@foo", "may be on many sites"),
        ("officer@wychmoor.gov.uk", "e-mail address"),
        ("mailto:officer@wychmoor.gov.uk", "http:// or https://"),
        ("javascript:alert(1)", "http:// or https://"),
        ("ftp://blog.example/", "http:// or https://"),
        ("https://me:secret@blog.example/", "name and the password"),
        ("https://blog.example:99999/", "Check its spelling"),
        ("https://[::1/", "Check its spelling"),
        ("https://blog.example/\x00", "characters"),
    ],
)
def test_what_is_no_address_is_told_why(pasted, words):
    with pytest.raises(Invalid, match=words):
        recipes.address(pasted)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_sentence(text):
    with suppress(Invalid):
        url = recipes.address(text).url
        assert recipes.is_web_address(url)
        assert url.isascii()


@pytest.mark.parametrize(
    ("pasted", "feed"),
    [
        ("x.blogspot.com/2020/01/a.html", "https://x.blogspot.com/feeds/posts/default"),
        (
            "https://x.blogspot.co.uk/search/label/Call-in",
            "https://x.blogspot.co.uk/feeds/posts/default/-/Call-in",
        ),
        ("https://x.wordpress.com/2020/01/a-post/", "https://x.wordpress.com/feed/"),
        ("x.wordpress.com/category/scrutiny/", "https://x.wordpress.com/category/scrutiny/feed/"),
        ("https://medium.com/@user/a-story-1", "https://medium.com/feed/@user"),
        ("https://medium.com/a-publication", "https://medium.com/feed/a-publication"),
        ("https://team.medium.com/", "https://team.medium.com/feed"),
        ("https://x.substack.com/p/post", "https://x.substack.com/feed"),
        ("https://x.tumblr.com/", "https://x.tumblr.com/rss"),
        ("https://x.tumblr.com/tagged/T", "https://x.tumblr.com/tagged/T/rss"),
        ("https://www.tumblr.com/x/123/a-post", "https://x.tumblr.com/rss"),
        ("https://x.ghost.io/tag/news/", "https://x.ghost.io/tag/news/rss/"),
        ("@user@host.example", "https://host.example/@user.rss"),
        ("https://home.example/@user@away.example", "https://away.example/@user.rss"),
        ("https://host.example/tags/localgov", "https://host.example/tags/localgov.rss"),
        (
            "bsky.app/profile/name.example/post/3",
            "https://public.api.bsky.app/xrpc/app.bsky.actor.getProfile?actor=name.example",
        ),
        (
            "name.bsky.social",
            "https://public.api.bsky.app/xrpc/app.bsky.actor.getProfile?actor=name.bsky.social",
        ),
        (f"youtube.com/channel/{CHANNEL}/videos", f"{VIDEOS}?channel_id={CHANNEL}"),
        ("youtube.com/playlist?list=PL12", f"{VIDEOS}?playlist_id=PL12"),
        ("youtube.com/watch?v=a&list=PL12", f"{VIDEOS}?playlist_id=PL12"),
        ("https://www.youtube.com/@council", "https://www.youtube.com/@council"),
        ("https://vimeo.com/council", "https://vimeo.com/council/videos/rss"),
        ("https://vimeo.com/channels/x", "https://vimeo.com/channels/x/videos/rss"),
        (
            "flickr.com/photos/12345678@N03/",
            "https://www.flickr.com/services/feeds/photos_public.gne?id=12345678@N03&format=atom",
        ),
        ("https://github.com/u", "https://github.com/u.atom"),
        ("https://github.com/u/r/issues", "https://github.com/u/r/releases.atom"),
        ("https://old.reddit.com/r/localgov/", "https://www.reddit.com/r/localgov/.rss"),
        (
            "https://podcasts.apple.com/gb/podcast/x/id12345",
            "https://itunes.apple.com/lookup?id=12345",
        ),
        (
            "https://news.google.com/search?q=call-in&hl=en",
            "https://news.google.com/rss/search?q=call-in&hl=en-GB&gl=GB&ceid=GB:en",
        ),
        (
            f"{MEETINGS}/ieListMeetings.aspx?CommitteeId=137",
            f"{MEETINGS}/mgRss.aspx?XXR=0&CID=137",
        ),
        (
            f"{MEETINGS}/mgCommitteeDetails.aspx?ID=137",
            f"{MEETINGS}/mgRss.aspx?XXR=0&CID=137",
        ),
        (MEETINGS, f"{MEETINGS}/mgRss.aspx?XXR=0"),
        ("https://wychmoor.moderngov.co.uk/", "https://wychmoor.moderngov.co.uk/mgRss.aspx?XXR=0"),
        (
            "https://www.hall.example/about/meetings/mgWhatsNew.aspx?bcr=1",
            "https://www.hall.example/about/meetings/mgRss.aspx?XXR=0",
        ),
        (
            "https://www.gov.uk/government/organisations/a-b/about",
            "https://www.gov.uk/government/organisations/a-b.atom",
        ),
        (
            "https://www.gov.uk/search/news-and-communications?topics[]=x",
            "https://www.gov.uk/search/news-and-communications.atom?topics[]=x",
        ),
        ("https://team.blog.gov.uk/2020/a", "https://team.blog.gov.uk/feed/"),
        (
            "https://www.whatdotheyknow.com/body/wychmoor",
            "https://www.whatdotheyknow.com/feed/body/wychmoor",
        ),
        (
            "https://www.theyworkforyou.com/mp/10001/name",
            "https://www.theyworkforyou.com/rss/mp/10001.rdf",
        ),
        (
            "https://www.london.gov.uk/mayoral-decisions",
            "https://www.london.gov.uk/rss-feeds/80606",
        ),
        (
            "https://www.thegazette.co.uk/all-notices/notice?text=x",
            "https://www.thegazette.co.uk/all-notices/notice/data.feed?text=x",
        ),
    ],
)
def test_each_platform_has_its_rule(pasted, feed):
    assert tried(pasted)[0] == feed


@pytest.mark.parametrize(
    "feed",
    [
        "https://medium.com/feed/@user",
        "https://x.wordpress.com/category/x/feed/",
        f"{VIDEOS}?channel_id={CHANNEL}",
        "https://host.example/@user.rss",
        f"{MEETINGS}/mgRss.aspx?XXR=0",
        "https://x.substack.com/feed",
    ],
)
def test_the_address_of_a_feed_is_taken_as_it_is(feed):
    assert tried(feed) == []


@pytest.mark.parametrize(
    ("pasted", "name"),
    [
        ("x.com/council", "X"),
        ("https://mobile.twitter.com/council", "X"),
        ("https://www.facebook.com/council", "Facebook"),
        ("instagram.com/council", "Instagram"),
        ("https://www.threads.net/@council", "Threads"),
        ("https://uk.linkedin.com/company/council", "LinkedIn"),
        ("https://www.tiktok.com/@council", "TikTok"),
    ],
)
def test_places_that_let_nobody_read_are_told_honestly(pasted, name):
    sentence = recipes.refusal(recipes.address(pasted).url)

    assert sentence.startswith(f"{name} does not let other programs read its pages")
    assert "write an important post up as a case study" in sentence


def test_cmis_and_bluesky_lists_have_sentences_of_their_own():
    assert "CMIS" in recipes.refusal("https://wychmoor.cmis.uk.com/")
    assert "lists" in recipes.refusal("https://bsky.app/profile/a.example/lists/3")
    assert recipes.refusal("https://bsky.app/profile/a.example") == ""


def test_a_name_that_ends_alike_is_not_refused():
    assert recipes.refusal("https://netflix.com.example/") == ""
    assert recipes.refusal("https://notx.com/") == ""


def test_every_template_can_be_filled_from_its_own_patterns():
    given = {"url", "origin", "hostname", "folder", "page", "feed"}
    for recipe in (*recipes.RECIPES, *recipes.PAGE_RECIPES):
        patterns = [getattr(recipe, name, "") for name in ("host", "path", "marker")]
        named = given | names_in([*patterns, *getattr(recipe, "finds", ())])
        templates = [*recipe.feeds, getattr(recipe, "whole", ""), getattr(recipe, "asks", "")]
        for template in templates:
            recipes.fill(template, dict.fromkeys(named, "x"))


def names_in(patterns):
    return {name for pattern in patterns for name in recipes.re.compile(pattern).groupindex}


@pytest.mark.parametrize(
    ("feed", "platform"),
    [
        ("https://x.blogspot.com/feeds/posts/default", Platform.BLOGGER),
        ("https://bsky.app/profile/did:plc:x/rss", Platform.BLUESKY),
        ("https://host.example/@user.rss", Platform.MASTODON),
        (f"{MEETINGS}/mgRss.aspx?XXR=0", Platform.MODERNGOV),
        ("https://blog.example/feed", Platform.WEBSITE),
    ],
)
def test_a_feeds_own_address_gives_its_platform_away(feed, platform):
    assert recipes.platform_of(feed)[0] is platform
