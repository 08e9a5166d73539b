"""What a load would change: the packs against what is loaded, thing by thing and column by column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

ADDED, CHANGED, RETIRED = "added", "changed", "retired"
Facts = Mapping[str, Any]
UNSAID = {"fingerprint"}
#: The columns by which one number means something else than another.
MEANING = ("operator", "value", "high", "unit", "attribute")


@dataclass(frozen=True)
class Change:
    """One thing that is added, changed or retired. ``name`` is what a reader knows it by."""

    what: str
    name: str
    how: str
    old: Facts = field(default_factory=dict)
    new: Facts = field(default_factory=dict)

    @property
    def document(self) -> str:
        """The document it is of, else the jurisdiction."""
        facts = self.new or self.old
        key = facts.get("document") or str(facts.get("key", "")).partition("#")[0]
        return str(key or facts.get("jurisdiction") or facts.get("code") or self.name)

    @property
    def columns(self) -> list[str]:
        """The columns that differ."""
        return [column for column in self.new if self.how == CHANGED and self.old.get(column) != self.new[column]]

    def lines(self) -> list[str]:
        """The change in words; what differs as old → new."""
        inner = [pair for name in self.columns if name not in UNSAID for pair in _inside(name, self.old, self.new)]
        return [
            f"{self.how:8} {self.what} {self.name}",
            *(f"         {name}: {old} → {new}" for name, old, new in inner),
        ]


@dataclass(frozen=True)
class Difference:
    """All changes of a load, in the order they are made; false where there are none."""

    changes: tuple[Change, ...] = ()
    fingerprint: str = ""

    def __bool__(self) -> bool:
        return bool(self.changes)

    def of(self, how: str) -> list[Change]:
        """The changes of one sort: added, changed or retired."""
        return [change for change in self.changes if change.how == how]

    @property
    def added(self) -> list[Change]:
        return self.of(ADDED)

    @property
    def changed(self) -> list[Change]:
        return self.of(CHANGED)

    @property
    def retired(self) -> list[Change]:
        return self.of(RETIRED)

    def counts(self) -> dict[str, dict[str, int]]:
        """How many of what: ``{"parameter": {"added": 3}}``."""
        found = Counter((change.what, change.how) for change in self.changes)
        return {
            what: {how: found[what, how] for how in (ADDED, CHANGED, RETIRED) if found[what, how]}
            for what in dict.fromkeys(change.what for change in self.changes)
        }

    def lines(self, most: int = 200) -> list[str]:
        """The changes in words, at most so many lines: first what is changed or retired, which somebody may miss."""
        order = [*self.changed, *self.retired, *self.added]
        said = [line for change in order for line in change.lines()]
        return said if len(said) <= most else [*said[:most], f"… and {len(said) - most} lines more"]

    def by_document(self, names: int = 5) -> list[str]:
        """One line for each document: how many of what, and the first few names."""
        groups: dict[tuple[str, str, str], list[str]] = {}
        for change in self.changes:
            groups.setdefault((change.document, change.what, change.how), []).append(change.name)
        said: dict[str, list[str]] = {}
        for (document, what, how), found in groups.items():
            shown = ", ".join([*(_brief(name, document) for name in found[:names]), *(["…"] if found[names:] else [])])
            said.setdefault(document, []).append(f"{len(found)} {what} {how} ({shown})")
        return [f"{document}: {'; '.join(parts)}" for document, parts in sorted(said.items())]

    def unannounced(self, on: date) -> list[str]:
        """Numbers in force on a day that would end or be replaced, although neither a version of their document nor
        the first day of the number moved: a slip in a file, as a rule."""
        moved = {one.document for one in self.changes if one.what == "version" and one.how != RETIRED}
        after = {_number(one.new): one.new for one in self.changes if _in_force(one.new, on)}
        return [
            one.name
            for one in self.changes
            if one.what == "parameter" and _in_force(one.old, on)
            if not _is_announced(one.old, after.get(_number(one.old)), moved)
        ]

    def __str__(self) -> str:
        return "\n".join(self.lines()) or "Nothing changes."


def _brief(name: str, document: str) -> str:
    return name.removeprefix(document).lstrip(" #") or name


def _number(facts: Facts) -> tuple[Any, Any]:
    return facts.get("jurisdiction"), facts.get("code")


def _in_force(facts: Facts, on: date) -> bool:
    return "operator" in facts and on in facts["during"]


def _is_announced(old: Facts, new: Facts | None, moved: set[str]) -> bool:
    """Whether what holds now may stop holding: it is said as before, a version says so, or a new first day does."""
    if new is not None and all(old[column] == new[column] for column in MEANING):
        return True
    begins_later = new is not None and new["during"].lower > old["during"].lower
    return begins_later or old["document"] in moved or (new is not None and new["document"] in moved)


def compare(what: str, loaded: Mapping[str, Facts], wanted: Mapping[str, Facts]) -> list[Change]:
    """The changes that lead from what is loaded to what is wanted."""
    found = [Change(what, key, RETIRED, old=old) for key, old in loaded.items() if key not in wanted]
    for key, new in wanted.items():
        if key not in loaded:
            found.append(Change(what, key, ADDED, new=new))
        elif loaded[key] != new:
            found.append(Change(what, key, CHANGED, old=loaded[key], new=new))
    return found


def _inside(name: str, old: Any, new: Any) -> Iterator[tuple[str, str, str]]:
    """What differs in one column, down to the single value: name, old, new."""
    before, after = old.get(name), new.get(name)
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            if before.get(key) != after.get(key):
                yield from _renamed(name, _inside(key, before, after))
    else:
        yield name, _said(before), _said(after)


def _renamed(name: str, found: Iterator[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    return ((f"{name}.{inner}", old, new) for inner, old, new in found)


def _said(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if value is None or value == "" or value == []:
        return "nothing"
    said = str(value)
    return said if len(said) <= 120 else said[:117] + "…"
