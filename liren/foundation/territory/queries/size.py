"""Size of communities against configured bands (R026), and the rate that calls for a new one (R027)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from django.utils import timezone

from liren.foundation.territory.models import Boundary, Level, Measure, SizeBand, Unit, UnitSpan
from liren.foundation.territory.queries.counts import households_on
from liren.foundation.territory.queries.tree import chains, ids_below, units_on

Verdict = Literal["small", "large", "fits", "unknown"]
MOST = 1000


@dataclass(frozen=True)
class SizeFlag:
    """One community against one band. ``value`` in households or square metres; None when nobody has said."""

    span: UnitSpan
    measure: Measure
    verdict: Verdict
    value: int | None
    band: SizeBand


@dataclass
class SizeFlags:
    """What was found below a root; ``after`` asks for the next page (a pinyin and an id), None at the end."""

    flags: list[SizeFlag] = field(default_factory=list)
    after: tuple[str, int] | None = None


def band_for(span: UnitSpan, above: Iterable[int], bands: Iterable[SizeBand], measure: str) -> SizeBand | None:
    """The band that counts: set for the nearest unit above; there, the one that says most about form and type."""
    distance = {pk: rank for rank, pk in enumerate(above)}  # root first
    fitting = [
        band
        for band in bands
        if band.measure == measure
        and band.root_id in distance
        and band.kind in ("", span.kind)
        and band.character in ("", span.character)
    ]
    return max(
        fitting, key=lambda b: (distance[b.root_id], bool(b.character) + bool(b.kind), bool(b.character)), default=None
    )


def occupancy_threshold(unit: Unit, on: date) -> int | None:
    """Percentage from which a community is to be proposed for the compound; None where none is set."""
    above = chains([unit.pk], on).get(unit.pk, [])
    if not above:
        return None
    bands = SizeBand.objects.filter(
        during__contains=on, measure=Measure.OCCUPANCY, root_id__in=[s.unit_id for s in above]
    )
    band = band_for(above[-1], [span.unit_id for span in above], bands, Measure.OCCUPANCY)
    return None if band is None else band.low


def size_flags(
    root: Unit,
    on: date | None = None,
    *,
    only_wrong: bool = False,
    after: tuple[str, int] | None = None,
    limit: int = MOST,
) -> SizeFlags:
    """Communities below the root against the bands in force, in the order of their names; page by page.

    A community without a band is left out; one without a figure is "unknown", never small.
    """
    day = on or timezone.localdate()
    spans = _communities(root, day, after, limit)
    above = chains([span.unit_id for span in spans], day)
    bands = list(SizeBand.objects.filter(during__contains=day))
    households = households_on([span.unit_id for span in spans], date(day.year + 1, 1, 1))
    found = SizeFlags(after=(spans[-1].unit.pinyin, spans[-1].unit_id) if len(spans) == limit else None)
    areas = _areas([span.unit_id for span in spans], day)
    for span in spans:
        ids = [step.unit_id for step in above.get(span.unit_id, [])]
        for measure, values in ((Measure.HOUSEHOLDS, households), (Measure.AREA, areas)):
            band = band_for(span, ids, bands, measure)
            if band:
                value = values.get(span.unit_id)
                found.flags.append(SizeFlag(span, measure, verdict(value, band), value, band))
    if only_wrong:
        found.flags = [flag for flag in found.flags if flag.verdict != "fits"]
    return found


def verdict(value: int | None, band: SizeBand) -> Verdict:
    """Where the value lies; the edges themselves fit."""
    if value is None:
        return "unknown"
    if band.low is not None and value < band.low:
        return "small"
    return "large" if band.high is not None and value > band.high else "fits"


def _communities(root: Unit, day: date, after: tuple[str, int] | None, limit: int) -> list[UnitSpan]:
    rows = units_on(day).filter(unit_id__in=ids_below([root.pk], day, Level.COMMUNITY))
    if after is not None:
        pinyin, pk = after
        rows = rows.filter(unit__pinyin__gte=pinyin).exclude(unit__pinyin=pinyin, unit_id__lte=pk)
    return list(rows.order_by("unit__pinyin", "unit_id")[: min(limit, MOST)])


def _areas(unit_ids: list[int], day: date) -> dict[int, int]:
    rows = Boundary.objects.filter(unit_id__in=unit_ids, during__contains=day)
    return {unit_id: round(area) for unit_id, area in rows.values_list("unit_id", "area_m2") if unit_id}
