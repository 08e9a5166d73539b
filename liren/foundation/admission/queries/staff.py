"""Who works for a community: the staff of its committees, as their yearly figures say, each with its source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from liren.foundation.bodies.models import BodyKind, Figure


@dataclass(frozen=True, slots=True)
class Staff:
    """How many work for a community.

    Attributes:
        number: staff of its committees that exist on the day, each by its latest figure.
        year: of the oldest of these figures.
        sources: where they are from, as whoever recorded them says.
    """

    number: int
    year: int
    sources: tuple[str, ...]


def staff_of(communities: Iterable[int], on: date) -> dict[int, Staff]:
    """Workers of each community by its id, on a day (R234, R364); a community without a figure is left out. One
    statement.

    Counted is the staff of committees of residents or villagers (with those that supervise or deliberate, where one
    has staff of its own). Firms, social organisations and offices of departments that stand in the community are not
    its workers, nor are committees that were abolished or merged before the day.
    """
    rows = Figure.objects.filter(
        body__unit_id__in=list(communities), body__kind=BodyKind.COMMITTEE, body__during__contains=on, measure="staff",
        year__lte=on.year,
    )  # fmt: skip
    latest: dict[int, dict[int, Figure]] = {}
    for one in rows.select_related("body").order_by("year", "revision", "pk"):
        latest.setdefault(one.body.unit_id, {})[one.body_id] = one
    return {unit: _summed(list(figures.values())) for unit, figures in latest.items()}


def _summed(figures: list[Figure]) -> Staff:
    sources = tuple(dict.fromkeys(one.source for one in figures))
    return Staff(sum(one.number for one in figures), min(one.year for one in figures), sources)
