"""How far a power over the gate reaches, as a condition on rows."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from liren.foundation.people.models.reach import inside, paths_of


def over(actor: Any, power: str, lookup: str) -> Q:
    """Rows in units over which the actor holds the power; ``lookup`` leads to the unit's path."""
    return inside(paths_of(actor, power), lookup)
