"""What ten platforms serve, as saved samples in our own words; places and people are made up."""

import dataclasses
import json
from dataclasses import dataclass
from datetime import timedelta

from kb.feeds.types import Platform
from tests.services.feedserver import Reply
from tests.services.feedtexts import (
    NEWEST,
    Post,
    as_atom,
    as_page,
    as_rss,
    feed_link,
    generator,
    posts,
)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What a person pastes, and what should come of it; `words` stand in one entry."""

    platform: Platform
    pasted: str
    feed_url: str
    title: str
    words: str


BLOGGER = Sample(
    platform=Platform.BLOGGER,
    pasted="localopolis.blogspot.com",
    feed_url="https://localopolis.blogspot.com/feeds/posts/default",
    title="Localopolis",
    words="marmalade",
)
WORDPRESS = Sample(
    platform=Platform.WORDPRESS,
    pasted="https://scrutiny.wychmoor.example/2026/11/what-residents-told-us/",
    feed_url="https://scrutiny.wychmoor.example/feed/",
    title="Wychmoor scrutiny blog",
    words="turnstile",
)
MEDIUM = Sample(
    platform=Platform.MEDIUM,
    pasted="https://medium.com/@wychmoorscrutiny",
    feed_url="https://medium.com/feed/@wychmoorscrutiny",
    title="Stories by Wychmoor Scrutiny on Medium",
    words="lighthouse",
)
SUBSTACK = Sample(
    platform=Platform.SUBSTACK,
    pasted="https://committeeroom.substack.com",
    feed_url="https://committeeroom.substack.com/feed",
    title="The Committee Room",
    words="paperclips",
)
GHOST = Sample(
    platform=Platform.GHOST,
    pasted="notes.dunlea.example",
    feed_url="https://notes.dunlea.example/rss/",
    title="Dunlea notes",
    words="greenhouse",
)
MASTODON = Sample(
    platform=Platform.MASTODON,
    pasted="@scrutiny@social.dunlea.example",
    feed_url="https://social.dunlea.example/@scrutiny.rss",
    title="Dunlea Scrutiny",
    words="bandstand",
)
BLUESKY = Sample(
    platform=Platform.BLUESKY,
    pasted="@dunleascrutiny.bsky.social",
    feed_url="https://bsky.app/profile/did:plc:dunleascrutinydunlea2345/rss",
    title="@dunleascrutiny.bsky.social - Dunlea Scrutiny",
    words="rowingboats",
)
YOUTUBE = Sample(
    platform=Platform.YOUTUBE,
    pasted="https://www.youtube.com/@dunleacommittees",
    feed_url="https://www.youtube.com/feeds/videos.xml?channel_id=UCdunleaCommittees123456",
    title="Dunlea committees",
    words="microphone",
)
MODERNGOV = Sample(
    platform=Platform.MODERNGOV,
    pasted="https://democracy.wychmoor.gov.uk/ieListMeetings.aspx?CommitteeId=137",
    feed_url="https://democracy.wychmoor.gov.uk/mgRss.aspx?XXR=0&CID=137",
    title="Wychmoor Council - Overview and Scrutiny Committee",
    words="allotments",
)
GOVUK = Sample(
    platform=Platform.GOVUK,
    pasted="https://www.gov.uk/government/organisations/office-for-made-up-scrutiny",
    feed_url="https://www.gov.uk/government/organisations/office-for-made-up-scrutiny.atom",
    title="Activity on GOV.UK of the Office for Made-up Scrutiny",
    words="lamplighters",
)
SAMPLES = (
    *(BLOGGER, WORDPRESS, MEDIUM, SUBSTACK, GHOST),
    *(MASTODON, BLUESKY, YOUTUBE, MODERNGOV, GOVUK),
)


def sites():
    """Everything that the ten sites serve: "/host/path?query" -> Reply."""
    parts = (_blogger, _wordpress, _medium, _substack, _ghost, _mastodon, _bluesky, _youtube)
    routes = {}
    for part in (*parts, _moderngov, _govuk):
        routes |= part()
    return {f"/{address}": reply for address, reply in routes.items()}


def _blogger():
    site = "https://localopolis.blogspot.com"
    entries = [
        Post(
            title="Why we ask for marmalade at every review",
            link=f"{site}/2026/11/why-we-ask.html",
            guid="tag:blogger.com,1999:blog-4711.post-3",
            html="<p>A resident brought <b>marmalade</b>, and the meeting began to talk.</p>",
            author="An officer",
            categories=("scrutiny", "residents"),
        ),
        *_older(site, 2, "tag:blogger.com,1999:blog-4711.post-{}"),
    ]
    feed = as_atom(entries, title=BLOGGER.title, link=f"{site}/")
    links = feed_link(BLOGGER.feed_url, type="application/atom+xml", title="Localopolis - Atom")
    links += feed_link(f"{BLOGGER.feed_url}?alt=rss", title="Localopolis - RSS")
    return {
        "localopolis.blogspot.com/": as_page("Localopolis", head=generator("blogger") + links),
        "localopolis.blogspot.com/feeds/posts/default": feed,
        "localopolis.blogspot.com/feeds/posts/default?alt=rss": as_rss(
            entries, title=BLOGGER.title, link=f"{site}/"
        ),
    }


def _wordpress():
    host = "scrutiny.wychmoor.example"
    site = f"https://{host}"
    items = [
        Post(
            title="What residents told us at the turnstile",
            link=f"{site}/2026/11/what-residents-told-us/",
            guid=f"{site}/?p=812",
            html="<p>We stood at the <em>turnstile</em> of the ground and asked.</p>"
            '<p>The post <a href="#">What residents told us</a> appeared first.</p>',
            author="Scrutiny team",
            categories=("Engagement",),
        ),
        *_older(site, 3, site + "/?p={}"),
    ]
    comment = Post(title="By: A reader", link=f"{site}/#comment-9", html="<p>Well said.</p>")
    head = generator("WordPress 6.8") + feed_link("/feed/", title="Wychmoor » Feed")
    head += feed_link("/comments/feed/", title="Wychmoor » Comments Feed")
    own = "/2026/11/what-residents-told-us/"
    head_of_post = head + feed_link(f"{own}feed/", title="Wychmoor » Comments on this post")
    comments = as_rss([comment], title="Comments on: What residents told us", link=site)
    return {
        f"{host}/": as_page("Wychmoor scrutiny", head=head),
        f"{host}{own}": as_page("What residents told us", head=head_of_post),
        f"{host}{own}feed/": comments,
        f"{host}/comments/feed/": comments,
        f"{host}/feed/": as_rss(items, title=WORDPRESS.title, link=site),
    }


def _medium():
    site = "https://medium.com/@wychmoorscrutiny"
    items = [
        Post(
            title="A lighthouse, a bus route and a select committee",
            link=f"{site}/a-lighthouse-abc123?source=rss-f00------2",
            guid="https://medium.com/p/abc123",
            html="<p>The <strong>lighthouse</strong> keeper was our best witness.</p>"
            '<img src="https://cdn.example/pixel.gif" width="1" height="1" alt="">',
            author="Wychmoor Scrutiny",
            categories=("local-government",),
        ),
        *_older(site, 2, "https://medium.com/p/{}"),
    ]
    return {
        "medium.com/@wychmoorscrutiny": as_page("Wychmoor Scrutiny – Medium"),
        "medium.com/feed/@wychmoorscrutiny": as_rss(items, title=MEDIUM.title, link=site),
    }


def _substack():
    site = "https://committeeroom.substack.com"
    items = [
        Post(
            title="Four paperclips and a call-in",
            link=f"{site}/p/four-paperclips",
            guid=f"{site}/p/four-paperclips",
            html="<p>Held together by <i>paperclips</i>, the report still won.</p>",
            author="A clerk",
        ),
        *_older(site, 2, site + "/p/{}"),
    ]
    head = feed_link("/feed", title="The Committee Room")
    return {
        "committeeroom.substack.com/": as_page("The Committee Room", head=head),
        "committeeroom.substack.com/feed": as_rss(items, title=SUBSTACK.title, link=site),
    }


def _ghost():
    site = "https://notes.dunlea.example"
    items = [
        Post(
            title="Meeting in a greenhouse",
            link=f"{site}/meeting-in-a-greenhouse/",
            guid="6740a0c0ffee",
            html="<figure><img src='/content/images/glass.jpg' alt='Glass'></figure>"
            "<p>The <b>greenhouse</b> seats forty.</p>",
            author="Dunlea",
        ),
        *_older(site, 2, "6740a0c0ffe{}"),
    ]
    head = generator("Ghost 5.120") + feed_link(f"{site}/rss/", title="Dunlea notes")
    return {
        "notes.dunlea.example/": as_page("Dunlea notes", head=head),
        "notes.dunlea.example/rss/": as_rss(items, title=GHOST.title, link=f"{site}/"),
    }


def _mastodon():
    host = "social.dunlea.example"
    profile = f"https://{host}/@scrutiny"
    items = [
        Post(
            title="",
            link=f"{profile}/115{n}",
            guid=f"{profile}/115{n}",
            html=words,
            at=NEWEST - timedelta(hours=n),
            categories=("localgov",) if n == 0 else (),
        )
        for n, words in enumerate(_STATUSES)
    ]
    finger = {
        "subject": f"acct:scrutiny@{host}",
        "links": [
            {
                "rel": "http://webfinger.net/rel/profile-page",
                "type": "text/html",
                "href": profile,
            }
        ],
    }
    jrd = {"Content-Type": "application/jrd+json; charset=utf-8"}
    return {
        f"{host}/@scrutiny": as_page(
            "Dunlea Scrutiny",
            headers={"Server": "Mastodon"},
            head=feed_link(f"{profile}.rss", title="RSS"),
        ),
        f"{host}/@scrutiny.rss": as_rss(items, title=MASTODON.title, link=profile),
        f"{host}/.well-known/webfinger": Reply(body=json.dumps(finger).encode(), headers=jrd),
    }


_STATUSES = (
    '<p>Tonight the committee meets at the bandstand. <a href="https://social.dunlea.example/'
    'tags/localgov" class="mention hashtag" rel="tag">#<span>localgov</span></a></p>',
    "<p>Papers are out. Page 12 is worth your tea.</p>",
    "<p>We are asking about bus shelters; tell us yours.</p>",
)


def _bluesky():
    name, did = "dunleascrutiny.bsky.social", "did:plc:dunleascrutinydunlea2345"
    profile = f"https://bsky.app/profile/{name}"
    items = [
        Post(
            title="",
            link=f"{profile}/post/3lx{n}",
            guid=f"at://{did}/app.bsky.feed.post/3lx{n}",
            html=words,
            at=NEWEST - timedelta(hours=n),
        )
        for n, words in enumerate(("Who hires out the rowingboats now?", "Minutes are up."))
    ]
    feed = as_rss(items, title=BLUESKY.title, link=profile)
    about = {"did": did, "handle": name, "displayName": "Dunlea Scrutiny", "labels": []}
    known = Reply(body=json.dumps(about).encode(), headers={"Content-Type": "application/json"})
    return {
        f"bsky.app/profile/{name}": as_page("Dunlea Scrutiny", head=feed_link(f"{profile}/rss")),
        f"bsky.app/profile/{name}/rss": feed,
        f"bsky.app/profile/{did}/rss": feed,
        "public.api.bsky.app/xrpc/app.bsky.actor.getProfile": known,
        "public.api.bsky.app/xrpc/com.atproto.identity.resolveHandle": known,
    }


def _youtube():
    channel = "UCdunleaCommittees123456"
    watch = "https://www.youtube.com/watch?v="
    entries = [
        Post(
            title=f"Environment committee, part {n}",
            link=f"{watch}dunlea{n:05}",
            guid=f"yt:video:dunlea{n:05}",
            html="",
            at=NEWEST - timedelta(days=n),
            author="Dunlea committees",
            extra=f"<yt:videoId>dunlea{n:05}</yt:videoId><yt:channelId>{channel}</yt:channelId>"
            f"<media:group><media:title>Environment committee, part {n}</media:title>"
            f'<media:content url="https://www.youtube.com/v/dunlea{n:05}?version=3"'
            ' type="application/x-shockwave-flash" width="640" height="390"/>'
            f'<media:thumbnail url="https://i.example/dunlea{n:05}.jpg" width="480"/>'
            f"<media:description>{words}</media:description></media:group>",
        )
        for n, words in enumerate(("The microphone fails at 12:04.", "Recycling rates."))
    ]
    feed = as_atom(entries, title=YOUTUBE.title, link=f"https://www.youtube.com/channel/{channel}")
    recommended = '<script>var other = {"channelId":"UCsomebodyElseEntirely12"};</script>'
    own = f'<script>var data = {{"externalId":"{channel}","title":"Dunlea"}};</script>'
    canonical = f'<link rel="canonical" href="https://www.youtube.com/channel/{channel}">'
    feeds = "www.youtube.com/feeds/videos.xml"
    return {
        "www.youtube.com/@dunleacommittees": as_page(
            YOUTUBE.title, head=recommended + canonical + own
        ),
        f"{feeds}?channel_id={channel}": feed,
        f"{feeds}?playlist_id=UULF{channel[2:]}": feed,
    }


def _moderngov():
    host = "democracy.wychmoor.gov.uk"
    site = f"https://{host}"
    items = [
        Post(
            title=f"{what}: Overview and Scrutiny Committee, Tuesday, {day} November 2026",
            link=f"{site}/ieListDocuments.aspx?CId=137&MId={9000 + day}",
            guid=f"{site}/ieListDocuments.aspx?CId=137&MId={9000 + day}&kind={what[0]}",
            html="<p>Item 6: who may rent the allotments.</p>",
            at=NEWEST - timedelta(days=24 - day),
        )
        for what, day in (("Agenda published", 24), ("Decision sheet published", 10))
    ]
    others = [dataclasses.replace(p, title="Agenda published: Planning") for p in _older(site, 3)]
    title = "Wychmoor Council - What's new"
    links = '<p><a href="mgRss.aspx?XXR=0&amp;CID=137">RSS feed of this committee</a></p>'
    one = as_rss(items, title=MODERNGOV.title, link=f"{site}/mgCommitteeDetails.aspx?ID=137")
    whole = as_rss([*items, *others], title=title, link=f"{site}/mgWhatsNew.aspx")
    return {
        f"{host}/ieListMeetings.aspx?CommitteeId=137": as_page("Browse meetings", body=links),
        f"{host}/mgCommitteeDetails.aspx?ID=137": as_page("Committee details", body=links),
        f"{host}/mgRss.aspx?XXR=0&CID=137": one,
        f"{host}/mgRss.aspx?XXR=0": whole,
        f"{host}/mgRss.aspx": whole,
    }


def _govuk():
    path = "www.gov.uk/government/organisations/office-for-made-up-scrutiny"
    entries = [
        Post(
            title="Guidance for lamplighters",
            link="https://www.gov.uk/government/publications/guidance-for-lamplighters",
            guid="https://www.gov.uk/government/publications/guidance-for-lamplighters#1",
            html="<p>How councils review the work of their lamplighters.</p>",
        ),
        *_older("https://www.gov.uk/government/publications", 2),
    ]
    head = feed_link(f"https://{path}.atom", type="application/atom+xml", title="Feed")
    return {
        path: as_page("Office for Made-up Scrutiny", head=head),
        f"{path}.atom": as_atom(entries, title=GOVUK.title, link=f"https://{path}"),
    }


def _older(site, number, guid=""):
    """Plain posts from before; `guid` takes their number."""
    older = posts(number, site=site, first=1)
    if not guid:
        return older
    return [dataclasses.replace(p, guid=guid.format(n)) for n, p in enumerate(older, 1)]
