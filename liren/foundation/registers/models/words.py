"""By what an entry is sorted and found: the pinyin of its name, and the words that all its readers may read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from liren.foundation.registers.engine.spec import FieldSpec, RegisterSpec
from liren.foundation.territory.models import words

LONGEST = 300
Row = tuple[str, str, Mapping[str, Any]]
SEARCHED = ("text", "long_text", "bilingual")


def keys_for(spec: RegisterSpec, rows: Sequence[Row]) -> list[tuple[str, str]]:
    """(sort key, search vector) for each (Chinese name, English name, values).

    A field that fewer people may read than the entry itself is not searched: a hit would tell what it says.
    """
    return words.vectors_of(asked(spec, rows))


def asked(spec: RegisterSpec, rows: Sequence[Row]) -> list[tuple[str, str, str]]:
    """What the keys are made of: both names, and what the fields say."""
    told = searched(spec)
    said = (" ".join(_said(values[one.code]) for one in told if one.code in values) for _zh, _en, values in rows)
    return [(zh, en, text) for (zh, en, _values), text in zip(rows, said, strict=True)]


def searched(spec: RegisterSpec) -> list[FieldSpec]:
    """Fields by whose words an entry is found."""
    return [one for one in spec.fields if one.kind in SEARCHED and one.visible == spec.visible]


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(str(one) for one in value.values())[:LONGEST]
    return str(value)[:LONGEST]
