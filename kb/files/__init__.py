"""Files that people send: judged by their content, kept by their digest, read for search."""
