"""Copying: a council takes over a practice, says what it changed, and how it went."""
