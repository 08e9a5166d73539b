"""A dry run: the real service inside a savepoint that is always rolled back, and what it would have changed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from liren.foundation.kernel.rights import Actor
from liren.foundation.territory.models import Descent, Population, Unit, UnitChange, UnitSpan
from liren.front.kit.corrections import Corrected, corrected

#: Lines of each table; a city that is renamed touches thousands of units below it.
LIMIT = 100


@dataclass(frozen=True)
class Share:
    """One line of descent: how much of the source goes to the target, and how many residents that is."""

    source: Unit
    target: Unit
    percent: float
    residents: int | None


@dataclass(frozen=True)
class Preview:
    """What an operation would do: dated faces that end, dated faces that begin, and how people are shared out."""

    ending: list[UnitSpan] = field(default_factory=list)
    beginning: list[UnitSpan] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    corrections: list[Corrected] = field(default_factory=list)
    limit: int = LIMIT

    @property
    def is_cut(self) -> bool:
        return max(len(self.ending), len(self.beginning)) >= self.limit


def dry_run(act: Callable[[], Any], *, by: Actor, at: datetime) -> Preview:
    """Carry ``act`` out, look at what ``by`` recorded ``at`` that moment, undo it. Errors come through as they are."""
    with transaction.atomic():
        act()
        preview = _look(list(UnitChange.objects.filter(actor=by.label, recorded_at=at)))
        transaction.set_rollback(True)
    return preview


def _look(decided: list[UnitChange]) -> Preview:
    changes = [change.pk for change in decided]
    spans = UnitSpan.objects.select_related("parent", "unit").defer("search_text").order_by("level", "code")
    ending = list(spans.filter(closed_by__in=changes)[:LIMIT])
    for span in ending:
        span.last_day = last_day(span)  # type: ignore[attr-defined]  # shown by the template
    beginning = list(spans.filter(opened_by__in=changes)[:LIMIT])
    return Preview(ending, beginning, _shares(changes), [line for change in decided for line in corrected(change)])


def last_day(span: UnitSpan) -> date | None:
    """The last day on which a span holds; None while it has no end."""
    return None if span.during.upper is None else span.during.upper - timedelta(days=1)


def _shares(changes: list[int]) -> list[Share]:
    lines = list(Descent.objects.filter(change__in=changes).select_related("source", "target").order_by("pk"))
    counts = Population.objects.filter(unit__in=[line.source_id for line in lines]).order_by("year", "revision")
    residents = dict(counts.values_list("unit", "residents"))
    return [_share(line, residents.get(line.source_id)) for line in lines]


def _share(line: Descent, residents: int | None) -> Share:
    moved = None if residents is None else round(line.share * residents)
    return Share(line.source, line.target, float(line.share * 100), moved)
