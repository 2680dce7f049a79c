"""Why a file cannot be kept, in words for the person who sent it."""

from kb.errors import KbError

TOO_MUCH = "It takes too much time or memory to open, so we do not take it."


class Refused(KbError):
    """This file is not one that we take."""


class Busy(KbError):
    """Other files are looked at just now; the same file may be fine in a minute."""
