"""The life circle in plain words, the same for residents, planners and programs: what is missing, how far, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from liren.development.lifecircle.models import Cause, CircleRow, Mode, Run
from liren.development.lifecircle.queries import Cell, CircleSeen, Heap, Seen, as_then, heaps, how_many, within, worst
from liren.foundation.territory.models import Level, Unit
from liren.front.kit.frames import Frame

DS_A_MINUTE = 600
#: A bar ends at twice the limit: what is farther is as far as a bar can say.
BAR_LIMITS = 2
#: From so many missing services on, a compound is drawn in the strongest of the five steps.
STEPS = (0, 1, 6, 16, 26)
MOST_COMPOUNDS = 5000
#: More of them in one frame are drawn as heaps: nobody tells them apart, and a telephone draws them slowly.
MOST_ON_MAP = 1500


def says(words: Any) -> str:
    """A declared text in the language of the page."""
    return str(words.text(get_language() or "zh"))


def minutes(value: float) -> str:
    """Minutes as people say them: rounded up, since 15.2 minutes are not within fifteen."""
    whole = int(-(-round(value, 3) // 1))
    return ngettext("%(n)d minute", "%(n)d minutes", whole) % {"n": whole}


def metres(value: int) -> str:
    """Metres up to a kilometre, from there kilometres with one decimal."""
    return _("%(n)d m") % {"n": value} if value < 1000 else _("%(n)s km") % {"n": f"{round(value / 1000, 1):g}"}


#: Why it is far on the way, where it is near in a straight line.
def because(cause: Cause) -> str:
    """A cause as half a sentence; "" where none was found."""
    return {
        Cause.WALL: _("a wall or fence is in the way"),
        Cause.WATER: _("a river or water is in the way"),
        Cause.RAIL: _("a railway is in the way"),
        Cause.CROSSING: _("a road without a crossing is in the way"),
        Cause.DETOUR: _("the way goes a long way round"),
        Cause.CUT_OFF: _("no way leads there within 45 minutes"),
    }.get(cause, "")


@dataclass(frozen=True)
class Line:
    """One category at one compound: its bar (percent of the bar's length, None for no bar), and everything in words."""

    cell: Cell
    bar: float | None
    time: str
    how: str
    within: str
    radius: str
    cause: str

    @property
    def name(self) -> str:
        return says(self.cell.category.name)

    @property
    def is_unverified(self) -> bool:
        return bool(self.cell.category.is_unverified)


@dataclass(frozen=True)
class Section:
    """A circle with its own set: lines of what is missing come first."""

    seen: CircleSeen
    lines: tuple[Line, ...]
    limit: str

    @property
    def name(self) -> str:
        return says(self.seen.circle.name)

    @property
    def missing(self) -> list[Line]:
        """What is on record in the city and not within reach."""
        return [one for one in self.lines if not one.cell.reached and one.cell.on_record]

    @property
    def nowhere(self) -> list[str]:
        """Names of what nobody in the city has: built nowhere, or in no register. Nobody is said to lack it."""
        return [one.name for one in self.lines if not one.cell.on_record]

    @property
    def counted(self) -> int:
        """How many services stand behind “lacks nothing”."""
        return len(self.lines) - len(self.nowhere)

    @property
    def there(self) -> list[Line]:
        return [one for one in self.lines if one.cell.reached]


def sections(seen: Seen) -> list[Section]:
    """The circles of a unit with their lines: of compounds the missing first, else the least reached."""
    return [_section(seen, circle) for circle in seen.circles if seen.of_circle(circle.circle.code)]


def _section(seen: Seen, circle: CircleSeen) -> Section:
    cells = seen.of_circle(circle.circle.code)
    limit = minutes(cells[0].limit_minutes) if circle.circle.minutes else metres(circle.circle.metres)
    if circle.circle.minutes and seen.by_bicycle:
        limit = _("%(time)s by bicycle") % {"time": limit}
    lines = sorted((line(seen.run, cell, by_bicycle=seen.by_bicycle) for cell in cells), key=_order)
    return Section(circle, tuple(lines), limit)


def _order(one: Line) -> tuple[Any, ...]:
    cell = one.cell
    if cell.reached is None:
        return (not cell.on_record, 1.0 if cell.served_share is None else cell.served_share, one.name)
    far = cell.minutes is None
    return (bool(cell.reached), not far, 0.0 if cell.minutes is None else -cell.minutes, one.name)


def line(run: Run, cell: Cell, *, by_bicycle: bool) -> Line:
    """A category in words."""
    return Line(
        cell, _bar(cell), _time(run, cell), _how(run, cell, by_bicycle), _within(run, cell), _radius(cell), _cause(cell)
    )


def _bar(cell: Cell) -> float | None:
    if cell.minutes is None:
        return None
    return round(min(100.0, 100 * cell.minutes / (BAR_LIMITS * cell.limit_minutes)), 1)


def _time(run: Run, cell: Cell) -> str:
    if cell.minutes is not None:
        return minutes(cell.minutes)
    if cell.straight_m is None:
        return _("none in the city")
    return _("over %(time)s") % {"time": minutes(horizon(run))}


def _how(run: Run, cell: Cell, by_bicycle: bool) -> str:
    """What a missing category is, in a sentence."""
    if cell.reached or cell.reached is None:
        return ""
    if cell.straight_m is None:
        return _("No such place is on record in the whole city.")
    if cell.minutes is None:
        facts = {"time": minutes(horizon(run)), "far": metres(cell.straight_m)}
        return _("Not to be reached within %(time)s. The nearest lies %(far)s away in a straight line.") % facts
    facts = {"time": minutes(cell.minutes), "over": minutes(cell.minutes - cell.limit_minutes)}
    if by_bicycle:
        return _("%(time)s by bicycle: %(over)s too far.") % facts
    return _("%(time)s on foot: %(over)s too far.") % facts


def _within(run: Run, cell: Cell) -> str:
    """How many within each of the run's thresholds, as 0 / 2 / 5."""
    return " / ".join(str(one) for one in cell.counts)


def _radius(cell: Cell) -> str:
    if not cell.category.radius_m or cell.straight_m is None:
        return ""
    facts = {"far": metres(cell.straight_m), "most": metres(cell.category.radius_m)}
    if cell.in_radius:
        return _("%(far)s in a straight line: within the standard’s %(most)s") % facts
    return _("%(far)s in a straight line: beyond the standard’s %(most)s") % facts


def _cause(cell: Cell) -> str:
    """Only where compliance and reality part: near as the crow flies, too far on the way."""
    return because(cell.cause) if cell.reached is False and cell.in_radius else ""


def horizon(run: Run) -> float:
    """Minutes up to which a run looked."""
    return float(run.parameters.get("horizon_ds", 27_000)) / DS_A_MINUTE


@dataclass(frozen=True)
class Compound:
    """A compound of a run: which services it lacks in the nested circles and those beside them, by category code."""

    unit: Unit
    lon: float
    lat: float
    missing: tuple[str, ...]

    @property
    def step(self) -> int:
        """0 (nothing is missing) to 4, as it is drawn."""
        return step_of(len(self.missing))


def step_of(missing: float) -> int:
    """0 (nothing is missing) to 4; of several compounds by their average."""
    return max(place for place, least in enumerate(STEPS) if missing >= least or (missing > 0 and least == 1))


def on_map(run: Run, unit: Unit, *, actor: Any, frame: Frame | None) -> tuple[list[Compound], list[Heap]]:
    """What a map shows of a unit in a frame: its compounds, or heaps of them where there are too many to tell apart."""
    if how_many(run, unit, frame=frame) > MOST_ON_MAP:
        return [], heaps(run, unit, frame=frame)
    return compounds(run, unit, actor=actor, frame=frame, limit=MOST_ON_MAP), []


def collection(features: list[dict[str, Any]], found: list[Heap]) -> dict[str, Any]:
    """GeoJSON of compounds, or of heaps; ``more``: each new frame is worth asking for."""
    return {"type": "FeatureCollection", "features": features + [_heap(one) for one in found], "more": bool(found)}


def _heap(one: Heap) -> dict[str, Any]:
    words = ngettext("%(n)d compound", "%(n)d compounds", one.many) % {"n": one.many}
    average = round(one.missing, 1)
    facts = {"compounds": words, "n": f"{average:g}"}
    says = _("%(compounds)s: %(n)s services missing on average") % facts
    if one.many == 1:
        says = _("%(name)s: %(n)d missing") % {"name": words, "n": average}
    told = {"code": "", "name": words, "says": says, "step": step_of(one.missing), "missing": average, "many": one.many}
    return point(one.lon, one.lat, kind="compound", **told)


def compounds(run: Run, unit: Unit, *, actor: Any, frame: Any = None, limit: int = MOST_COMPOUNDS) -> list[Compound]:
    """The compounds of a unit that the run knows, by id, named as on its day. Times are no counts of people."""
    rows = CircleRow.objects.visible_to(actor).filter(run=run, level=Level.COMPOUND)
    if (ids := within(run, unit)) is not None:
        rows = rows.filter(unit__in=ids)
    if frame is not None:
        rows = rows.filter(lon__range=(frame[0], frame[2]), lat__range=(frame[1], frame[3]))
    return _compounds(run, rows.order_by("unit_id")[: min(limit, MOST_COMPOUNDS)])


def worst_compounds(run: Run, unit: Unit, *, actor: Any, most: int) -> list[Compound]:
    """The compounds of a unit that lack most, the worst first, however many there are."""
    rows = CircleRow.objects.visible_to(actor).filter(run=run, unit__in=worst(run, unit, most=most))
    return sorted(_compounds(run, rows.order_by("unit_id")), key=lambda one: -len(one.missing))


def _compounds(run: Run, rows: QuerySet[CircleRow]) -> list[Compound]:
    only = rows.only("unit__code", "unit__name_zh", "unit__name_en", "lon", "lat", "minutes_ds", "straight_m", "mode")
    found = only.select_related("unit")
    units = as_then(run.day, [row.unit for row in found])
    spots = [(row, row.lon or 0.0, row.lat or 0.0) for row in found]
    return [Compound(units[row.unit_id], lon, lat, missing_of(run, row)) for row, lon, lat in spots]


def missing_of(run: Run, row: CircleRow) -> tuple[str, ...]:
    """Codes of what a compound does not reach within its limits, of what is on record anywhere in the city."""
    limits = run.parameters["cycle_limits_ds"] if row.mode == Mode.CYCLE else run.limits_ds
    found = zip(run.categories, row.minutes_ds, limits, row.straight_m, strict=True)
    return tuple(code for code, time, limit, metres in found if metres is not None and (time is None or time > limit))


def absent(run: Run) -> frozenset[str]:
    """Codes of what the whole city does not have: no compound has one in a straight line. At most one query."""
    if "unrecorded" in run.parameters:
        return run.unrecorded
    row = CircleRow.objects.filter(run=run, level=Level.COMPOUND).only("straight_m").order_by("unit_id").first()
    straight = [] if row is None else row.straight_m
    return frozenset(code for code, metres in zip(run.categories, straight, strict=False) if metres is None)


def legend() -> list[tuple[int, str]]:
    """The five steps in words; each step is drawn larger and darker than the one before."""
    found = [(0, _("nothing missing"))]
    for place, (low, high) in enumerate(_spans(STEPS[1:]), 1):
        words = _("%(low)d or more missing") if high is None else _("%(low)d to %(high)d missing")
        found.append((place, words % {"low": low, "high": high}))
    return found


def _spans(lows: Iterable[int]) -> Iterator[tuple[int, int | None]]:
    kept = list(lows)
    for place, low in enumerate(kept):
        yield low, kept[place + 1] - 1 if place + 1 < len(kept) else None


def point(lon: float, lat: float, **told: Any) -> dict[str, Any]:
    """A GeoJSON point with what is told of it; six decimals are 0.1 m."""
    geometry = {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}
    return {"type": "Feature", "geometry": geometry, "properties": told}


def group_links(run: Run, codes: Iterable[str], standard: Any) -> list[dict[str, Any]]:
    """The groups for which there is a run, as links: code, name, metres a minute, whether the pace is unverified."""
    known = [one for one in standard.groups if one.code in set(codes)]
    return [
        {
            "code": one.code,
            "name": says(one.name),
            "is_current": one.code == run.group,
            "pace": round(one.walk_mm_per_s * 60 / 1000),
            "is_unverified": one.is_unverified,
        }
        for one in known
    ]
