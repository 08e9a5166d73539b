"""Words for whatever bears a name: its one spelling, its sort key, and the tokens by which it is found."""

from liren.foundation.territory.engine import names

MOST_TOKENS = 400


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
