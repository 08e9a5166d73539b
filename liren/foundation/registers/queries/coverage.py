"""Figures of coverage as they are read: at a unit, beside those of the units below it, and over time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone

from liren.foundation.kernel.engine.quantities import Quantity, plain, unit
from liren.foundation.kernel.rights import Actor
from liren.foundation.registers.engine.spec import LEVELS, MeasureSpec
from liren.foundation.registers.models import Coverage, Register, registers
from liren.foundation.registers.queries.sight import language
from liren.foundation.territory.models import Unit

MOST = 500


@dataclass(frozen=True)
class Covered:
    """A measure at a unit. ``figure`` is None where nothing is known, or where it is not for this reader."""

    register: Register
    measure: MeasureSpec
    unit: Unit
    figure: Coverage | None

    @property
    def name(self) -> str:
        return self.measure.name.text(language())

    def _text(self, value: Decimal | None) -> str:
        if value is None:
            return ""
        return Quantity(plain(value), unit(self.measure.unit)).text("zh" if language().startswith("zh") else "en")

    @property
    def value(self) -> str:
        """The value with its unit, in words; "" where there is none."""
        return self._text(None if self.figure is None else self.figure.value)

    @property
    def target(self) -> str:
        return self._text(None if self.figure is None else self.figure.target)

    @property
    def gap(self) -> str:
        """By how much the target is missed; "" where it is met or can't be judged."""
        return self._text(self.figure.gap) if self.figure is not None and self.figure.met is False else ""


def _seen(actor: Actor, rows: QuerySet[Coverage], on: date | None) -> QuerySet[Coverage]:
    """The figures in force on a day that the actor may see: where the newest is withheld, no older one is shown."""
    alike = ("register_id", "measure", "unit_id")
    newest = rows.filter(on_day__lte=on or timezone.localdate()).order_by(*alike, "-on_day").distinct(*alike)
    return Coverage.objects.visible_to(actor).filter(pk__in=newest.values("pk"))


def coverage(register: Register, place: Unit, actor: Actor, *, on: date | None = None) -> list[Covered]:
    """Every measure of the register at a unit; two queries."""
    return _table([register], [place], actor, on)


def coverage_of(place: Unit, actor: Actor, *, group: str = "", on: date | None = None) -> list[Covered]:
    """Every measure of every register (of a group) at a unit; two queries."""
    return _table([one for one in registers() if group in ("", one.spec.group)], [place], actor, on)


def coverage_at(register: Register, units: Iterable[Unit], actor: Actor, *, on: date | None = None) -> list[Covered]:
    """Every measure of the register at many units, unit by unit in their order; two queries whatever their number."""
    return _table([register], list(units), actor, on)


def coverage_below(
    register: Register, measure: MeasureSpec, units: Iterable[Unit], actor: Actor, *, on: date | None = None
) -> list[Covered]:
    """One measure at many units (the children of one, for a table or a map), in their order; two queries."""
    return [one for one in _table([register], list(units), actor, on) if one.measure.code == measure.code]


def _table(known: list[Register], units: list[Unit], actor: Actor, on: date | None) -> list[Covered]:
    rows = Coverage.objects.filter(register__in=[one.pk for one in known], unit__in=[one.pk for one in units])
    found = {(row.register_id, row.measure, row.unit_id): row for row in _seen(actor, rows, on)}
    return [
        Covered(one, measure, place, found.get((one.pk, measure.code, place.pk)))
        for place in units
        for one in known
        for measure in one.spec.measures
        if place.level <= LEVELS[measure.level]
    ]


def series(register: Register, measure: MeasureSpec, place: Unit, actor: Actor, *, limit: int = MOST) -> list[Coverage]:
    """How the figure has moved: a row for each day on which it changed, oldest first."""
    rows = Coverage.objects.visible_to(actor).filter(register=register.pk, measure=measure.code, unit=place)
    return list(reversed(rows.order_by("-on_day")[: min(limit, MOST)]))


def uncovered(
    register: Register, measure: MeasureSpec, place: Unit, actor: Actor, *, after: int = 0, limit: int = 50
) -> list[Unit]:
    """Units below ``place`` that the measure counts and that have too few entries: who has to act. By id."""
    today = timezone.localdate()
    below = Unit.objects.existing_on(today).inside(place).filter(level=LEVELS[measure.level])
    rows = Coverage.objects.filter(register=register.pk, measure=measure.code, unit__in=below)
    bare = _seen(actor, rows, today).filter(numerator=0).values("unit")
    return list(below.filter(pk__in=bare, pk__gt=after).order_by("pk")[: min(limit, MOST)])


def missed(actor: Actor, place: Unit, *, limit: int = 50) -> list[Covered]:
    """Targets that are missed at a unit, the widest gap (in shares of the target) first."""
    late = [one for one in coverage_of(place, actor) if one.figure is not None and one.figure.met is False]
    return sorted(late, key=_width, reverse=True)[: min(limit, MOST)]


def _width(one: Covered) -> Decimal:
    figure = one.figure
    if figure is None or figure.gap is None or not figure.target:
        return Decimal(0)
    return Decimal(figure.gap) / abs(Decimal(figure.target))
