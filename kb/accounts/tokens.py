"""Secrets that one browser or one letter holds; we keep no more than their hashes."""

import hashlib
import secrets


def make() -> str:
    """43 characters that nobody can guess."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
