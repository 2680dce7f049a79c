"""Planning: what to try first, at most two things, on one page."""
