"""A city's facts as the arrays of a run: compounds with people and units above, facilities, limits and their source."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import shapely

from liren.development.lifecircle.engine import Network, Pace
from liren.development.lifecircle.models import Place, PlaceTable, StreetNetwork
from liren.development.lifecircle.queries.days import Stood, hanging, stood
from liren.development.lifecircle.reckoning.inputs import Compounds, Facilities, Inputs, Report, Ring, without_doubles
from liren.development.lifecircle.reckoning.packing import unpacked
from liren.development.lifecircle.spoken import NotWorkedOut
from liren.development.lifecircle.standard.spec import DECISECONDS_A_MINUTE, Circle, Group, Source, Standard
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.policy import queries as policy
from liren.foundation.registers.models import Entry
from liren.foundation.registers.models.declared import registers
from liren.foundation.territory.models import Boundary, Kind, Level, Unit
from liren.foundation.territory.queries.counts import latest_revisions

YEARS_BACK = 5  # an older count says too little about today
RURAL = (Kind.RURAL_CLUSTER, Kind.RURAL_SCATTERED)


@dataclass
class Gathered:
    """Inputs of a run, what was found wrong with them, and where each limit comes from."""

    inputs: Inputs
    report: Report
    parameters: dict[str, Any] = field(default_factory=dict)
    unit_ids: dict[str, int] = field(default_factory=dict)


def network_of(row: StreetNetwork) -> Network:
    """The arrays of a recorded network; BadInput where the stored file is damaged."""
    try:
        return unpacked(bytes(row.content), row.digest, row.file_name)
    except ValueError as error:
        raise NotWorkedOut("network_damaged", file=row.file_name) from error


def gather(
    city: Unit,
    day: date,
    *,
    standard: Standard,
    group: Group,
    network: StreetNetwork,
    cycle_network: StreetNetwork | None = None,
    places: PlaceTable | None = None,
) -> Gathered:
    """Everything a run of the city needs, as of a day.

    Facilities come from the table of places where one is named, else from the entries of registers that everybody may
    read. Raises BadInput where the city has no compounds with a place.
    """
    report = Report()
    unit_ids: dict[str, int] = {}
    compounds = _compounds(city, day, standard, report, unit_ids)
    facilities = _from_table(standard, places, report) if places else _from_registers(standard, city, day, report)
    rings, parameters = _rings(standard, city, day)
    walk = Pace(group.walk_mm_per_s, group.steps_mm_per_s)
    inputs = Inputs(
        on_foot=network_of(network),
        by_bicycle=None if cycle_network is None else network_of(cycle_network),
        compounds=compounds,
        facilities=without_doubles(facilities, report),
        categories=tuple(one.code for one in standard.categories),
        rings=rings,
        radius_m=np.array([one.radius_m for one in standard.categories], np.int32),
        walk=walk,
        cycle=Pace(group.cycle_mm_per_s),
    )
    return Gathered(inputs, report, {**parameters, **_told(group, inputs)}, unit_ids)


def _told(group: Group, inputs: Inputs) -> dict[str, Any]:
    return {
        "group": group.code,
        "walk_mm_per_s": group.walk_mm_per_s,
        "steps_mm_per_s": group.steps_mm_per_s,
        "cycle_mm_per_s": group.cycle_mm_per_s,
        "pace_certainty": group.certainty,
        "horizon_ds": inputs.horizon_ds,
        "join_within_m": inputs.join_within_m,
        "cycle_limits_ds": inputs.limits(inputs.cycle).tolist(),
    }


def _compounds(city: Unit, day: date, standard: Standard, report: Report, ids: dict[str, int]) -> Compounds:
    units = stood(city, day)
    every = sorted((one for one in units.values() if one.level == Level.COMPOUND), key=lambda one: one.code)
    middles = _middles([one.pk for one in every], day)
    gates = _gates(standard.gates, city, day)
    placed = [one for one in every if one.pk in middles or one.pk in gates]
    report.tell("compounds_without_place", [one.code for one in every if one.pk not in middles and one.pk not in gates])
    if not placed:
        raise NotWorkedOut("no_compounds", city=city.name)
    ids |= {one.code: one.pk for one in units.values()}
    people, households = (_counts([one.pk for one in placed], day, which) for which in ("residents", "households"))
    report.tell("compounds_without_people", [one.code for one in placed if one.pk not in people])
    spots = [gates.get(one.pk) or [middles[one.pk]] for one in placed]
    middle = [middles.get(one.pk) or spot[0] for one, spot in zip(placed, spots, strict=True)]
    levels = tuple(level for level in range(Level.COMMUNITY, city.level - 1, -1))
    flat = np.array([point for spot in spots for point in spot], np.float64).reshape(-1, 2)
    return Compounds(
        codes=tuple(one.code for one in placed),
        lon=np.array([point[0] for point in middle], np.float64),
        lat=np.array([point[1] for point in middle], np.float64),
        gate_lon=flat[:, 0].copy(),
        gate_lat=flat[:, 1].copy(),
        gate_of=np.repeat(np.arange(len(spots), dtype=np.int32), [len(spot) for spot in spots]),
        people=np.array([people.get(one.pk, 0) for one in placed], np.int64),
        households=np.array([households.get(one.pk, 0) for one in placed], np.int64),
        rural=np.array([_is_rural(one, units) for one in placed], np.bool_),
        levels=levels,
        above=tuple(_above(one, units, levels) for one in placed),
    )


def _above(unit: Stood, units: dict[int, Stood], levels: tuple[int, ...]) -> tuple[str, ...]:
    found = {units[pk].level: units[pk].code for pk in unit.path_ids if pk in units}
    return tuple(found.get(level, "") for level in levels)


def _is_rural(unit: Stood, units: dict[int, Stood]) -> bool:
    """Whether people there go by bicycle (R244): by the community; without one, by what the compound is."""
    above = next((units[pk] for pk in unit.path_ids if pk in units and units[pk].level == Level.COMMUNITY), None)
    return unit.kind in RURAL if above is None else above.kind == Kind.VILLAGE


def _middles(unit_ids: list[int], day: date) -> dict[int, tuple[float, float]]:
    """A point inside the outline of each unit."""
    rows = list(
        Boundary.objects.filter(unit_id__in=unit_ids, during__contains=day).order_by().values_list("unit_id", "wkb")
    )
    if not rows:
        return {}
    points = shapely.point_on_surface(shapely.from_wkb([bytes(wkb) for _unit, wkb in rows]))
    spots = zip(shapely.get_x(points).tolist(), shapely.get_y(points).tolist(), strict=True)
    return {int(unit_id or 0): spot for (unit_id, _wkb), spot in zip(rows, spots, strict=True)}


def _counts(unit_ids: list[int], day: date, which: Any) -> dict[int, int]:
    rows = latest_revisions(unit_ids, which, day.year - 1, day.year - YEARS_BACK)
    return {row.unit_id: getattr(row, which) or 0 for row in rows}  # later years overwrite earlier ones


def _entries(source: Source, city: Unit, day: date) -> list[tuple[Any, ...]]:
    """Entries in force that everybody may read and that a source takes: unit, name, place, values; in a fixed order.

    Units are those of the day: what a merged unit gave to its successor is looked for where it hung then. What opens
    after the day is left out.
    """
    register = next((one for one in registers() if one.code == source.register), None)
    if register is None:
        return []
    rows = Entry.objects.visible_to(ANONYMOUS).open_on(day).filter(register_id=register.pk).exclude(opened_on__gt=day)
    found = hanging(rows, city, day).values_list("then", "name_zh", "lon", "lat", "values")
    return [row for row in found if source.takes(row[4])]


def _gates(source: Source | None, city: Unit, day: date) -> dict[int, list[tuple[float, float]]]:
    found: dict[int, list[tuple[float, float]]] = {}
    for unit_id, _name, lon, lat, _values in [] if source is None else _entries(source, city, day):
        if lon is not None:
            found.setdefault(unit_id, []).append((lon, lat))
    return found


Row = tuple[int, float, float, str, int, str]  # category, lon, lat, name, capacity, opening hours


def _from_registers(standard: Standard, city: Unit, day: date, report: Report) -> Facilities:
    rows: list[Row] = []
    nowhere = []
    for place, category in enumerate(standard.categories):
        for source in category.sources:
            for _unit, name, lon, lat, values in _entries(source, city, day):
                if lon is None:
                    nowhere.append(name)
                else:
                    said = values.get(category.hours)
                    open_when = said.strip()[:200] if isinstance(said, str) else ""
                    rows.append((place, lon, lat, name, _whole(values.get(category.capacity)), open_when))
    report.tell("facilities_without_place", nowhere)
    return _arrays(rows)


def _from_table(standard: Standard, table: PlaceTable, report: Report) -> Facilities:
    place_of = {one.code: place for place, one in enumerate(standard.categories)}
    rows: list[Row] = []
    columns = ("name", "categories", "lon", "lat", "capacity", "hours")
    found = Place.objects.filter(table=table).order_by("number").values_list(*columns)
    for name, categories, lon, lat, capacity, said in found.iterator(chunk_size=20_000):
        rows += [(place_of[one], lon, lat, name, capacity or 0, said) for one in categories if one in place_of]
    return _arrays(rows)


def _whole(value: Any) -> int:
    """A capacity as whole units, 0 where nothing is said."""
    try:
        return max(0, int(float(value)))
    except (TypeError, ValueError, OverflowError):
        return 0


def _arrays(rows: list[Row]) -> Facilities:
    """Sorted by what they are, not by how the database came upon them."""
    rows = sorted(rows)
    return Facilities(
        lon=np.array([row[1] for row in rows], np.float64),
        lat=np.array([row[2] for row in rows], np.float64),
        category=np.array([row[0] for row in rows], np.int32),
        capacity=np.array([row[4] for row in rows], np.int64),
        names=tuple(row[3] for row in rows),
        hours=tuple(row[5] for row in rows) if any(row[5] for row in rows) else (),
    )


def _rings(standard: Standard, city: Unit, day: date) -> tuple[tuple[Ring, ...], dict[str, Any]]:
    """Circles with the limits that hold at the place on the day, and what says so."""
    known = policy.parameters_at([one.parameter for one in standard.circles if one.parameter], city, on=day)
    rings, told = [], []
    for circle in standard.circles:
        answer = known.get(circle.parameter)
        minutes, metres = circle.minutes, circle.metres
        if answer is not None and circle.metres:
            metres = int(answer.quantity.rounded_to("m", 0).value)
        elif answer is not None:
            minutes = int(answer.quantity.rounded_to("minute", 0).value)
        members = tuple(k for k, one in enumerate(standard.categories) if one.circle == circle.code)
        rings.append(Ring(circle.code, minutes * DECISECONDS_A_MINUTE, metres, members))
        told.append(_said(circle, minutes, metres, answer))
    return tuple(rings), {"circles": told}


def _said(circle: Circle, minutes: int, metres: int, answer: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"code": circle.code, "minutes": minutes, "metres": metres, "certainty": circle.certainty}
    if answer is not None:
        made |= {
            "parameter": circle.parameter,
            "provision": answer.parameter.provision_key,
            "is_draft": answer.is_draft,
        }
    return made
