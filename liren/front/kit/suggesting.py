"""What forms of a report offer while somebody writes: kinds of matter with the words that speak for them, the place."""

from __future__ import annotations

import math
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language

from liren.foundation.territory.models import Level, Unit
from liren.foundation.territory.queries import units_at
from liren.service.cases.models import MOST_TEXT, DeclaredType
from liren.service.cases.queries.sorter import sorter_of, suggest


def has_sorter(kind: DeclaredType) -> bool:
    """Whether anything can be suggested for this type. One small query where it has kinds of matter."""
    return bool(kind.spec.categories) and kind.spec.confidentiality != "sealed" and sorter_of(kind) is not None


def suggestions(kind: DeclaredType, text: str) -> list[tuple[str, str, str]]:
    """Categories that the words may be about: code, name, and the pieces of the text that speak for it."""
    here = get_language() or "zh"
    mark = "、" if here.startswith("zh") else ", "
    found: list[Any] = suggest(text[:MOST_TEXT], kind) if kind.spec.categories else []
    named = [(kind.spec.category(one.category), one) for one in found]
    return [
        (category.code, category.name.text(here), mark.join(reason.gram.strip() for reason in one.reasons))
        for category, one in named
        if category
    ]


def community_at(lon: float | None, lat: float | None) -> Unit | None:
    """The community that holds a point (WGS 84 degrees), else what lies next above it."""
    if lon is None or lat is None or not (math.isfinite(lon) and math.isfinite(lat)):
        return None
    found = [one for one in units_at(lon, lat, on=timezone.localdate()) if Level.CITY <= one.level <= Level.COMMUNITY]
    return max(found, key=lambda one: one.level, default=None)


def top() -> Unit | None:
    """The unit over all others, where there is only one."""
    tops = list(Unit.objects.filter(parent=None, closed_on=None).order_by("code")[:2])
    return tops[0] if len(tops) == 1 else None
