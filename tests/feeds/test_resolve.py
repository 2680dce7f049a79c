import json
from dataclasses import replace

import pytest

from kb.errors import Invalid
from kb.feeds.types import Platform
from tests.feeds.asking import Asker, blog
from tests.services.feedserver import Reply
from tests.services.feedtexts import Post, as_json, as_page, as_rss, feed_link, generator, posts
from tests.services.samples import MODERNGOV, SAMPLES, sites

MEETINGS = "/democracy.wychmoor.gov.uk"


@pytest.fixture
def asker(web, reader):
    return Asker(web, reader)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.platform)
def test_ten_platforms_are_found_by_what_people_paste(web, asker, sample):
    web.routes.update(sites())

    best = asker.find_in_world(sample.pasted).candidates[0]

    assert (best.url, best.platform) == (sample.feed_url, sample.platform)
    assert best.title == sample.title
    assert best.kind
    assert best.newest


def test_a_feed_is_taken_as_it_is_whatever_it_calls_itself(web, asker):
    body = blog("Scrutiny").body
    web.routes["/x"] = Reply(body=body, headers={"Content-Type": "text/html"})

    found = asker.find("/x")

    assert found.sentence == "This is a feed: “Scrutiny”."
    assert [entry.title for entry in found.candidates[0].newest] == ["Post 0", "Post 1"]
    assert found.candidates[0].language == "en"


def test_the_three_newest_entries_are_shown(web, asker):
    web.routes["/x"] = as_json(posts(5))

    assert len(asker.find("/x").candidates[0].newest) == 3


def test_without_a_scheme_http_is_tried_when_https_does_not_answer(web, asker):
    web.routes["/x"] = blog()

    found = asker.find(f"{web.address}/x")

    assert found.candidates[0].url == web.url("/x")


def test_feeds_are_offered_in_the_order_of_the_page_each_once(web, asker):
    head = feed_link("/b.xml") + feed_link("/gone.xml") + feed_link("/a.xml")
    web.routes["/"] = as_page("A site", head=head + feed_link("/b.xml?alt=rss"))
    web.routes["/b.xml"] = blog("B", first=10)
    web.routes["/a.xml"] = blog("A")

    found = asker.find("/")

    assert [candidate.title for candidate in found.candidates] == ["B", "A"]
    assert found.sentence == "We found 2 feeds. Choose the one that you want."


def test_a_page_of_many_feeds_is_told_as_such(web, asker):
    links = "".join(feed_link(f"/{n}.xml") for n in range(40))
    web.routes["/"] = as_page("A site", head=links)
    web.routes.update({f"/{n}.xml": blog(f"Feed {n}", first=10 * n) for n in range(40)})

    found = asker.find("/")

    assert len(found.candidates) == 12
    assert "names 40 and we looked at the first 12" in found.sentence


def test_comments_are_offered_only_where_there_is_nothing_else(web, asker):
    comments = feed_link("/comments/feed/", title="Comments")
    web.routes["/both"] = as_page("A site", head=comments + feed_link("/feed"))
    web.routes["/one"] = as_page("A site", head=comments)
    web.routes["/feed"] = blog()
    web.routes["/comments/feed/"] = blog("Comments on: A post", first=10)

    assert asker.paths("/both") == ["/feed"]
    assert asker.paths("/one") == ["/comments/feed/"]


def test_a_named_feed_that_is_none_is_told_with_the_reason(web, asker):
    web.routes["/"] = as_page("A site", head=feed_link("/feed.xml"))
    web.routes["/feed.xml"] = as_page("Sorry")

    found = asker.find("/")

    assert found.candidates == ()
    assert found.sentence.endswith(
        "names a feed that could not be read. This is a web page and not a feed."
    )


def test_no_feed_leads_into_the_inside(web, asker):
    web.routes["/"] = as_page("A site", head=feed_link("http://127.0.0.1:1/"))

    found = asker.find("/")

    assert found.candidates == ()
    assert "names a feed that could not be read" in found.sentence


def test_plain_links_are_tried_before_guessing(web, asker):
    web.routes["/"] = as_page("A site", body='<a href="/all">RSS</a>')
    web.routes["/all"] = blog()
    web.routes["/feed"] = blog("Another", first=10)

    assert asker.paths("/") == ["/all"]


def test_usual_addresses_are_guessed_at_the_root_and_beside_the_page(web, asker):
    web.routes["/news/today"] = as_page("A site")
    web.routes["/news/rss.xml"] = blog()

    assert asker.paths("/news/today") == ["/news/rss.xml"]


