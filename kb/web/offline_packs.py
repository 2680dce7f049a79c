"""A pack as one HTML file that asks nobody for anything, for a room without a network.

Its own policy lets it load nothing, and run only our script, whatever a pack's texts say.
"""

import hashlib
from base64 import b64encode
from pathlib import Path

from flask import Response, render_template
from markupsafe import Markup

from kb.config import ROOT
from kb.training import clock
from kb.training.models import Pack
from kb.web import pack_pages

FOLDER = ROOT / "templates" / "packs"


def download(pack: Pack, *, base_url: str) -> Response:
    """The file, always to be saved: on this site's address it would be no page of ours."""
    css, script = _read(FOLDER / "offline.css"), _read(FOLDER / "offline.js")
    text = render_template(
        "packs/offline.html",
        pack=pack,
        rows=pack_pages.rows(pack.blocks),
        minutes=clock.length(pack.blocks),
        in_words=clock.in_words,
        sheets=pack_pages.card_sheets(pack.blocks),
        css=Markup(css),  # noqa: S704 - a file of ours
        script=Markup(script),  # noqa: S704 - a file of ours
        policy=_policy(css, script),
        address=f"{base_url}/sessions/packs/{pack.slug}" if pack.is_seeded else "",
    )
    response = Response(text, mimetype="text/html")
    response.headers["Content-Disposition"] = f'attachment; filename="{pack.slug}.html"'
    return response


def _policy(css: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_hash(css)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
