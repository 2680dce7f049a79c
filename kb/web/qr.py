"""QR codes as drawings that stand in the page itself."""

from functools import lru_cache

import segno
from markupsafe import Markup

QUIET_ZONE = 4  # modules, as the standard asks
_DRAWN = 1024


@lru_cache(maxsize=_DRAWN)
def drawing(text: str) -> Markup:
    """An <svg> in black that fills its place; the text that it holds must stand beside it."""
    return secret_drawing(text)


def secret_drawing(text: str) -> Markup:
    """The same of what must not stay in memory longer than its page."""
    code = segno.make(text, error="m", micro=False)
    svg = code.svg_inline(border=QUIET_ZONE, omitsize=True, svgclass=None, lineclass=None)
    return Markup(svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S704 - drawn by segno
