"""Why a source could not be read, in words for the people who follow it."""

from kb.errors import KbError


class FeedError(KbError):
    """The source could not be read; the text says why, plainly."""


class FetchError(FeedError):
    """No usable answer came back.

    `status` is the HTTP status, 0 where there was none. `retry_after_s` is how long the
    server asked us to stay away.
    """

    def __init__(
        self, sentence: str, *, status: int = 0, retry_after_s: int | None = None
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.retry_after_s = retry_after_s

    @property
    def is_gone(self) -> bool:
        """The server says that the feed is gone for good."""
        return self.status == 410


class Refused(FetchError):
    """We will not go there: an address that is not public, or a page that asks us not to."""


class ParseError(FeedError):
    """What came back is not a feed, or could not be read as one."""
