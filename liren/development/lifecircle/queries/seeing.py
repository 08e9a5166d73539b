"""One unit of a run as a page shows it: compliance and reality side by side, with what is missing and why.

Small numbers of people are hidden from the public (R378): fewer than five, and whatever would give such a number away
beside a total. Whoever may ask for runs of the city sees all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from liren.development.lifecircle.models import Cause, CircleRow, Mode, Run
from liren.development.lifecircle.queries import days
from liren.development.lifecircle.queries.runs import counted, standard_of
from liren.development.lifecircle.standard.spec import Category, Circle, Standard
from liren.foundation.kernel.suppression import published, suppress
from liren.foundation.territory.models import Level, Unit

DS_A_MINUTE = 600
MOST = 500


@dataclass(frozen=True)
class Cell:
    """One category at one unit.

    Of compounds: ``minutes`` on the way (None: not within the horizon), ``straight_m`` (None: none in the city),
    ``reached`` within the circle's limit, ``in_radius`` within the service radius, ``counts`` and ``capacity`` within
    5, 10 and 15 minutes, ``cause`` where radius and way differ. Of all units: people ``served`` and ``by_radius``, and
    their shares (0 to 1); None where hidden or where nobody lives. ``on_record``: some place in the city is one.
    """

    category: Category
    limit_minutes: float
    minutes: float | None = None
    straight_m: int | None = None
    reached: bool | None = None
    in_radius: bool | None = None
    counts: tuple[int, ...] = ()
    capacity: tuple[int, ...] = ()
    cause: Cause = Cause.NONE
    served: int | None = None
    served_share: float | None = None
    radius_share: float | None = None
    on_record: bool = True


@dataclass(frozen=True)
class CircleSeen:
    """One circle at one unit: how many people lack nothing in it, and which categories a compound lacks.

    ``unrecorded``: those of which the whole city has no place; nobody is said to lack them, and ``counted`` are the
    others. Where none is left the shares are None.
    """

    circle: Circle
    complete: int | None
    complete_share: float | None
    missing: tuple[Category, ...] = ()
    unrecorded: tuple[Category, ...] = ()
    counted: int = 0


@dataclass(frozen=True)
class Seen:
    """One unit of a run. ``people`` and ``households`` are None where hidden."""

    run: Run
    unit: Unit
    people: int | None
    households: int | None
    compounds: int
    by_bicycle: bool
    lon: float | None
    lat: float | None
    cells: tuple[Cell, ...]
    circles: tuple[CircleSeen, ...]

    def of_circle(self, code: str) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.category.circle == code)

    @property
    def everyday(self) -> tuple[Cell, ...]:
        """The services that every community should have (R258)."""
        return tuple(cell for cell in self.cells if cell.category.everyday)


def sees_all(actor: Any, city: Unit) -> bool:
    """Whether small numbers are shown to this actor."""
    return bool(actor is not None and getattr(actor, "is_authenticated", False) and actor.holds("lifecircle.run", city))


def seen(run: Run, unit: Unit, *, actor: Any = None) -> Seen | None:
    """What the run found at a unit; None where it was no part of it."""
    rows = list(CircleRow.objects.filter(run=run, unit__in=list(days.beside(run, [unit]))).order_by("unit_id"))
    place = next((k for k, row in enumerate(rows) if row.unit_id == unit.pk), None)
    if place is None or unit.pk == run.city_id:  # what stands beside the city is no part of the run
        rows, place = list(CircleRow.objects.filter(run=run, unit=unit)), 0
    if not rows:
        return None
    shown = _shown(rows, sees_all(actor, run.city))[place]
    return _seen(run, days.as_then(run.day, [unit])[unit.pk], rows[place], standard_of(run), shown)


@dataclass(frozen=True)
class _Shown:
    """What of a unit may be shown: its people, and shares by category and circle; None where hidden."""

    people: int | None
    served: tuple[float | None, ...]
    by_radius: tuple[float | None, ...]
    complete: tuple[float | None, ...]


def _seen(run: Run, unit: Unit, row: CircleRow, standard: Standard, shown: _Shown) -> Seen:
    limits = run.parameters["cycle_limits_ds"] if row.mode == Mode.CYCLE else run.limits_ds
    nowhere = run.unrecorded
    cells = tuple(
        _cell(row, place, one, limits[place], len(run.thresholds_ds), shown, one.code not in nowhere)
        for place, one in enumerate(_known(run.categories, standard.category))
    )
    circles = tuple(
        _circle(row, place, one, cells, shown) for place, one in enumerate(_known(run.circles, standard.circle))
    )
    households = None if shown.people is None else published(row.households)
    by_bicycle = row.mode == Mode.CYCLE
    return Seen(run, unit, shown.people, households, row.compounds, by_bicycle, row.lon, row.lat, cells, circles)


def _known(codes: Sequence[str], find: Any) -> list[Any]:
    """The declared things behind the codes of a run: it was worked out from this very standard, so each is there."""
    return [find(code) for code in codes]


def part_of(part: int, people: int, whole: bool) -> tuple[int | None, float | None]:
    """People who have something, of all people: number and share; both None where one of them could be found out."""
    if people == 0:
        return 0, None
    if not whole and (published(people) is None or published(part) is None or published(people - part) is None):
        return None, None
    return part, part / people


def _cell(row: CircleRow, place: int, category: Category, limit: int, steps: int, shown: _Shown, there: bool) -> Cell:
    share = shown.served[place]
    base: dict[str, Any] = {
        "served": None if share is None else row.served[place],
        "served_share": share,
        "radius_share": shown.by_radius[place],
    }
    if row.level != Level.COMPOUND:
        return Cell(category, limit / DS_A_MINUTE, on_record=there, **base)
    time, straight = row.minutes_ds[place], row.straight_m[place]
    radius = category.radius_m
    return Cell(
        category,
        limit / DS_A_MINUTE,
        minutes=None if time is None else time / DS_A_MINUTE,
        straight_m=straight,
        reached=time is not None and time <= limit,
        in_radius=None if not radius else straight is not None and straight <= radius,
        counts=tuple(row.counts[place * steps : (place + 1) * steps]),
        capacity=tuple(row.capacity[place * steps : (place + 1) * steps]),
        cause=Cause(row.causes[place]),
        on_record=straight is not None,
        **base,
    )


def _circle(row: CircleRow, place: int, circle: Circle, cells: tuple[Cell, ...], shown: _Shown) -> CircleSeen:
    mine = [cell for cell in cells if cell.category.circle == circle.code]
    missing = tuple(cell.category for cell in mine if cell.reached is False and cell.on_record)
    unrecorded = tuple(cell.category for cell in mine if not cell.on_record)
    left = len(mine) - len(unrecorded)
    share = shown.complete[place] if left else None
    return CircleSeen(circle, None if share is None else row.complete[place], share, missing, unrecorded, left)


@dataclass(frozen=True)
class Below:
    """A unit below another one, in a table: ``served_share`` by category and ``complete_share`` by circle (None, too,
    where nothing of the circle is on record)."""

    unit: Unit
    people: int | None
    served_share: tuple[float | None, ...]
    complete_share: tuple[float | None, ...]


def below(
    run: Run, unit: Unit, *, actor: Any = None, after: tuple[str, int] | None = None, limit: int = 200
) -> tuple[list[Below], tuple[str, int] | None]:
    """What hung directly from a unit on the run's day, by name, page by page: rows, and the key of the next page.

    Beside the total of the unit above so much is hidden that no small number can be worked out.
    """
    children = list(Unit.objects.filter(pk__in=days.children(run, unit)).order_by("pinyin", "pk")[: MOST * 4])
    rows = {row.unit_id: row for row in CircleRow.objects.filter(run=run, unit__in=children)}
    there = list(days.as_then(run.day, [child for child in children if child.pk in rows]).values())
    shown = _shown([rows[child.pk] for child in there], sees_all(actor, run.city))
    tells = [bool(counted(run, code)) for code in run.circles]
    made = [
        Below(child, facts.people, facts.served, _told(facts.complete, tells))
        for child, facts in zip(there, shown, strict=True)
    ]
    if after is not None:
        made = [one for one in made if (one.unit.pinyin, one.unit.pk) > after]
    page = made[: min(limit, MOST)]
    more = len(made) > len(page)
    return page, (page[-1].unit.pinyin, page[-1].unit.pk) if more else None


def _told(shares: tuple[float | None, ...], tells: list[bool]) -> tuple[float | None, ...]:
    return tuple(share if tell else None for share, tell in zip(shares, tells, strict=True))


def _shown(rows: list[CircleRow], whole: bool) -> list[_Shown]:
    """Of units side by side what may be shown, so that no small number follows from the total above them."""
    people = [row.people for row in rows] if whole else suppress([row.people for row in rows])
    parts = [_shares(rows, name, whole) for name in ("served", "by_radius", "complete")]
    return [_Shown(people[k], *(part[k] for part in parts)) for k in range(len(rows))]


def _shares(rows: list[CircleRow], name: str, whole: bool) -> list[tuple[float | None, ...]]:
    columns = []
    for place in range(len(getattr(rows[0], name)) if rows else 0):
        parts = [getattr(row, name)[place] for row in rows]
        rest = [row.people - part for row, part in zip(rows, parts, strict=True)]
        safe = [True] * len(rows)
        if not whole:
            safe = [a is not None and b is not None for a, b in zip(suppress(parts), suppress(rest), strict=True)]
        columns.append(
            [part / row.people if ok and row.people else None for row, part, ok in zip(rows, parts, safe, strict=True)]
        )
    return [tuple(column[k] for column in columns) for k in range(len(rows))]


def hidden_among(run: Run, units: Sequence[Unit], *, actor: Any = None) -> set[int]:
    """Which of these units' people are hidden, beside their neighbours and the unit above on the run's day."""
    if sees_all(actor, run.city):
        return set()
    of = days.beside(run, units)
    rows = CircleRow.objects.filter(run=run, unit__in=list(of)).order_by("unit_id")
    groups: dict[int, list[tuple[int, int]]] = {}
    for unit, people in rows.values_list("unit", "people"):
        groups.setdefault(of[unit], []).append((unit, people))
    found = set()
    for members in groups.values():
        shown = suppress([people for _unit, people in members])
        found |= {unit for (unit, _people), value in zip(members, shown, strict=True) if value is None}
    return found
