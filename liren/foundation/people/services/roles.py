"""Roles from their file into the database; the file is the truth."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from liren.foundation.kernel import audit
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.people.models import Role, RoleLevel, RolePower, Side, Way

FILE = Path(__file__).parents[1] / "roles.toml"
TEXTS = ("name_zh", "name_en", "description_zh", "description_en")
GROUND = ("appointed_by", "appointed_how", "ground_zh", "ground_en")
KNOWN = {*TEXTS, *GROUND, "levels", "side", "counted", "hours", "second_factor_required", "powers"}


class BadRoles(ValueError):
    """The file of roles says too little or what may not be; the message names role and field."""


def read_roles(path: Path = FILE) -> dict[str, dict[str, Any]]:
    """The roles of the file, checked; BadRoles names the first that is wrong."""
    with path.open("rb") as file:
        roles: dict[str, dict[str, Any]] = tomllib.load(file)
    for code, entry in roles.items():
        _check(code, entry)
    return roles


def _check(code: str, entry: Mapping[str, Any]) -> None:
    unknown = sorted(set(entry) - KNOWN)
    if unknown:
        raise BadRoles(f"roles.toml, {code}: unknown field {unknown[0]!r}.")
    for name in TEXTS:
        if not str(entry.get(name, "")).strip():
            raise BadRoles(f"roles.toml, {code}: {name} is missing.")
    if not entry.get("levels") or not set(entry["levels"]) <= set(range(1, 8)):
        raise BadRoles(f"roles.toml, {code}: levels are numbers from 1 (province) to 7 (grid).")
    if entry.get("side", Side.ACTS) not in Side.values:
        raise BadRoles(f"roles.toml, {code}: side is acts or checks.")
    if any(name in entry for name in GROUND) and not all(entry.get(name) for name in GROUND):
        raise BadRoles(f"roles.toml, {code}: who appoints, how, and on which ground belong together.")
    if not set(entry.get("appointed_how", [])) <= set(Way.values):
        raise BadRoles(f"roles.toml, {code}: appointed_how is of {', '.join(Way.values)}.")


@transaction.atomic
def load_roles(*, by: Actor, at: datetime, path: Path = FILE) -> list[str]:
    """Bring the roles of the database in line with the file; codes of the roles that changed.

    A role that left the file loses its powers and is retired; its mandates stay as facts. Running it again changes
    nothing. A level can't be taken away while a mandate is held on it: the database refuses.

    Raises:
        NotAllowed: anybody but the system.
        BadRoles: the file is wrong; nothing was changed.
    """
    require(by, "people.load_roles")
    roles = read_roles(path)
    changed = [code for position, (code, entry) in enumerate(roles.items()) if _load(code, entry, position)]
    for gone in Role.objects.filter(is_retired=False).exclude(code__in=roles):
        gone.powers.all().delete()
        gone.is_retired = True
        gone.save(update_fields=["is_retired"])
        changed.append(gone.code)
    if changed:
        audit.record("people.load_roles", None, by=by, at=at, changed=changed)
    return changed


def _load(code: str, entry: Mapping[str, Any], position: int) -> bool:
    """One role; whether anything differed from the database."""
    facts = {name: entry[name] for name in TEXTS} | {
        "side": entry.get("side", Side.ACTS),
        "counted": entry.get("counted", ""),
        "hours_required": entry.get("hours", False),
        "second_factor_required": entry.get("second_factor_required", True),
        "appointed_by": entry.get("appointed_by", ""),
        "ways": entry.get("appointed_how", []),
        "ground_zh": entry.get("ground_zh", ""),
        "ground_en": entry.get("ground_en", ""),
        "is_retired": False,
        "position": position,
    }
    before = Role.objects.filter(code=code).values(*facts).first()
    role, _created = Role.objects.update_or_create(code=code, defaults=facts)
    powers = _align(RolePower, role, "power", set(entry.get("powers", [])))
    levels = _align(RoleLevel, role, "level", set(entry["levels"]))
    return before != facts or powers or levels


def _align(model: Any, role: Role, column: str, wanted: set[Any]) -> bool:
    """Add what is missing and delete what is too much; whether there was anything."""
    present = set(model.objects.filter(role=role).values_list(column, flat=True))
    model.objects.filter(role=role, **{f"{column}__in": present - wanted}).delete()
    model.objects.bulk_create(model(role=role, **{column: value}) for value in sorted(wanted - present))
    return present != wanted
