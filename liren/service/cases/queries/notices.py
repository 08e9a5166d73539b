"""Notices in force: of a place and what stands above it, and those whose topics an account chose (R061)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from liren.foundation.territory.models import Unit
from liren.service.cases.models import CaseEvent, CaseQuerySet, ChosenTopic
from liren.service.cases.queries.issued import Issued, public_cases, told
from liren.service.cases.queries.reading import language

TYPE, IN_FORCE, MOST, MOST_NEW = "notice", "published", 100, 99
#: Moves of the type by which residents are told something.
ISSUING = ("publish", "update")
Key = tuple[datetime, int]


@dataclass(frozen=True)
class Notice(Issued):
    """A notice with its updates. ``because``: the topics of the reader that it fits; empty on the public list."""

    because: tuple[ChosenTopic, ...] = ()

    @property
    def key(self) -> Key:
        """Where a list goes on behind it."""
        return self.last.at, self.case.pk

    @property
    def topic(self) -> str:
        found = self.spec.category(self.case.category)
        return found.name.text(language()) if found else ""

    @property
    def is_renewed(self) -> bool:
        return len(self.issued) > 1


def notices(
    *, at: datetime, unit: Unit | None = None, topics: Sequence[str] = (), after: Key | None = None, limit: int = 30
) -> list[Notice]:
    """Notices that hold at this moment, the newest word first: of the unit and of all above it, or of everywhere.

    Two queries, whatever their number. ``topics``: categories, all where none is named.
    """
    rows = _in_force(at)
    if unit is not None:
        rows = rows.filter(unit_id__in=unit.path_ids)
    if topics:
        rows = rows.filter(category__in=list(topics))
    return _page(rows, after, limit)


def chosen_topics(actor: Any) -> list[ChosenTopic]:
    """What the actor chose, by place; nobody else's. One query; an account has at most ``MOST_CHOSEN``."""
    return list(ChosenTopic.objects.visible_to(actor).select_related("unit").order_by("unit__level", "unit_id", "id"))


def chosen_notices(
    mine: Sequence[ChosenTopic], *, at: datetime, after: Key | None = None, limit: int = 30
) -> list[Notice]:
    """Notices in force that fit topics which were chosen, each with those topics. Nothing else is looked at: not who
    somebody is, not what they reported. Two queries; none where nothing was chosen."""
    if not mine:
        return []
    found = _page(_in_force(at).filter(_fitting(mine)), after, limit)
    return [
        Notice(one.case, one.spec, one.said, one.issued, tuple(topic for topic in mine if _fits(topic, one.case)))
        for one in found
    ]


def new_notices(actor: Any, *, at: datetime) -> int:
    """How many of those came, or were renewed, since the actor last read them; no more than ``MOST_NEW``."""
    mine = chosen_topics(actor)
    if not mine:
        return 0
    return int(_in_force(at).filter(_fitting(mine, newer=True)).order_by()[:MOST_NEW].count())


def _in_force(at: datetime) -> CaseQuerySet:
    """What holds: published, and not past its moment, though the clock may not have come by yet. ``issued_at``: its
    last word to residents; what workers note among themselves makes no notice new."""
    rows = public_cases(TYPE).filter(state=IN_FORCE)
    issued = CaseEvent.objects.filter(case=OuterRef("pk"), move__in=ISSUING).order_by("-pk").values("at")[:1]
    return rows.exclude(phase="closed").exclude(due_at__lte=at).annotate(issued_at=Subquery(issued))


def _fitting(mine: Sequence[ChosenTopic], *, newer: bool = False) -> Q:
    """Declared topic and declared place, each as it was chosen: the place or any above it."""
    found = Q(pk__in=[])
    for one in mine:
        more = {"issued_at__gt": one.seen_at} if newer else {}
        found |= Q(type_id=one.type_id, category=one.category, unit_id__in=one.unit.path_ids, **more)
    return found


def _fits(topic: ChosenTopic, case: Any) -> bool:
    same = (topic.type_id, topic.category) == (case.type_id, case.category)
    return same and case.unit_id in topic.unit.path_ids


def _page(rows: CaseQuerySet, after: Key | None, limit: int) -> list[Notice]:
    if after is not None:
        moment, pk = after
        rows = rows.filter(Q(issued_at__lt=moment) | Q(issued_at=moment, pk__lt=pk))
    rows = rows.defer("text", "address", "search", "client_digest").order_by("-issued_at", "-id")
    found = told(list(rows[: min(max(limit, 1), MOST)]))
    return [Notice(one.case, one.spec, one.said, one.issued) for one in found if one.issued]
