"""Standards as the packs declare them, and as they were when a run was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _

from liren.development.lifecircle.standard.reading import parse
from liren.development.lifecircle.standard.spec import Standard
from liren.foundation.kernel.errors import LirenError
from liren.foundation.policy import queries as policy
from liren.foundation.policy.models import DeclarationVersion

KIND, DEFAULT = "lifecircle", "life_circle"


class NoStandard(LirenError):
    """No standard of this code is declared (404)."""

    status = 404


@dataclass(frozen=True)
class DeclaredStandard:
    """A standard in force: the version that says so, and what it says."""

    version: int
    spec: Standard


@lru_cache(maxsize=50)
def _parsed(version: int, fingerprint: str) -> Standard:
    return parse(DeclarationVersion.objects.get(pk=version).content)


def spec_of(version: DeclarationVersion) -> Standard:
    """What one version of a declaration says; read once per process."""
    return _parsed(version.pk, version.fingerprint)


@lru_cache(maxsize=50)
def version_of(pk: int) -> DeclarationVersion:
    """A version of a declaration by id, read once per process: the database lets nobody change what one says."""
    return DeclarationVersion.objects.get(pk=pk)


def standards() -> list[DeclaredStandard]:
    """Every standard in force, by code."""
    return [DeclaredStandard(one.pk, spec_of(one)) for one in policy.declared(KIND)]


def standard(code: str = DEFAULT) -> DeclaredStandard:
    """The standard in force with this code.

    Raises:
        NoStandard: none is declared.
    """
    found = next((one for one in standards() if one.spec.code == code), None)
    if found is None:
        raise NoStandard(
            _("There is no standard of the life circle “%(code)s”.") % {"code": code[:40]},
            next_step=_("Load the packs that declare it."),
        )
    return found
