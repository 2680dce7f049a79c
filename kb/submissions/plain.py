"""Is it plain English? Long sentences, and the words of the trade."""

import re

LONGEST_SENTENCE = 30
MOST_WORDS = 1_500
_SENTENCE = re.compile(r"[^.!?\n]+")
_URL = re.compile(r"https?://\S+")
_JARGON = {
    "going forward": "from now on",
    "key stakeholders": "the people concerned",
    "stakeholder engagement": "asking people",
    "co-production": "working out together",
    "deep dive": "close look",
    "learnings": "what we learned",
    "leverage": "use",
    "utilise": "use",
    "utilised": "used",
    "facilitate": "help",
    "synergy": "working together",
    "synergies": "working together",
    "holistic": "whole",
    "robust": "sound",
    "in order to": "to",
    "best practice": "what worked",
    "blue sky": "new ideas",
    "task and finish group (tfg)": "task and finish group",
    "overview and scrutiny committee (osc)": "scrutiny committee",
    "forward plan": "list of coming decisions",
    "democratic deficit": "people have no say",
    "low-hanging fruit": "easy things",
    "step change": "big change",
    "socialise": "tell people about",
    "upskill": "train",
    "upskilled": "trained",
    "commence": "begin",
    "commenced": "began",
    "prior to": "before",
    "with regard to": "about",
}
_WORDS = re.compile(
    r"\b(" + "|".join(map(re.escape, sorted(_JARGON, key=len, reverse=True))) + r")\b",
    re.IGNORECASE,
)


def complaint(text: str) -> str:
    """The first thing that is hard to read, in a sentence; "" where nothing is."""
    plain = _URL.sub("", text)
    jargon = _WORDS.search(plain)
    if jargon:
        return f"“{jargon[0]}” could be “{_JARGON[jargon[0].lower()]}”."
    for sentence in _SENTENCE.findall(plain):
        words = sentence.split()
        if len(words) > LONGEST_SENTENCE:
            begin = " ".join(words[:6])
            return f"A sentence has {len(words)} words. It begins “{begin}…”."
    return ""
