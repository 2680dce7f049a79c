"""Blogs and social feeds of other councils' scrutiny teams: found, followed, read."""
