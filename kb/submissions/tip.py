"""The questions of a tip card: three boxes, and what others need to know to use it."""

from kb.submissions.asking import LONGEST_PASSAGE, Ask, Page, Question
from kb.submissions.common import LANGUAGE, MONEY, NEXT_STEP, PURPOSE, RIGHTS, SETUP, SIGNOFF

TIP: tuple[Page, ...] = (
    Page(
        name="card",
        part=1,
        task="Your tip, in three boxes",
        title="What is your tip?",
        intro="It has to fit on a postcard: 150 words in all.",
        questions=(
            Question(
                name="title",
                label="The tip, in one line",
                hint="Begin with a verb, such as “Ask one question at a time”.",
                absent="Say the tip in one line",
                longest=120,
            ),
            Question(
                name="body",
                label="How it works, and why",
                ask=Ask.PROSE,
                absent="Say how it works, in a sentence or two",
                longest=LONGEST_PASSAGE,
            ),
            Question(
                name="watch_out",
                label="What went wrong, or nearly did",
                ask=Ask.PROSE,
                hint="It goes on the card as “Watch out”.",
                absent="Say what to watch out for; one sentence is enough",
                longest=LONGEST_PASSAGE,
            ),
        ),
    ),
    Page(
        name="use",
        part=2,
        task="What it is for, and what it takes",
        title="What is it for, and what does it take?",
        questions=(
            PURPOSE,
            SETUP,
            Question(
                name="replaces",
                label="What does it replace? (optional)",
                ask=Ask.PROSE,
                longest=LONGEST_PASSAGE,
            ),
            MONEY,
            SIGNOFF,
            LANGUAGE,
        ),
    ),
    Page(
        name="first-step",
        part=3,
        task="One first step for others",
        title="What should the next council do first?",
        questions=(
            Question(
                name="try_this",
                label=NEXT_STEP.label,
                ask=Ask.PROSE,
                hint=f"{NEXT_STEP.hint} It goes on the card as “Try this”.",
                absent=NEXT_STEP.absent,
                longest=LONGEST_PASSAGE,
            ),
        ),
    ),
    RIGHTS,
)
