"""By what an entry is sorted and found: the pinyin of its name, and the words that all its readers may read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from liren.foundation.registers.engine.spec import FieldSpec, RegisterSpec
from liren.foundation.territory.models import words

MOST_WORDS = 300
LONGEST = 300
SEARCHED = ("text", "long_text", "bilingual")


def keys_for(spec: RegisterSpec, rows: Sequence[tuple[str, str, Mapping[str, Any]]]) -> list[tuple[str, str]]:
    """(sort key, search vector) for each (Chinese name, English name, values).

    A field that fewer people may read than the entry itself is not searched: a hit would tell what it says.
    """
    told = searched(spec)
    found = words.keys_of([(zh, en) for zh, en, _values in rows])
    keys = []
    for (_zh, _en, values), (pinyin, tokens) in zip(rows, found, strict=True):
        said = " ".join(_said(values.get(one.code)) for one in told if one.code in values)
        every = [*tokens.split(), *words.bigrams(said).split()] if said else tokens.split()
        keys.append((pinyin, vector(every)))
    return keys


def searched(spec: RegisterSpec) -> list[FieldSpec]:
    """Fields by whose words an entry is found."""
    return [one for one in spec.fields if one.kind in SEARCHED and one.visible == spec.visible]


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(str(one) for one in value.values())[:LONGEST]
    return str(value)[:LONGEST]


def vector(tokens: Sequence[str]) -> str:
    """A search vector as PostgreSQL reads one. Tokens are letters and digits: nothing has to be escaped."""
    return " ".join(f"'{token}'" for token in dict.fromkeys(tokens[:MOST_WORDS]) if token.replace("_", "a").isalnum())
