"""Registers as the packs declare them now, and as they were declared when an entry was written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import LirenError
from liren.foundation.policy import queries as policy
from liren.foundation.policy.models import DeclarationVersion
from liren.foundation.registers.engine.declaration import parse
from liren.foundation.registers.engine.spec import VISIBLE, RegisterSpec

KIND = "register"


@dataclass(frozen=True)
class Register:
    """A declared register: its identity (``pk``), the version in force, and what that says."""

    pk: int
    version: int
    spec: RegisterSpec

    @property
    def code(self) -> str:
        return self.spec.code

    @property
    def name(self) -> str:
        return self.spec.name.text(get_language() or "zh")


class NoRegister(LirenError):
    """There is no register of this code (404)."""

    status = 404


class NoEntry(LirenError):
    """There is no such entry, or it is not for this actor (404)."""

    status = 404


@lru_cache(maxsize=2000)
def _parsed(version: int, fingerprint: str, content: _Content) -> RegisterSpec:
    return parse(content.value)


@dataclass(frozen=True, eq=False)
class _Content:
    """The content beside the key by which it is remembered: equal to every other, so that the key alone counts."""

    value: dict

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Content)

    def __hash__(self) -> int:
        return 0


def _register(version: DeclarationVersion) -> Register:
    return Register(version.declaration_id, version.pk, spec_of(version))


def spec_of(version: DeclarationVersion) -> RegisterSpec:
    """What one version of a declaration says; read once per process."""
    return _parsed(version.pk, version.fingerprint, _Content(version.content))


def registers() -> list[Register]:
    """Every register in force, by code. One query, whatever their number."""
    return [_register(version) for version in policy.declared(KIND)]


def register(code: str) -> Register:
    """The register in force with this code.

    Raises:
        NoRegister: none is declared, or it is no longer.
    """
    found = next((one for one in registers() if one.code == code), None)
    if found is None:
        raise NoRegister(
            _("There is no register “%(code)s”.") % {"code": code[:40]}, next_step=_("Choose it from the list.")
        )
    return found


def by_id(declaration_id: int) -> Register:
    """The register in force with this identity."""
    return next(one for one in registers() if one.pk == declaration_id)


def ids_by_visibility() -> dict[str, list[int]]:
    """Identities of registers by how far they are seen; what is no longer declared is seen by nobody."""
    found: dict[str, list[int]] = {reach: [] for reach in VISIBLE}
    for one in registers():
        found[one.spec.visible].append(one.pk)
    return found


def written_as(version_ids: set[int]) -> dict[int, RegisterSpec]:
    """The specs of these versions, in one query for those that are not in force."""
    known = {one.version: one.spec for one in registers() if one.version in version_ids}
    missing = version_ids - set(known)
    if missing:
        known |= {version.pk: spec_of(version) for version in DeclarationVersion.objects.filter(pk__in=missing)}
    return known
