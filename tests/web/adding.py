"""What a source may publish, and how an editor looks behind an address."""

from tests.factories import make_source

FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>%s</title>
<link>http://fenbridge.example/</link><description>x</description>
<item><title>How we asked tenants</title><link>http://fenbridge.example/1</link>
<guid>1</guid><pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate></item>
<item><title>&lt;script&gt;alert(1)&lt;/script&gt;</title><guid>2</guid></item>
</channel></rss>"""
RSS = {"Content-Type": "application/rss+xml"}
HTML = {"Content-Type": "text/html"}
TWO = b"""<!doctype html><title>Fenbridge</title>
<link rel="alternate" type="application/rss+xml" title="Posts" href="/feed">
<link rel="alternate" type="application/rss+xml" title="Meetings" href="/meetings">"""


def found_by(editor, address):
    page = editor.post("/feeds/sources/candidates", address=address)
    return page, page.find(".//input[@name='found']")[0].get("value")


def store(runtime, **values):
    with runtime.database.transaction() as session:
        return make_source(session, **values)
