"""One address of every kind of page."""

READING = {
    "home": "/",
    "search": "/search?q=call+for+evidence",
    "search with filters": "/search?q=webcast&kind=case-study&nation=Wales",
    "search that mends": "/search?q=scruitny",
    "zero results": "/search?q=holographic&nation=Scotland",
    "case study": "/case-studies/live-tweeting-a-council-meeting-when-the-webcast-could-not-run",
    "tip card": "/tip-cards/be-clear-what-it-is-for",
    "deck": "/tip-cards",
    "plan": "/tip-cards?tip=2&tip=4",
    "training list": "/training",
    "training": "/training/ask-for-a-show-of-hands",
    "council": "/councils/kirklees",
    "council without practice": "/councils/adur",
    "councils": "/councils",
    "councils narrowed": "/councils?nation=Wales",
    "river": "/feeds",
    "river filtered": "/feeds?platform=website&platform=youtube&nation=Wales",
    "entry": "/feeds/entries/1",
    "sources": "/feeds/sources",
    "source": "/feeds/sources/1",
    "leads": "/feeds/leads",
    "history": "/p/1/history",
    "revision": "/p/1/history/1",
    "how we check": "/how-we-check",
    "accessibility": "/accessibility",
    "privacy": "/privacy",
    "cookies": "/cookies",
    "credits": "/credits",
    "API": "/api",
    "not found": "/nothing-here",
}
EDITING = {
    "river for editors": "/feeds",
    "entry for editors": "/feeds/entries/1",
    "source for editors": "/feeds/sources/1",
    "leads for editors": "/feeds/leads",
    "add a source": "/feeds/sources/new",
    "found candidates": "/feeds/sources/new",
}
PASTED = {"found candidates": "localopolis.blogspot.com"}
PRINTING = {"print sheets": "/tip-cards/print"}
ON_A_PHONE = READING | EDITING
ALL = ON_A_PHONE | PRINTING


def visit(page, name):
    """Go to that kind of page, by a form where only a form leads there."""
    page.goto(ALL[name])
    if name in PASTED:
        page.fill("#address", PASTED[name])
        page.click("text=Find the feed")
        page.wait_for_url("**/feeds/sources/candidates")
