"""Turn names into the words of addresses."""

import re
import unicodedata

LONGEST_SLUG = 80
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def slugify(text: str) -> str:
    """Lower-case ASCII words joined by hyphens; "page" where nothing is left of the text.

    "Cyngor Sir Ynys Môn" becomes "cyngor-sir-ynys-mon".
    """
    plain = unicodedata.normalize("NFKD", text.replace("’", "").replace("'", ""))
    ascii_only = plain.encode("ascii", "ignore").decode().lower().replace("&", " and ")
    slug = _NOT_SLUG.sub("-", ascii_only).strip("-")
    if len(slug) > LONGEST_SLUG:
        slug = slug[: LONGEST_SLUG + 1].rsplit("-", 1)[0][:LONGEST_SLUG]
    return slug or "page"
