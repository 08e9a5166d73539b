"""Recurring topics as they are read (R082): counts for everybody, words and cases for who works there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from liren.foundation.kernel.rights import Actor
from liren.foundation.kernel.suppression import FLOOR
from liren.foundation.territory.models import Unit
from liren.service.cases.models import Case, Topic
from liren.service.cases.models.declared import DeclaredType
from liren.service.cases.queries.figures import sees_all

MOST = 100


@dataclass(frozen=True)
class Recurring:
    """A topic as one reader sees it. ``words`` is empty, and ``cases`` counts public cases only, for the public."""

    topic: Topic
    cases: int
    words: tuple[str, ...]
    sees_all: bool


def recurring(
    unit: Unit, actor: Actor, *, type: DeclaredType | None = None, after: Recurring | None = None, limit: int = 50
) -> list[Recurring]:
    """The topics in a unit and below it, the largest first, page by page. One query.

    The public is told of those with five public cases or more, by type, category, place and number.
    """
    rows = Topic.objects.filter(unit__path__startswith=unit.path).select_related("unit")
    if type is not None:
        rows = rows.filter(type=type.pk)
    whole = sees_all(unit, actor)
    size = "cases" if whole else "public"
    rows = rows.filter(**{f"{size}__gte": FLOOR}).order_by(f"-{size}", "pk")
    if after is not None:
        rows = rows.exclude(**{f"{size}__gt": after.cases}).exclude(**{size: after.cases, "pk__lte": after.topic.pk})
    return [_seen(row, size, whole) for row in rows[: min(limit, MOST)]]


def _seen(row: Topic, size: str, whole: bool) -> Recurring:
    return Recurring(row, int(getattr(row, size)), tuple(row.words) if whole else (), whole)


def cases_of(one: Recurring, actor: Actor) -> Any:
    """The cases of a topic that this actor sees, the newest first; none for the public, who is told numbers only."""
    if not one.sees_all:
        return Case.objects.none()
    return Case.objects.visible_to(actor).filter(pk__in=one.topic.members).order_by("-pk")
