"""Case types as the packs declare them now, and as they were declared when a case was received."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import LirenError
from liren.foundation.policy import queries as policy
from liren.foundation.policy.models import DeclarationVersion
from liren.service.cases.engine.declaration import stored
from liren.service.cases.engine.spec import CaseType, MoveSpec

KIND = "case_type"
#: Effects of moves by which a case is handled.
HANDLING = ("take", "answer")


@dataclass(frozen=True)
class DeclaredType:
    """A declared case type: its identity (``pk``), the version in force, and what that says."""

    pk: int
    version: int
    spec: CaseType

    @property
    def code(self) -> str:
        return self.spec.code

    @property
    def name(self) -> str:
        return self.spec.name.text(get_language() or "zh")


class NoType(LirenError):
    """There is no case type of this code (404)."""

    status = 404


@dataclass(frozen=True, eq=False)
class _Content:
    """The content beside the key by which it is remembered: equal to every other, so that the key alone counts."""

    value: dict[str, Any]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Content)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=1000)
def _parsed(version: int, fingerprint: str, content: _Content) -> CaseType:
    return stored(content.value)


def spec_of(version: DeclarationVersion) -> CaseType:
    """What one version of a declaration says; read once per process."""
    return _parsed(version.pk, version.fingerprint, _Content(version.content))


def types() -> list[DeclaredType]:
    """Every case type in force, by code. One query, whatever their number; none within one snapshot of the packs."""
    return [DeclaredType(one.declaration_id, one.pk, spec_of(one)) for one in policy.declared(KIND)]


def type_of(code: str) -> DeclaredType:
    """The case type in force with this code; only this one is read.

    Raises:
        NoType: none is declared, or it is no longer.
    """
    found = next((one for one in policy.declared(KIND) if one.declaration.code == code), None)
    if found is None:
        raise NoType(
            _("There is no case type “%(code)s”.") % {"code": code[:40]}, next_step=_("Choose it from the list.")
        )
    return DeclaredType(found.declaration_id, found.pk, spec_of(found))


def by_version(version_id: int) -> CaseType:
    """What a case goes by: the version under which it was received, in force or not."""
    return by_versions({version_id})[version_id]


def by_versions(version_ids: set[int]) -> dict[int, CaseType]:
    """The same for the cases of a list: no query for versions in force, one for all others."""
    found = {one.pk: spec_of(one) for one in policy.declared(KIND) if one.pk in version_ids}
    missing = version_ids - set(found)
    if missing:
        found |= {one.pk: spec_of(one) for one in DeclarationVersion.objects.filter(pk__in=missing)}
    return found


def asked_back() -> list[int]:
    """Types whose reporter may be called back and asked whether it is solved."""
    return [one.pk for one in types() if any(asks_back(move) for move in one.spec.moves)]


def asks_back(move: MoveSpec) -> bool:
    """Whether somebody who calls back writes the reporter's word down by this move."""
    return move.effect == "verdict" and "callback" in move.by


def handling_moves() -> list[str]:
    """Moves of any type after which the same person can't be the one who asks whether it is solved."""
    return sorted({move.code for one in types() for move in one.spec.moves if move.effect in HANDLING})
