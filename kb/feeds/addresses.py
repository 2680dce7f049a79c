"""When two web addresses, written differently, lead to the same place."""

import re
from urllib.parse import urlsplit

_TRACKING = re.compile(
    r"^(?:utm_\w+|mtm_\w+|pk_\w+|hsa_\w+|mc_[ce]id|_hs\w+|fbclid|gclid|dclid|msclkid|twclid|igshid"
    r"|yclid|wbraid|gbraid|mkt_tok|vero_id|ref_src|at_(?:medium|campaign)|cmpid|ncid)$",
    re.IGNORECASE,
)


def place(url: str, *, without: frozenset[str] = frozenset()) -> str:
    """The address without scheme, case of the host, www, usual port, tracking and last slash.

    `without` are more parameters of the query that lead nowhere else, in lower case. What
    is no address comes back as it is.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    kept = "&".join(p for p in parts.query.split("&") if not _is_tracking(p, without))
    host = parts.netloc.lower().removeprefix("www.").removesuffix(":80").removesuffix(":443")
    fragment = f"#{parts.fragment}" if parts.fragment.startswith(("!", "/")) else ""
    return f"{host}{parts.path.rstrip('/')}{'?' if kept else ''}{kept}{fragment}" or url


def _is_tracking(parameter: str, without: frozenset[str]) -> bool:
    name = parameter.partition("=")[0]
    return bool(_TRACKING.match(name)) or name.lower() in without
