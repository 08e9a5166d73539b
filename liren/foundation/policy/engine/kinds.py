"""Kinds of declarations: what upper rooms let a pack declare, each in a folder of its own.

A room declares its kind in ``AppConfig.ready``. It is given the content as it will be stored: dates as ISO text,
numbers with a point as text ("0.5"), so that what was checked is what is read later. ``code``, ``basis``,
``requirements`` and every ``parameter`` inside are checked here for all kinds. A check that reads with ``Table`` and
says its own faults with ``say`` (imported as ``_``) is understood in every language of the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from liren.foundation.policy.engine.faults import Fault, Where
from liren.foundation.policy.engine.tables import Table
from liren.foundation.policy.engine.words import say

__all__ = ["Declared", "Fault", "Kind", "Table", "Where", "declare_kind", "forget_kind", "kinds", "say"]

Check = Callable[[dict[str, Any], Where], list[Fault]]


class Declared(Protocol):
    """A declaration as it was read, for a check of several together."""

    @property
    def kind(self) -> str: ...

    @property
    def code(self) -> str: ...

    @property
    def content(self) -> Any: ...

    @property
    def where(self) -> Where: ...


Together = Callable[[Sequence[Declared]], Iterable[Fault]]


@dataclass(frozen=True)
class Kind:
    """A kind of declaration: its name, the folder its files stand in, and what is wrong with one content.

    ``together``: what is wrong only beside the other declarations of all packs, such as a register that is not there.
    ``by_requirements``: a declaration names no provisions; it rests on all those that answer to its requirements.
    ``carries``: whether it carries provisions out; one that only orders what packs say rests on none.
    """

    name: str
    folder: str
    check: Check
    together: Together | None = None
    by_requirements: bool = False
    carries: bool = True


_kinds: dict[str, Kind] = {}


def declare_kind(kind: Kind) -> None:
    """Let packs hold this kind. The same kind twice is harmless; another one of its name or folder is an error."""
    for other in _kinds.values():
        if other != kind and (other.name == kind.name or other.folder == kind.folder):
            raise ValueError(f"The kind {other.name!r} in the folder {other.folder!r} is declared already.")
    _kinds[kind.name] = kind


def forget_kind(name: str) -> None:
    """The reverse, for tests."""
    _kinds.pop(name, None)


def kinds() -> dict[str, Kind]:
    """The kinds by the folder they stand in."""
    return {kind.folder: kind for kind in _kinds.values()}
