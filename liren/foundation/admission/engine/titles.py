"""What a title says, whatever its spelling: full width or narrow, with blanks or signs between."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

#: Signs and blanks carry no meaning in a title; the database drops the same (migration 0002).
QUIET = re.compile(r"[\s\W_]+")


def plain(title: str) -> str:
    """The title without signs and blanks, in narrow small letters: two that look alike are equal."""
    return QUIET.sub("", unicodedata.normalize("NFKC", title)).lower()


def words_in(title: str, words: Iterable[str]) -> list[str]:
    """Which of these words the title holds, whatever stands between their letters."""
    text = plain(title)
    return [word for word in words if plain(word) and plain(word) in text]
