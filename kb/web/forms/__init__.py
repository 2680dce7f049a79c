"""What people fill in: one module for each part of the site."""


def line(text: str | None) -> str:
    """What somebody typed, on one line and without what cannot be printed."""
    words = (text or "").split()
    return " ".join("".join(c for c in word if c.isprintable()) for word in words).strip()
