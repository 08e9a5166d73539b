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


#: Names that are shorter differ by one character from too much.
LONG_ENOUGH = 4


def near(title: str, words: Iterable[str]) -> list[str]:
    """Which of these words the title all but holds: one character is another, is missing, or stands between. For
    somebody to look at, since two matters may well be called so."""
    text, found = plain(title), []
    for word in words:
        spelt = plain(word)
        half = len(spelt) // 2
        if len(spelt) < LONG_ENOUGH or spelt in text or not (spelt[:half] in text or spelt[half:] in text):
            continue  # with one change one half at least stands there as it is
        if _apart_by_one(spelt, text):
            found.append(word)
    return found


def _apart_by_one(word: str, text: str) -> bool:
    """Whether a stretch of the text becomes the word by changing, adding or taking out one character (P. H. Sellers,
    1980: distances to every stretch in one table)."""
    before = [0] * (len(text) + 1)  # a stretch may begin anywhere
    for row, letter in enumerate(word, 1):
        now = [row]
        for place, other in enumerate(text, 1):
            now.append(min(before[place - 1] + (letter != other), before[place] + 1, now[-1] + 1))
        if min(now) > 1:
            return False
        before = now
    return min(before) == 1


def words_in(title: str, words: Iterable[str]) -> list[str]:
    """Which of these words the title holds, whatever stands between their letters."""
    text = plain(title)
    return [word for word in words if plain(word) and plain(word) in text]
