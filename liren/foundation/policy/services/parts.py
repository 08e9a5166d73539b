"""The kinds of rows that a load compares: which columns, and by which of them a row is the same thing as before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Model

from liren.foundation.policy.engine.difference import Facts
from liren.foundation.policy.engine.specs import Packs
from liren.foundation.policy.models import (
    DeclarationVersion,
    Document,
    DocumentVersion,
    Jurisdiction,
    Parameter,
    Provision,
)

#: Columns that point to another row are compared by that row's code or key.
POINTERS = {"parent": "parent__code", "jurisdiction": "jurisdiction__code", "document": "document__key"}
#: Columns whose name in the specification is another.
SOURCES = {"parent": "parent_code", "provision_key": "provision"}


@dataclass(frozen=True)
class Part:
    """One table of what packs say. ``name`` makes the name by which a reader and the next load know a row."""

    what: str
    model: type[Model]
    words: str
    name: Callable[[Facts], str]
    specs: Callable[[Packs], Iterable[Any]]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that are compared, from one line of words."""
        return tuple(self.words.split())

    def wanted(self, packs: Packs) -> dict[str, Facts]:
        """What the packs say, by name."""
        found = ({column: _of_spec(spec, column) for column in self.columns} for spec in self.specs(packs))
        return {self.name(facts): facts for facts in found}

    def loaded(self) -> dict[str, Facts]:
        """What is loaded, by name."""
        return {self.name(facts): facts for _key, facts in self.rows()}

    def rows(self, **which: Any) -> Iterator[tuple[int, Facts]]:
        """The rows in force, or those that are asked for, with their primary keys."""
        found = self.model._default_manager.filter(**(which or {"retired_at": None}))
        for key, *row in found.values_list("pk", *(self._path(column) for column in self.columns)):
            yield key, dict(zip(self.columns, map(_of_row, self.columns, row), strict=True))

    def _path(self, column: str) -> str:
        if self.model is DeclarationVersion and column in {"kind", "code"}:
            return f"declaration__{column}"
        return POINTERS.get(column, column)


def _of_spec(spec: Any, column: str) -> Any:
    if column == "during":
        return DateRange(spec.start, spec.end)
    value = getattr(spec, SOURCES.get(column, column))
    return list(value) if isinstance(value, tuple) else value


def _of_row(column: str, value: Any) -> Any:
    return "" if value is None and column in POINTERS else value


def _from(label: str) -> Callable[[Facts], str]:
    """A dated row is known by its label and its first day."""
    return lambda facts: f"{facts[label]} from {facts['during'].lower}"


JURISDICTION = Part(
    "jurisdiction",
    Jurisdiction,
    "code name_zh name_en division parent is_simulated",
    lambda facts: facts["code"],
    lambda packs: packs.jurisdictions,
)
DOCUMENT = Part(
    "document",
    Document,
    "key jurisdiction kind title_zh title_en issuer_zh issuer_en number note_zh note_en",
    lambda facts: facts["key"],
    lambda packs: packs.documents,
)
VERSION = Part(
    "version",
    DocumentVersion,
    "document label status issued_on in_force_on during certainty source_zh source_en",
    lambda facts: f"{facts['document']} {facts['label']}",
    lambda packs: packs.versions,
)
PROVISION = Part(
    "provision",
    Provision,
    "key document number place heading_zh heading_en duty_zh duty_en requirements versions during certainty",
    _from("key"),
    lambda packs: packs.provisions,
)
PARAMETER = Part(
    "parameter",
    Parameter,
    "code jurisdiction document provision_key name_zh name_en operator value high unit attribute scope_zh scope_en"
    " phrase note_zh note_en requirements during due_on",
    lambda facts: f"{facts['jurisdiction']} {facts['code']} from {facts['during'].lower}",
    lambda packs: packs.parameters,
)
DECLARATION = Part(
    "declaration",
    DeclarationVersion,
    "kind code jurisdiction document basis fingerprint content",
    lambda facts: f"{facts['kind']} {facts['code']}",
    lambda packs: packs.declarations,
)
#: In the order in which they are written.
PARTS = (JURISDICTION, DOCUMENT, VERSION, PROVISION, PARAMETER, DECLARATION)
