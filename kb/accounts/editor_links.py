"""The private link that makes a browser an editor: signed, for one site, for half a day."""

from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

from kb.errors import NotAllowed

LASTS = timedelta(hours=12)
_SALT = "editor link"
_BROKEN = "This link is not whole, or was made for another site. Ask for a new one."
_OVER = "This link has run out: it is good for 12 hours. Ask for a new one."


def make(secret: str, *, site: str, now: datetime) -> str:
    """The key that stands in the link."""
    key = _signer(secret).dumps({"site": site, "until": int((now + LASTS).timestamp())})
    return key if isinstance(key, str) else key.decode("ascii")


def check(key: str, secret: str, *, site: str, now: datetime) -> datetime:
    """Until when this key makes an editor; raises NotAllowed when it does not, or no longer."""
    try:
        said = _signer(secret).loads(key)
        until = datetime.fromtimestamp(said["until"], UTC)
        is_ours = said["site"] == site
    except (BadData, KeyError, TypeError, ValueError, OverflowError) as error:
        raise NotAllowed(_BROKEN) from error
    if not is_ours:
        raise NotAllowed(_BROKEN)
    if until <= now:
        raise NotAllowed(_OVER)
    return until


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=_SALT)
