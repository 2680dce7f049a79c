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
    "entry with pictures": "/feeds?platform=mastodon",
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
    "sources for editors": "/feeds/sources",
    "add a source": "/feeds/sources/new",
    "import a list": "/feeds/sources/import",
    "what a list holds": "/feeds/sources/import",
    "found candidates": "/feeds/sources/new",
    "found on our list": "/feeds/sources/new",
    "source put right": "/feeds/sources/1/edit",
}
FOLLOWED = {"entry with pictures": "How we asked tenants about damp"}
PASTED = {
    "found candidates": "notes.dunlea.example",
    "found on our list": "localopolis.blogspot.com",
}
LIST = b"""<opml version="2.0"><body>
<outline text="Fenbridge scrutiny" xmlUrl="https://fenbridge.example/feed"/>
<outline text="A note" xmlUrl="file:///note"/>
</body></opml>"""
SENT = {"what a list holds": {"name": "l.opml", "mimeType": "text/x-opml", "buffer": LIST}}
PRINTING = {"print sheets": "/tip-cards/print"}

# What stands in braces is one of the things of tests/browser/sharing_world.py.
OF_VISITORS = {
    "sign in": "/sign-in",
    "link sent": "/sign-in/letter",
    "arrival": "/sign-in/arrival?code={arrival_code}",
    "reset": "/sign-in/reset",
    "reset sent": "/sign-in/reset/letter",
    "new password": "/sign-in/password?code={reset_code}",
    "link that is over": "/sign-in/password?code=wrong",
    "sign up": "/sign-up",
    "sign up with errors": "/sign-up",
    "confirmation sent": "/sign-up/letter",
    "confirmation": "/sign-up/confirmation?code={confirm_code}",
    "account closed": "/account/closed",
    "share yours": "/share",
    "lessons": "/lessons",
    "shared case study": "/case-studies/{study_slug}",
    "withdrawn": "/p/{withdrawn}",
    "thanks for a note": "/p/{study}/notes/thanks?note=x",
    "copy": "/copies/{copy}",
    "copy of what was withdrawn": "/copies/{orphan}",
    "what changed since": "/copies/{own}/changes",
    "follow-up": "/copies/follow-up?token={token}",
    "follow-up that stopped": "/copies/follow-up?token={token}&status=stopped",
    "councils like mine": "/councils/like?q=kirk",
    "councils like one": "/councils/kirklees/like",
    "barriers": "/barriers",
    "barrier": "/barriers/skills",
    "barrier with tips alone": "/barriers/central-comms",
    "planner": "/planner",
    "planner with choices": "/planner?purpose=topic-choose&barrier=skills",
    "third pick": "/planner/plan?pick=tip:measure&pick=tip:live-during&pick=tip:webcast-value",
    "small plan": "/planner/plan?pick=tip:measure&pick=tip:live-during&look=2027-01-18",
}
OF_ROOMS = {
    "packs": "/sessions",
    "pack": "/sessions/packs/could-we-use-social-media",
    "pack with times": "/sessions/packs/could-we-use-social-media?starts=17:15",
    "run-sheet of a pack": "/sessions/packs/could-we-use-social-media/run-sheet",
    "handout of a pack": "/sessions/packs/could-we-use-social-media/handout",
    "cards to hold up": "/sessions/packs/could-we-use-social-media/cards",
    "start a session": "/sessions/packs/could-we-use-social-media/start",
    "build a pack": "/sessions/new",
    "national picture": "/sessions/picture",
    "join a session": "/join",
    "join this session": "/j/{code}",
    "private link": "/sessions/{prepared}/key?key={key}",
}
OF_TRAINERS = {
    "own pack": "/sessions/packs/{pack}/edit",
    "new block": "/sessions/packs/{pack}/blocks/new",
    "block": "/sessions/packs/{pack}/blocks/{block}",
    "session that is ready": "/sessions/{prepared}/ready",
    "join sheet": "/sessions/{prepared}/join-sheet",
    "run-sheet of a session": "/sessions/{prepared}/run-sheet",
    "lobby": "/sessions/{prepared}/present",
    "projector": "/sessions/{running}/present",
    "own view": "/sessions/{running}/run",
    "own view with formats": "/sessions/{running}/run?q=hands",
    "close a session": "/sessions/{running}/close",
    "results": "/sessions/{closed}/results",
    "handout": "/sessions/{closed}/handout",
    "who came": "/sessions/{closed}/attendance",
    "certificate": "/sessions/{closed}/certificate",
    "write-up": "/sessions/{closed}/write-up",
    "ask again": "/sessions/{closed}/again",
}
OF_SHARERS = {
    "account": "/account",
    "password": "/account/password",
    "closing": "/account/closing",
    "set up a second step": "/account/second-step",
    "share something small": "/share/new?kind=tip-card",
    "share a full case": "/share/new?kind=case-study",
    "propose a change": "/share/new?change={study}",
    "drafts": "/share/drafts",
    "draft": "/share/{draft}",
    "draft of a tip card": "/share/{tip}",
    "sent draft": "/share/{sent}",
    "draft with changes asked": "/share/{asked}",
    "question: summary": "/share/{draft}/questions/summary",
    "question: why": "/share/{draft}/questions/why",
    "question: steps": "/share/{draft}/questions/steps",
    "question: cost": "/share/{draft}/questions/cost",
    "question: cost with errors": "/share/{draft}/questions/cost",
    "question: what went wrong": "/share/{draft}/questions/went-wrong",
    "question with changes asked": "/share/{asked}/questions/results",
    "files of a draft": "/share/{draft}/files",
    "left over of a paper": "/share/{draft}/paper",
    "check": "/share/{draft}/check",
    "answers": "/share/{whole}/answers",
    "answers with errors": "/share/{draft}/answers",
    "preview": "/share/{whole}/preview",
    "end of a draft": "/share/{draft}/end",
    "pages I look after": "/upkeep",
    "still true?": "/upkeep/{study}",
    "our copies": "/copies",
    "our copy": "/copies/{own}",
    "plan of our copy": "/copies/{own}/edit",
    "report": "/copies/{own}/reports/new",
    "copy taken back": "/copies/{own}/removal",
    "new copy": "/case-studies/{other}/copies/new",
    "ask the team": "/p/{unasked}/questions/new",
    "question to answer": "/questions/{question}",
    "question that is shown": "/questions/{shown}",
    "work": "/work",
    "saved plans": "/planner/plans",
    "own case study": "/case-studies/{study_slug}",
    "take-down": "/review/pages/{study}/removal",
}
OF_REVIEWERS = {
    "review": "/review",
    "review of notes": "/review?show=notes",
    "review of a new page": "/review/{sent}",
    "review of a change": "/review/{changed}",
    "review with errors": "/review/{sent}",
    "draft that was sent back": "/review/{asked}",
    "decisions": "/review/decisions",
    "work of a reviewer": "/work",
    "questions": "/questions",
    "question that nobody answers": "/questions/{unanswered}",
    "hidden words of a copy": "/copies/{hidden}",
    "hiding of a copy": "/copies/{copy}/hiding",
    "removal of a question": "/questions/{shown}/removal",
    "version to restore": "/p/{source}/history/1",
}
OF_ADMINS = {
    "people": "/admin/people",
    "person": "/admin/people/{waiting_user}",
    "letters": "/admin/letters",
    "end of a second step": "/account/second-step",
}
ROLES = {
    "visitor": READING | PRINTING | OF_VISITORS | OF_ROOMS,
    "sharer": OF_SHARERS | OF_TRAINERS,
    "reviewer": EDITING | OF_REVIEWERS,
    "admin": OF_ADMINS,
    "halfway": {"second step": "/sign-in/second-step"},
}
ROLE_OF = {name: role for role, kinds in ROLES.items() for name in kinds}
ALL = {name: path for kinds in ROLES.values() for name, path in kinds.items()}
ON_A_PHONE = ALL.keys() - PRINTING.keys()
PRESSED = {
    "sign up with errors": "Send me the letter",
    "question: cost with errors": "Save and continue",
    "answers with errors": "Send to a reviewer",
    "review with errors": "Decide",
}


def visit(page, name, **things):
    """Go to that kind of page, by a form where only a form leads there."""
    path = ALL[name].format(**things)
    page.goto(path)
    assert page.url.endswith(path), f"{name} led to {page.url}"
    if name in PRESSED:
        with page.expect_navigation():
            page.get_by_role("button", name=PRESSED[name]).click()
        assert page.title().startswith("Error: "), name
    if name in FOLLOWED:
        page.click(f"h3 >> text={FOLLOWED[name]}")
        page.wait_for_url("**/feeds/entries/*")
    if name in PASTED:
        page.fill("#address", PASTED[name])
        page.click("text=Find the feed")
        page.wait_for_url("**/feeds/sources/candidates")
    if name in SENT:
        page.set_input_files("#file", SENT[name])
        page.click("text=Look into the file")
        page.wait_for_url("**/feeds/sources/import/preview")
