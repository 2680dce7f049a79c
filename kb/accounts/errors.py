"""What can go wrong with accounts, in words a person may read."""

from kb.errors import KbError

OVER = (
    "This link or code does not work any more. Each one works once, and only for the time "
    "that the letter says."
)


class TooOften(KbError):
    """Tried too often for now; `wait_s` is how many seconds to wait."""

    def __init__(self, sentence: str, wait_s: int) -> None:
        super().__init__(sentence)
        self.wait_s = wait_s


class LinkOver(KbError):
    """A link that was used, has run out or never was; we do not say which."""

    def __init__(self) -> None:
        super().__init__(OVER)
