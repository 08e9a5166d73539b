"""Words by which a name is found: bigrams, its pinyin in one word and by initials; and the question asked of them."""

import re
from collections.abc import Sequence

from liren.foundation.territory.engine import names

MOST_TOKENS = 400


def search_text(name_zh: str, name_en: str = "") -> str:
    """All tokens of a unit's names, each once, separated by one space."""
    words = f"{names.bigrams(f'{name_zh} {name_en}')} {names.pinyin_words(name_zh)}".split()
    return " ".join(dict.fromkeys(words[:MOST_TOKENS]))


def bigrams(text: str) -> str:
    """Overlapping pairs of Chinese characters and whole Latin words, each once."""
    return names.bigrams(text)


def keys_of(shorts_and_names: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """(pinyin sort key, search tokens) for each (name, everything it is called)."""
    if len(shorts_and_names) < 50:  # the tables behind the bulk way take a second to make
        return [(names.pinyin_key(short), names.search_tokens(short, name)) for short, name in shorts_and_names]
    return names.keys_of(shorts_and_names)


def tsquery(text: str) -> str:
    """Every word must be found; one character, and Latin letters, are the beginning of a token."""
    parts = []
    for word in names.bigrams(text).split():
        safe = re.sub(r"\W", "", word)
        if not safe or (len(safe) == 1 and not safe.isascii() and _ends_a_pair(safe, text)):
            continue
        parts.append(f"'{safe}':*" if len(safe) == 1 or safe.isascii() else f"'{safe}'")
    return " & ".join(parts)


def _ends_a_pair(last: str, text: str) -> bool:
    """Whether the single character is only the tail of a longer run, whose pairs say enough."""
    return re.search(rf"[^\W\x00-\x7f]{last}", text) is not None
