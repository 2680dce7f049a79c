"""What people type, and what they get: questions, answers, suggestions, and words for facets."""
