"""Questions that a tip card and a full case share."""

from kb.library.models import Visibility
from kb.submissions.asking import LONGEST_PASSAGE, LONGEST_PROSE, Ask, Page, Question

OGL = "ogl-3"

PURPOSE = Question(
    name="purpose",
    label="What is it for?",
    ask=Ask.SEVERAL,
    hint="Select all that apply. This is how other councils will find it.",
    absent="Select at least one thing that it is for, so that others can find it",
    facet="purpose",
)
SETUP = Question(
    name="setup_time",
    label="How long did it take to set up?",
    ask=Ask.EFFORT,
    longest=60,
    hint="Your best guess, such as 45 minutes, 3 hours or 2 days.",
    absent="Say how long it took to set up; a guess is fine",
)
WEEKLY = Question(
    name="weekly_time",
    label="How long does it take each week after that?",
    ask=Ask.EFFORT,
    longest=60,
    hint="Such as 15 minutes. Enter 0 if it takes none.",
    absent="Say how long it takes each week, or enter 0",
)
REPLACES = Question(
    name="replaces",
    label="What does it replace?",
    ask=Ask.PROSE,
    hint="What you stopped doing, or do less of, because of it. If nothing, say “nothing”.",
    absent="Say what it replaces, or enter “nothing”",
    longest=LONGEST_PASSAGE,
)
MONEY = Question(
    name="money",
    label="Money spent",
    ask=Ask.MONEY,
    hint="Do not count staff time. Enter 0 if it cost nothing.",
    absent="Enter what it cost, even if it was £0",
)
SIGNOFF = Question(
    name="signoff",
    label="Whose agreement did you need?",
    ask=Ask.SEVERAL,
    hint="Select all that apply.",
    absent="Select whose agreement you needed, or “None needed”",
    facet="signoff",
)
WENT_WRONG = Question(
    name="went_wrong",
    label="What went wrong, or nearly did?",
    ask=Ask.PROSE,
    hint="The part that people read first. Nobody expects a clean story.",
    absent="Say what went wrong or nearly did; one sentence is enough",
    longest=LONGEST_PROSE,
)
WHO_READS = Question(
    name="visibility",
    label="Who may read that?",
    ask=Ask.ONE,
    absent="Choose who may read what went wrong",
    choices=(
        (Visibility.PUBLIC.value, "Everybody, on the page"),
        (Visibility.PEERS.value, "Peers only: people who are signed in and write for a council"),
        (
            Visibility.UNATTRIBUTED.value,
            "Everybody, without our name: only the type of council is given",
        ),
    ),
)
NEXT_STEP = Question(
    name="next_step",
    label="What should the next council do first?",
    ask=Ask.PROSE,
    hint="One thing that somebody can do this week, in 30 minutes or less.",
    absent="Give one first step for the next council",
    longest=LONGEST_PASSAGE,
)
CREDIT = Question(
    name="credit",
    label="Whom should people thank? (optional)",
    hint="We thank your council if you leave this empty. Name a person only if they agreed.",
)
LICENCE = Question(
    name="licence",
    label="How may others use it?",
    ask=Ask.ONE,
    absent="Choose a licence",
    facet="licence",
    before=OGL,
)
LANGUAGE = Question(
    name="lang",
    label="Which language is it written in?",
    ask=Ask.ONE,
    choices=(("en", "English"), ("cy", "Cymraeg (Welsh)")),
    before="en",
)
RIGHTS = Page(
    name="rights",
    part=3,
    task="Credit and licence",
    title="Credit and licence",
    questions=(CREDIT, LICENCE),
)
