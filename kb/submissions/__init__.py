"""Submissions: drafts on their way from a council through review to everybody."""
