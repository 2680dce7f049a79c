"""What can go wrong in a room, in words a person may read."""

from kb.errors import KbError

OVER = "This session is over. Thank you for taking part."


class Over(KbError):
    """The session was closed; `session_id` is whose results there may be to look at."""

    def __init__(self, session_id: int, title: str = "") -> None:
        super().__init__(OVER)
        self.session_id = session_id
        self.title = title
