"""What a set of packs says, as plain values: the same shapes as the tables, with the place each came from."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from liren.foundation.policy.engine.faults import Where

DOCUMENT_KINDS = ("law", "regulation", "rule", "opinion", "plan", "standard", "report", "notice")
STATUSES = ("draft", "in_force", "superseded", "repealed", "reported")
CERTAINTIES = ("full_text", "law_text_found", "secondary", "from_memory")
OPERATORS = (">=", ">", "=", "<=", "<", "range")
ATTRIBUTES = ("binding", "expected", "baseline", "reported")
#: Versions of these statuses bind, or once bound; two of one document never at one time.
IN_FORCE = ("in_force", "superseded", "repealed")


def _where() -> Any:
    return field(default_factory=lambda: Where(""), compare=False, repr=False)


@dataclass(frozen=True)
class JurisdictionSpec:
    """A place with its own rules; ``division`` "" is everywhere."""

    code: str
    name_zh: str
    name_en: str
    division: str
    parent_code: str
    is_simulated: bool
    where: Where = _where()


@dataclass(frozen=True)
class VersionSpec:
    """One version of a document."""

    document: str
    label: str
    status: str
    issued_on: date | None
    in_force_on: date | None
    start: date | None
    end: date | None
    certainty: str
    source_zh: str
    source_en: str
    where: Where = _where()


@dataclass(frozen=True)
class DocumentSpec:
    """A document and its versions; ``key`` is ``jurisdiction/code``."""

    key: str
    jurisdiction: str
    kind: str
    title_zh: str
    title_en: str
    issuer_zh: str
    issuer_en: str
    number: str
    note_zh: str
    note_en: str
    versions: tuple[VersionSpec, ...] = field(default=(), compare=False)
    where: Where = _where()


@dataclass(frozen=True)
class ProvisionSpec:
    """One provision; ``key`` is ``jurisdiction/document#number``. Dates not given are those of its versions."""

    key: str
    document: str
    number: str
    place: str
    heading_zh: str
    heading_en: str
    duty_zh: str
    duty_en: str
    requirements: tuple[str, ...]
    versions: tuple[str, ...]
    start: date | None
    end: date | None
    certainty: str
    position: int
    where: Where = _where()


@dataclass(frozen=True)
class ParameterSpec:
    """One number of a provision, with unit and days."""

    code: str
    jurisdiction: str
    document: str
    provision: str
    name_zh: str
    name_en: str
    operator: str
    value: Decimal | None
    high: Decimal | None
    unit: str
    attribute: str
    scope_zh: str
    scope_en: str
    phrase: str
    note_zh: str
    note_en: str
    requirements: tuple[str, ...]
    start: date | None
    end: date | None
    due_on: date | None = None
    where: Where = _where()


@dataclass(frozen=True)
class DeclarationSpec:
    """One declaration of an upper room; ``document`` is "" where it belongs to the jurisdiction itself."""

    kind: str
    code: str
    jurisdiction: str
    document: str
    basis: tuple[str, ...]
    content: dict[str, Any] = field(hash=False)
    where: Where = _where()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the content, whatever the order of its keys."""
        text = json.dumps(self.content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Packs:
    """Everything that a folder of packs says."""

    jurisdictions: list[JurisdictionSpec] = field(default_factory=list)
    documents: list[DocumentSpec] = field(default_factory=list)
    provisions: list[ProvisionSpec] = field(default_factory=list)
    parameters: list[ParameterSpec] = field(default_factory=list)
    declarations: list[DeclarationSpec] = field(default_factory=list)

    @property
    def versions(self) -> list[VersionSpec]:
        return [version for document in self.documents for version in document.versions]

    def counts(self) -> dict[str, int]:
        """How many of each, for one line to a reader."""
        parts = ("jurisdictions", "documents", "versions", "provisions", "parameters", "declarations")
        return {part: len(getattr(self, part)) for part in parts}
