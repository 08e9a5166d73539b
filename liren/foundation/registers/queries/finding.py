"""Finds what values refer to, and names it: units, bodies, files. The one place that knows of bodies."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q

from liren.foundation.bodies.models import Body
from liren.foundation.registers.engine.spec import LEVELS, FieldSpec
from liren.foundation.registers.models import Attachment, Entry
from liren.foundation.territory.models import Unit

MOST_KEY = 2**63


def find_body(text: str, kinds: tuple[str, ...], day: date) -> int | None:
    """The body of this credit code, exact name or key, of one of these kinds; None where there is none, or several."""
    named = Q(name_zh=text)
    if re.fullmatch(r"[0-9A-Z]{18}", text.upper()):
        named |= Q(uscc=text.upper())
    if re.fullmatch(r"[0-9]{1,12}", text):
        named |= Q(pk=int(text))
    rows = Body.objects.living_on(day).filter(named)
    if kinds:
        rows = rows.filter(kind__in=kinds)
    found = rows.values_list("pk", flat=True)[:2]
    return found[0] if len(found) == 1 else None


def body_names(keys: set[int]) -> dict[int, str]:
    """Names of bodies by key, in the reader's language."""
    return {one.pk: one.name for one in Body.objects.filter(pk__in=keys)}


class Found:
    """A ``Finder`` that asks the database; answers are remembered, since a file says the same name again and again."""

    def __init__(self, today: date, entry: Entry | None = None) -> None:
        self.today, self.entry = today, entry
        self._units: dict[tuple[str, tuple[str, ...]], int | None] = {}
        self._bodies: dict[tuple[str, tuple[str, ...]], int | None] = {}

    def unit(self, text: str, levels: tuple[str, ...]) -> int | None:
        """A unit by code, exact name or key ("#12"), of one of these levels; None where several bear the name."""
        key = (text, levels)
        if key not in self._units:
            self._units[key] = self._find_unit(text, [LEVELS[level] for level in levels])
        return self._units[key]

    def _find_unit(self, text: str, ranks: list[int]) -> int | None:
        named = Q(code=text) | Q(name_zh=text)
        if text.isascii() and text.isdigit() and len(text) < 12:
            named |= Q(pk=int(text))
        found = Unit.objects.existing_on(self.today).filter(named, level__in=ranks).values_list("pk", flat=True)[:2]
        return found[0] if len(found) == 1 else None

    def body(self, text: str, kinds: tuple[str, ...]) -> int | None:
        key = (text, kinds)
        if key not in self._bodies:
            self._bodies[key] = find_body(text, kinds, self.today)
        return self._bodies[key]

    def file(self, text: str) -> int | None:
        """A file of this very entry; nobody takes another entry's."""
        if self.entry is None or not (text.isascii() and text.isdigit()) or int(text) >= MOST_KEY:
            return None
        rows = Attachment.objects.filter(pk=int(text), entry=self.entry)
        return rows.values_list("pk", flat=True).first()


class Named:
    """Names of what the values of many entries refer to, in one query for each kind."""

    def __init__(self, fields: Iterable[FieldSpec], rows: Iterable[dict[str, Any]]) -> None:
        kinds = {field.code: field.kind for field in fields}
        keys: dict[str, set[int]] = {"unit": set(), "body": set(), "file": set()}
        for values in rows:
            for code, value in values.items():
                if kinds.get(code) in keys and isinstance(value, int) and not isinstance(value, bool):
                    keys[kinds[code]].add(value)
        self._units = {one.pk: one.name for one in Unit.objects.filter(pk__in=keys["unit"])} if keys["unit"] else {}
        self._bodies = body_names(keys["body"]) if keys["body"] else {}
        files = Attachment.objects.filter(pk__in=keys["file"]).values_list("pk", "name") if keys["file"] else ()
        self._files = dict(files)

    def unit(self, key: int) -> str:
        return self._units.get(key, "")

    def body(self, key: int) -> str:
        return self._bodies.get(key, "")

    def file(self, key: int) -> str:
        return self._files.get(key, "")
