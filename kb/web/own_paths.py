"""Where a person was going, if that is a page of ours: nobody is led away from here."""

from urllib.parse import urlsplit

LONGEST = 2000


def own_path(text: str) -> str:
    """The path and query of a page of this site, "" for anything else."""
    is_path = text.startswith("/") and not text.startswith(("//", "/\\"))
    if not is_path or len(text) > LONGEST or not text.isprintable() or "\\" in text:
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if not parts.scheme and not parts.netloc else ""
