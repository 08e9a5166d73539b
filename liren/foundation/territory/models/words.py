"""Tokens by which a unit is found: bigrams of its names, its pinyin in one word and by initials."""

from liren.foundation.territory.engine import names

MOST_TOKENS = 400


def search_text(name_zh: str, name_en: str = "") -> str:
    """All tokens of a unit's names, each once, separated by one space."""
    words = f"{names.bigrams(f'{name_zh} {name_en}')} {names.pinyin_words(name_zh)}".split()
    return " ".join(dict.fromkeys(words[:MOST_TOKENS]))
