"""What a title says, whatever its spelling: full width or narrow, traditional or simplified, with signs between."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from liren.foundation.admission.engine.variants import SIMPLIFIED

#: Signs and blanks carry no meaning in a title; the database drops the same (migration 0004).
QUIET = re.compile(r"[\s\W_]+")


def plain(title: str) -> str:
    """The title without signs and blanks, in narrow small letters and simplified characters: two that say the same to
    a reader are equal."""
    return QUIET.sub("", unicodedata.normalize("NFKC", title)).translate(SIMPLIFIED).lower()


def words_in(title: str, words: Iterable[str]) -> list[str]:
    """Which of these words the title holds, whatever stands between their letters."""
    text = plain(title)
    return [word for word in words if plain(word) and plain(word) in text]
