"""Neighbours who reported the same close by: told before sending, so that one joins instead of sending it again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from liren.foundation.kernel.rights import Actor
from liren.front.portal.cases.choosing import language
from liren.service.cases.models import DeclaredType
from liren.service.cases.queries import near

#: Farther away it is hardly the same lamp.
METRES = 150


@dataclass(frozen=True)
class Hint:
    """A neighbour's case: how far, how many speak in it (who reported, and who joined), and where it stands."""

    number: str
    metres: int
    voices: int
    state: str
    received_at: Any


def hints(kind: DeclaredType, asked: Mapping[str, Any], actor: Actor) -> list[Hint]:
    """Open cases of the same category near the place, the nearest first; none where nothing can be joined."""
    lon, lat, category = asked.get("lon"), asked.get("lat"), asked.get("category", "")
    if not kind.spec.joinable or not category or lon is None or lat is None:
        return []
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        return []
    found = near(lon, lat, category, metres=METRES, actor=actor, type=kind.pk, limit=3)
    return [
        Hint(
            one.case.number,
            max(one.metres, 10),
            1 + one.followers,
            one.spec.state(one.case.state).said(language(), own=False),
            one.case.received_at,
        )
        for one in found
    ]
