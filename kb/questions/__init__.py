"""Questions to the people behind a practice, and the answers that both sides let be seen."""
