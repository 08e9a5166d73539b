"""What a register is: its fields, who keeps and sees it, which documents ask for it, how its declaration changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from liren.foundation.kernel.rights import Actor
from liren.foundation.policy.models import DeclarationVersion, Provision
from liren.foundation.policy.queries import NotInPacks, provision
from liren.foundation.registers.models import Register
from liren.foundation.registers.models.declared import spec_of
from liren.foundation.registers.models.vocabulary import FieldSpec, MeasureSpec, RegisterSpec
from liren.front.portal.registers import words

#: Versions of a declaration that are told.
TOLD = 20


@dataclass(frozen=True)
class Field:
    """A declared field in words. ``status`` says who may read it, where these are fewer than read the register."""

    spec: FieldSpec
    name: str
    kind: str
    help: str
    status: str


@dataclass(frozen=True)
class Version:
    """A version of the declaration, with what it changed against the one before."""

    row: DeclarationVersion
    added: list[str]
    removed: list[str]
    changed: list[str]


@dataclass(frozen=True)
class Basis:
    """A provision that asks for the register; ``provision`` is None where the packs no longer hold it."""

    key: str
    provision: Provision | None


def page(register: Register, actor: Actor) -> dict[str, Any]:
    """Everything on the page. Fields that the reader may not see are named: that they are kept is public."""
    spec = register.spec
    return {
        "register": register,
        "spec": spec,
        "fields": [field_of(one, spec) for one in spec.fields],
        "levels": [str(words.LEVELS[one]) for one in spec.levels],
        "keeper": str(words.KEEPERS[spec.kept_by]),
        "seen_by": str(words.SEEN_BY[spec.visible]),
        "place": str(words.PLACES[spec.place]),
        "interval": words.interval(spec.review_days),
        "basis": [Basis(key, provision_of(key)) for key in spec.basis],
        "measures": [(one, measured(one)) for one in spec.measures],
        "versions": versions(register),
    }


def field_of(field: FieldSpec, spec: RegisterSpec) -> Field:
    language = words.language()
    status = str(words.STATUS[field.visible]) if field.visible != spec.visible else ""
    return Field(field, field.name.text(language), words.kind_of(field), field.help.text(language), status)


def provision_of(key: str) -> Provision | None:
    try:
        return provision(key)
    except NotInPacks:
        return None


def measured(measure: MeasureSpec) -> str:
    """How the figure is computed, in a sentence."""
    return str(words.MEASURED[measure.measure])


def versions(register: Register) -> list[Version]:
    """How the declaration changed, newest first."""
    rows = list(DeclarationVersion.objects.filter(declaration_id=register.pk).order_by("-number")[: TOLD + 1])
    specs = [spec_of(row) for row in rows]
    pairs = zip(rows, specs, [*specs[1:], None], strict=True)
    return [version(row, new, old) for row, new, old in pairs][:TOLD]


def version(row: DeclarationVersion, new: RegisterSpec, old: RegisterSpec | None) -> Version:
    """Which fields came, went or changed."""
    if old is None:
        return Version(row, [], [], [])
    language = words.language()
    added = [one.name.text(language) for one in new.fields if one.code not in old.by_code]
    removed = [one.name.text(language) for one in old.fields if one.code not in new.by_code]
    both = [one for one in new.fields if one.code in old.by_code and old.by_code[one.code] != one]
    return Version(row, added, removed, [one.name.text(language) for one in both])
