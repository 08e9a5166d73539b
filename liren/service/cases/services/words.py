"""Words by which a case is found at the desk."""

from __future__ import annotations

from liren.foundation.territory.models import words

MOST_WORDS = 1200


def search_of(*texts: str) -> str:
    """A search vector as PostgreSQL reads one: pairs of characters, whole Latin words. Letters and digits alone."""
    tokens = words.bigrams(" ".join(texts)).split()[:MOST_WORDS]
    return " ".join(f"'{token}'" for token in dict.fromkeys(tokens) if token.replace("_", "a").isalnum())
