"""The questions of a full case, one page at a time."""

from kb.library.content import LONGEST_SUMMARY, LONGEST_TITLE
from kb.submissions.asking import LONGEST_PROSE, LONGEST_STEP, Ask, Page, Question
from kb.submissions.common import (
    LANGUAGE,
    MONEY,
    NEXT_STEP,
    PURPOSE,
    REPLACES,
    RIGHTS,
    SETUP,
    SIGNOFF,
    WEEKLY,
    WENT_WRONG,
    WHO_READS,
)

CASE: tuple[Page, ...] = (
    Page(
        name="summary",
        part=1,
        task="What you did, in one sentence",
        title="What did you do?",
        intro="Say what you did, not what the project was called. Rough is fine.",
        questions=(
            Question(
                name="title",
                label="A title that says what you did",
                hint="Such as “Asked residents for inquiry topics on a postcard”.",
                absent="Give it a title",
                longest=LONGEST_TITLE,
            ),
            Question(
                name="summary",
                label="The same in one sentence, with what came of it",
                ask=Ask.PROSE,
                hint=f"At most {LONGEST_SUMMARY} characters.",
                absent="Say in one sentence what you did",
                longest=LONGEST_SUMMARY,
            ),
            LANGUAGE,
        ),
    ),
    Page(
        name="scrutiny",
        part=1,
        task="Your council and committee",
        title="Which kind of scrutiny was it?",
        questions=(
            Question(
                name="form",
                label="Kind of scrutiny (optional)",
                ask=Ask.SEVERAL,
                hint="Select all that apply.",
                facet="form",
            ),
            Question(
                name="organisation",
                label="Anybody you did it with? (optional)",
                hint="Other organisations, such as a health board. No names of people.",
            ),
        ),
    ),
    Page(
        name="when",
        part=1,
        task="When it happened",
        title="When did it happen?",
        questions=(
            Question(
                name="years",
                label="When it happened",
                hint="With the year, such as “March to June 2025” or “Since 2023”.",
                absent="Say when it happened; the year is enough",
            ),
            Question(
                name="status",
                label="Does it go on? (optional)",
                ask=Ask.ONE,
                facet="status",
            ),
        ),
    ),
    Page(
        name="why",
        part=2,
        task="Why you did it",
        title="Why did you do it?",
        questions=(
            PURPOSE,
            Question(
                name="reasons",
                label="What was the problem?",
                ask=Ask.PROSE,
                absent="Say why you did it; a sentence or two is enough",
                longest=LONGEST_PROSE,
            ),
            Question(
                name="barrier",
                label="What did you have to get round? (optional)",
                ask=Ask.SEVERAL,
                hint="Select all that apply.",
                facet="barrier",
            ),
        ),
    ),
    Page(
        name="steps",
        part=2,
        task="What you did, step by step",
        title="What did you do, step by step?",
        intro=(
            "Write for an officer who will do it next Tuesday with no help. "
            "Three to seven steps is about right."
        ),
        questions=(
            Question(
                name="steps",
                label="Steps",
                ask=Ask.STEPS,
                absent="Give at least one step",
                longest=LONGEST_STEP,
            ),
            Question(
                name="channel",
                label="Which channels did you use? (optional)",
                ask=Ask.SEVERAL,
                hint="Select all that apply.",
                facet="channel",
            ),
            Question(
                name="actions",
                label="Anything else about what you did? (optional)",
                ask=Ask.PROSE,
                longest=LONGEST_PROSE,
            ),
        ),
        example=(
            ("Write three posts, not one", "One to launch, one halfway, one for the last days."),
            ("Ask comms for ten minutes", "Send finished posts. Do not ask for the log-in."),
        ),
    ),
    Page(
        name="cost",
        part=2,
        task="What it cost in time and money",
        title="What did it cost in time and money?",
        questions=(
            SETUP,
            WEEKLY,
            REPLACES,
            MONEY,
            Question(name="money_for", label="What did you pay for? (optional)", longest=200),
        ),
    ),
    Page(
        name="sign-off",
        part=2,
        task="Whose agreement you needed",
        title="Whose agreement did you need?",
        questions=(SIGNOFF,),
    ),
    Page(
        name="results",
        part=2,
        task="What happened",
        title="What happened?",
        questions=(
            Question(
                name="results",
                label="What came of it?",
                ask=Ask.PROSE,
                hint="With numbers if you have them. “Too early to say” is an answer.",
                absent="Say what came of it, even if it is too early to say",
                longest=LONGEST_PROSE,
            ),
            Question(
                name="evidence",
                label="What do you have to show for it?",
                ask=Ask.ONE,
                hint="The strongest that is true.",
                absent="Choose how strong the evidence is",
                facet="evidence",
            ),
        ),
    ),
    Page(
        name="went-wrong",
        part=2,
        task="What went wrong, or nearly did",
        title="What went wrong, or nearly did?",
        questions=(
            WENT_WRONG,
            WHO_READS,
            Question(
                name="differently",
                label="What would you do differently? (optional)",
                ask=Ask.PROSE,
                longest=LONGEST_PROSE,
            ),
        ),
    ),
    Page(
        name="next-step",
        part=3,
        task="One first step for others",
        title="What should the next council do first?",
        questions=(NEXT_STEP,),
    ),
    Page(
        name="source",
        part=3,
        task="Where it is written down (optional)",
        title="Is it written down anywhere?",
        questions=(
            Question(
                name="source_url",
                label="Web address (optional)",
                ask=Ask.ADDRESS,
                hint="Of a blog post, a report or the page of the committee.",
                longest=2_000,
            ),
            Question(name="source_title", label="What is it called? (optional)", longest=200),
            Question(name="source_publisher", label="Who published it? (optional)"),
        ),
    ),
    RIGHTS,
)
