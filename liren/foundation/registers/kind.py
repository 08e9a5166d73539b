"""Lets packs declare registers: their folder, and what makes a declaration wrong."""

from typing import Any

from liren.foundation.bodies.models import BodyKind
from liren.foundation.kernel.engine.declared import nearest, one_of
from liren.foundation.policy.services import Fault, Kind, Where, declare_kind
from liren.foundation.registers.engine.declaration import check
from liren.foundation.registers.spoken import spoken

NAME, FOLDER = "register", "registers"


def faults(content: dict[str, Any], where: Where) -> list[Fault]:
    """Everything that is wrong with one declaration, each with its line."""
    found = [
        where.at(*fault.key).fault(f"{fault.where}: {spoken(fault.says)}", spoken(fault.mend or "put it right"))
        for fault in check(content)
    ]
    return found + list(_unknown_bodies(content, where))


def _unknown_bodies(content: dict[str, Any], where: Where) -> list[Fault]:
    """The engine knows no bodies: their kinds are compared here."""
    found = []
    fields = content.get("fields")
    for place, field in enumerate(fields if isinstance(fields, list) else []):
        kinds = field.get("body_kinds") if isinstance(field, dict) else None
        for kind in kinds if isinstance(kinds, list) else []:
            if kind not in BodyKind.values:
                close = nearest(str(kind), BodyKind.values)
                mend = f"“{close}”?" if close else one_of(BodyKind.values)
                spot = where.at("fields", place, "body_kinds")
                found.append(spot.fault(spoken(f"“{str(kind)[:40]}” is no kind of body"), spoken(mend)))
    return found


def declare() -> None:
    """Called once, when the apps are ready."""
    declare_kind(Kind(NAME, FOLDER, faults))
