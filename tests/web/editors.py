"""An editor's browser: reviewers look after the feeds, too."""

from tests.people import Reviewer as Editor
from tests.people import token_of

__all__ = ["Editor", "token_of"]
