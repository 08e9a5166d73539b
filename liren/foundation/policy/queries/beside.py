"""Places and provisions side by side: what reaches a place, how a text read before, and who asks for the same thing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from liren.foundation.policy.engine import places
from liren.foundation.policy.models import Jurisdiction, Provision
from liren.foundation.policy.queries.snapshot import snapshot


def jurisdictions_at(where: Any) -> list[Jurisdiction]:
    """The jurisdictions whose documents hold at a place, the narrowest first, the nation last.

    Args:
        where: a unit's or division's code ("" for the nation), a jurisdiction's code, or anything with ``.code``.
    """
    known = snapshot().jurisdictions
    place = str(where if isinstance(where, str) else where.code)
    found = places.chain_from(place, known) if place in known else places.chain(place, known)
    return [known[code] for code in found]


def provision_history(key: str) -> QuerySet[Provision]:
    """Every text that a provision ever had in the packs, retired ones too, the newest first."""
    return Provision.objects.filter(key=key).select_related("document").order_by("-during", "-loaded_at", "-id")


@dataclass(frozen=True)
class Asked:
    """One requirement, and the provisions in two places that ask for it."""

    requirement: str
    left: list[Provision]
    right: list[Provision]

    @property
    def is_shared(self) -> bool:
        return bool(self.left and self.right)


def asked_in_both(left: str, right: str, on: date) -> list[Asked]:
    """Requirement by requirement, in the order of the ids: which provisions of two places ask for it on a day."""
    found = {left: _by_requirement(left, on), right: _by_requirement(right, on)}
    ids = sorted({*found[left], *found[right]})
    return [Asked(one, found[left].get(one, []), found[right].get(one, [])) for one in ids]


def _by_requirement(jurisdiction: str, on: date) -> dict[str, list[Provision]]:
    found: dict[str, list[Provision]] = {}
    texts = (one for rows in snapshot().provisions.values() for one in rows)
    mine = (one for one in texts if one.document.jurisdiction.code == jurisdiction and on in one.during)
    for one in sorted(mine, key=lambda one: (one.document.key, one.position, one.pk)):
        for requirement in one.requirements:
            found.setdefault(requirement, []).append(one)
    return found
