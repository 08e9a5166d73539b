"""By what an entry is sorted and found: the pinyin of its name, and the words that all its readers may read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from liren.foundation.registers.engine.spec import FieldSpec, RegisterSpec
from liren.foundation.territory.models import words

MOST_WORDS = 300
LONGEST = 300
Row = tuple[str, str, Mapping[str, Any]]
SEARCHED = ("text", "long_text", "bilingual")


def keys_for(spec: RegisterSpec, rows: Sequence[Row]) -> list[tuple[str, str]]:
    """(sort key, search vector) for each (Chinese name, English name, values).

    A field that fewer people may read than the entry itself is not searched: a hit would tell what it says.
    """
    names, said = _asked(spec, rows)
    return vectors([*words.keys_of(names), *(("", words.bigrams(text)) for _none, text in said)])


def asked(spec: RegisterSpec, rows: Sequence[Row]) -> list[tuple[str, str]]:
    """What a helper is asked for the rows: their names, and behind all of these what their fields say."""
    names, said = _asked(spec, rows)
    return names + said


def _asked(spec: RegisterSpec, rows: Sequence[Row]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    told = searched(spec)
    said = (" ".join(_said(values[one.code]) for one in told if one.code in values) for _zh, _en, values in rows)
    return [(zh, en) for zh, en, _values in rows], [("", text) for text in said]


def vectors(found: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """(sort key, search vector) for each row, out of the answers to what was asked for them."""
    half = len(found) // 2
    both = zip(found[:half], found[half:], strict=True)
    return [(pinyin, vector([*tokens.split(), *more.split()])) for (pinyin, tokens), (_none, more) in both]


def searched(spec: RegisterSpec) -> list[FieldSpec]:
    """Fields by whose words an entry is found."""
    return [one for one in spec.fields if one.kind in SEARCHED and one.visible == spec.visible]


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(str(one) for one in value.values())[:LONGEST]
    return str(value)[:LONGEST]


def vector(tokens: Sequence[str]) -> str:
    """A search vector as PostgreSQL reads one. Tokens are letters and digits: nothing has to be escaped."""
    kept = list(dict.fromkeys(tokens[:MOST_WORDS]))
    if not "".join(kept).replace("_", "a").isalnum():
        kept = [token for token in kept if token.replace("_", "a").isalnum()]
    return " ".join(map("'{}'".format, kept))
