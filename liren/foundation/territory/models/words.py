"""Words for whatever bears a name: its one spelling, its sort key, and the tokens by which it is found."""

from collections.abc import Sequence

from liren.foundation.territory.engine import names

MOST_TOKENS = 400
#: From so many names on the tables behind the bulk way are worth their making.
MANY = 50


def clean(name: str) -> str:
    """A Chinese name in its one spelling: full-width digits narrow, no blanks inside."""
    return names.clean(name)


def pinyin_key(name: str) -> str:
    """What a list of names is sorted by."""
    return names.pinyin_key(name)


def search_text(name_zh: str, name_en: str = "") -> str:
    """All tokens of the names, each once, separated by one space: bigrams, pinyin in one word and by initials."""
    words = f"{names.bigrams(f'{name_zh} {name_en}')} {names.pinyin_words(name_zh)}".split()
    return " ".join(dict.fromkeys(words[:MOST_TOKENS]))


def bigrams(text: str) -> str:
    """Overlapping pairs of Chinese characters and whole Latin words, each once."""
    return names.bigrams(text)


def keys_of(names_and_texts: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """(sort key, search tokens) for each (name, everything it is called)."""
    if len(names_and_texts) < MANY:
        return [(names.pinyin_key(name), names.search_tokens(name, text)) for name, text in names_and_texts]
    return names.keys_of(names_and_texts)


def vectors_of(texts: Sequence[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """(sort key, search vector as PostgreSQL reads one) for each (name, other name, what else is said)."""
    return names.vectors_of(texts, many=len(texts) >= MANY)
