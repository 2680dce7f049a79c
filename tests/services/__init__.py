"""Real programs that tests talk to: a PostgreSQL and a Chromium, from packages alone."""