def test_a_guess_that_leads_elsewhere_is_no_find(web, asker):
    web.routes["/"] = as_page("A site")
    web.routes["/feed"] = Reply(status=302, headers={"Location": "/other"})
    web.routes["/other"] = blog()

    found = asker.find("/")

    assert found.candidates == ()
    assert found.sentence.startswith("We found no feed on 127.0.0.1.")


def test_a_site_that_answers_everything_with_a_page_has_no_feed(web, asker):
    page = as_page("Anything goes")
    web.routes.update(dict.fromkeys(["/", "/feed", "/rss.xml", "/atom.xml"], page))

    assert asker.find("/").candidates == ()


def test_guessing_stops_when_the_site_asks_for_less(web, asker):
    web.routes["/"] = as_page("A site")
    web.routes["/atom.xml"] = Reply(status=429)

    asker.find("/")

    assert web.hits("/atom.xml") == 1
    assert web.hits("/feed") == 0


def test_a_page_that_sends_on_is_followed(web, asker):
    web.routes["/"] = as_page("Hello", head='<meta http-equiv="refresh" content="0;url=/en/">')
    web.routes["/en/"] = as_page("A site", head=feed_link("/feed"))
    web.routes["/feed"] = blog()

    assert asker.paths("/") == ["/feed"]


def test_a_page_that_sends_on_to_nowhere_is_looked_at_itself(web, asker):
    web.routes["/"] = as_page("Hello", head='<meta http-equiv="refresh" content="0;url=/en/">')
    web.routes["/feed"] = blog()

    assert asker.paths("/") == ["/feed"]


def test_a_wordpress_post_leads_to_the_blog_and_not_to_its_comments(web, asker):
    api = f'<link rel="https://api.w.org/" href="{web.url("/blog/wp-json/")}">'
    web.routes["/blog/2026/a-post/"] = as_page("A post", head=api)
    web.routes["/blog/2026/a-post/feed"] = blog("Comments on: A post", first=10)
    web.routes["/blog/feed/"] = blog()

    (candidate,) = asker.find("/blog/2026/a-post/").candidates

    assert candidate.url == web.url("/blog/feed/")
    assert candidate.platform is Platform.WORDPRESS


@pytest.mark.parametrize(
    ("head", "feed"),
    [
        (generator("Ghost 5.1"), "/rss/"),
        (generator("blogger"), "/feeds/posts/default"),
        (generator("Jadu CMS"), "/rss/news"),
        (generator("Drupal 10"), "/news/rss.xml"),
        ('<link rel="shortlink" href="/node/81">', "/news/81/feed.rss"),
        ('<script src="https://substackcdn.com/x.js"></script>', "/feed"),
        ('<script src="https://static1.squarespace.com/x"></script>', "/page?format=rss"),
    ],
)
def test_the_software_of_a_page_tells_where_its_feed_is(web, asker, head, feed):
    web.routes["/page"] = as_page("A site", head=head)
    web.routes[feed] = blog()

    assert asker.paths("/page") == [feed]


def test_a_page_that_robots_may_not_read_is_left(web, asker):
    web.routes["/robots.txt"] = Reply(body=b"User-agent: *\nDisallow: /")
    web.routes["/"] = as_page("A site", head=feed_link("/feed"))
    web.routes["/feed"] = blog()

    found = asker.find("/")

    assert found.candidates == ()
    assert found.sentence
    assert web.hits("/feed") == 0


@pytest.mark.parametrize("path", ["/meta", "/header", "/sent-on"])
def test_a_page_that_asks_to_be_left_alone_is_left(web, asker, path):
    head = feed_link("/feed")
    wishes = '<meta name="robots" content="noarchive, noindex">'
    web.routes["/meta"] = as_page("A site", head=wishes + head)
    open_page = as_page("A site", head=head)
    headers = {**open_page.headers, "X-Robots-Tag": "noindex"}
    web.routes["/header"] = replace(open_page, headers=headers)
    refresh = '<meta http-equiv="refresh" content="0; url=/header">'
    web.routes["/sent-on"] = as_page("A site", head=refresh)
    web.routes["/feed"] = blog()

    found = asker.find(path)

    assert found.candidates == ()
    assert "asks to be left out" in found.sentence
    assert web.hits("/feed") == 0


