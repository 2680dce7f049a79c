"""What we write to people about what they share."""

from kb.submissions.models import Draft


def begun(draft: Draft, *, title: str, base_url: str) -> tuple[str, str]:
    """The link with which to come back."""
    text = f"""Hello,

you began to share “{title}”. It is saved as you go, and only you can read it.

Come back to it here, on any computer:
{base_url}/share/{draft.id}

Nothing is public before you have sent it and a reviewer has read it. If you do not want
it any more, throw it away on the same page.
"""
    return "Your draft", text


def sent(draft: Draft, *, title: str, base_url: str) -> tuple[str, str]:
    """That it arrived, and where to see how it stands."""
    text = f"""Hello,

thank you for sharing “{title}”. It is with our reviewers now.

See where it stands:
{base_url}/share/{draft.id}

A reviewer publishes it, or tells you what to change and why. You get a letter either way.
"""
    return "We have what you sent", text
