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
PRINTING = {"print sheets": "/tip-cards/print"}
ALL = READING | PRINTING