def test_a_feed_that_search_engines_shall_not_list_is_followed_nevertheless(web, asker):
    feed = blog()
    headers = {**feed.headers, "X-Robots-Tag": "noindex, follow"}
    web.routes["/feed"] = replace(feed, headers=headers)

    assert asker.paths("/feed") == ["/feed"]


def test_a_site_that_does_not_answer_is_told_and_no_error(web, asker):
    web.routes["/"] = Reply(status=503)

    found = asker.find("/")

    assert found.sentence.startswith("We could not read 127.0.0.1. ")
    assert found.candidates == ()


def test_what_is_neither_page_nor_feed_is_told_without_guessing(web, asker):
    web.routes["/x"] = Reply(body=b"%PDF-1.7", headers={"Content-Type": "application/pdf"})

    found = asker.find("/x")

    assert found.sentence.startswith("We could not read 127.0.0.1. ")
    assert web.hits("/feed") == 0


def test_what_is_no_address_is_refused(asker):
    with pytest.raises(Invalid):
        asker.find("hello there")


def test_a_platform_that_lets_nobody_read_is_never_asked(web, asker):
    found = asker.find_in_world("x.com/council")

    assert found.sentence.startswith("X does not let")
    assert web.hits("/x.com/council") == 0


def test_a_mastodon_name_may_live_on_another_host(web, asker):
    profile = "https://social.dunlea.example/@scrutiny"
    finger = {"links": [{"rel": "http://webfinger.net/rel/profile-page", "href": profile}]}
    web.routes.update(sites())
    web.routes["/dunlea.example/.well-known/webfinger"] = Reply(body=json.dumps(finger).encode())

    (candidate,) = asker.find_in_world("@scrutiny@dunlea.example").candidates

    assert candidate.url == f"{profile}.rss"
    assert candidate.platform is Platform.MASTODON


def test_a_committees_feed_is_offered_beside_that_of_the_whole_council(web, asker):
    web.routes.update(sites())

    found = asker.find_in_world(MODERNGOV.pasted)

    assert [c.url.rpartition("/")[2] for c in found.candidates] == [
        "mgRss.aspx?XXR=0&CID=137",
        "mgRss.aspx?XXR=0",
    ]


def test_the_whole_councils_feed_is_not_mistaken_for_a_committees(web, asker):
    web.routes.update(sites())
    whole = web.routes[f"{MEETINGS}/mgRss.aspx?XXR=0"]
    del web.routes[f"{MEETINGS}/mgCommitteeDetails.aspx?ID=137"]
    web.routes[f"{MEETINGS}/mgRss.aspx?XXR=0&CID=137"] = whole

    (candidate,) = asker.find_in_world(MODERNGOV.pasted).candidates

    assert candidate.url.endswith("/mgRss.aspx?XXR=0")


def test_a_committees_own_page_may_name_its_feed(web, asker):
    web.routes.update(sites())
    own = web.routes.pop(f"{MEETINGS}/mgRss.aspx?XXR=0&CID=137")
    whole = web.routes[f"{MEETINGS}/mgRss.aspx"]
    link = '<a href="mgRss.aspx?XXR=0&amp;CId=99">RSS</a>'
    web.routes[f"{MEETINGS}/mgCommitteeDetails.aspx?ID=137"] = as_page("Committee", body=link)
    web.routes[f"{MEETINGS}/mgRss.aspx?XXR=0&CId=99"] = own
    web.routes[f"{MEETINGS}/mgRss.aspx?XXR=0&CID=137"] = whole

    found = asker.find_in_world(MODERNGOV.pasted)

    assert found.candidates[0].url.endswith("CId=99")


def test_a_feed_with_sound_is_a_podcast(web, asker):
    sound = '<enclosure url="https://a.example/1.mp3" type="audio/mpeg" length="1"/>'
    post = Post(title="One", link="https://a.example/1", html="<p>x</p>", extra=sound)
    web.routes["/x"] = as_rss([post], title="Sound")

    (candidate,) = asker.find("/x").candidates

    assert (candidate.platform, candidate.kind) == (Platform.PODCAST, "podcast")


def test_a_feed_that_moved_for_good_is_offered_at_its_new_address(web, asker):
    web.routes["/"] = as_page("A site", head=feed_link("/old"))
    web.routes["/old"] = Reply(status=301, headers={"Location": "/new"})
    web.routes["/new"] = blog()

    assert asker.paths("/") == ["/new"]
