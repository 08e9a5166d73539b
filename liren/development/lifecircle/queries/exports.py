"""A run to take away: compounds, units above them, or gaps; as CSV, GeoPackage or Parquet."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from django.utils.translation import gettext as _

from liren.development.lifecircle.models import Cause, CircleRow, Gap, Mode, Run
from liren.development.lifecircle.queries import days
from liren.development.lifecircle.queries.runs import standard_of
from liren.development.lifecircle.queries.seeing import DS_A_MINUTE, hidden_among, part_of, sees_all
from liren.foundation.kernel.errors import BadInput
from liren.foundation.territory.models import Boundary, Level

TABLES = ("compounds", "units", "gaps")
ENDINGS = (".csv", ".gpkg", ".parquet")
#: What a spreadsheet would take for a formula.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


@dataclass
class Columns:
    """A table by columns, with a shape for each row (WKB, None where it has no place)."""

    names: list[str]
    kinds: list[type]
    rows: list[list[Any]] = field(default_factory=list)
    shapes: list[bytes | None] = field(default_factory=list)

    def column(self, place: int) -> list[Any]:
        return [row[place] for row in self.rows]


def export(run: Run, path: Path | str, *, what: str = "compounds", actor: Any = None) -> int:
    """Write a table of a run to a file, by its ending; how many lines. Small numbers are left empty for the public.

    Raises:
        BadInput: no such table or ending, or the package for Parquet is missing.
    """
    path = Path(path)
    if what not in TABLES:
        raise BadInput(_("There is no such table: %(known)s.") % {"known": ", ".join(TABLES)})
    if path.suffix.lower() not in ENDINGS:
        raise BadInput(_("%(file)s: end the name in .csv, .gpkg or .parquet.") % {"file": path.name[:100]})
    table = MADE[what](run, actor)
    part = path.with_name(path.stem + ".part" + path.suffix)
    WRITTEN[path.suffix.lower()](table, part, what)
    part.replace(path)
    return len(table.rows)


def _compounds(run: Run, actor: Any) -> Columns:
    names, kinds = ["code", "name", "people", "by_bicycle", "lon", "lat"], [str, str, int, bool, float, float]
    for code in run.categories:
        names += [f"{code}_min", f"{code}_straight_m", f"{code}_reached", f"{code}_within_15", f"{code}_cause"]
        kinds += [float, int, bool, int, str]
    table, last = Columns(names, kinds), len(run.thresholds_ds)
    rows = list(_rows(run, actor).filter(level=Level.COMPOUND))
    units = days.as_then(run.day, [row.unit for row in rows])
    hidden = hidden_among(run, list(units.values()), actor=actor)
    for row in rows:
        limits = run.parameters["cycle_limits_ds"] if row.mode == Mode.CYCLE else run.limits_ds
        line: list[Any] = [row.unit.code, units[row.unit_id].name, None if row.unit_id in hidden else row.people]
        line += [row.mode == Mode.CYCLE, row.lon, row.lat]
        for k, time in enumerate(row.minutes_ds):
            minutes = None if time is None else round(time / DS_A_MINUTE, 2)
            line += [minutes, row.straight_m[k], time is not None and time <= limits[k], row.counts[(k + 1) * last - 1]]
            line.append(Cause(row.causes[k]).name.lower() if row.causes[k] else "")
        table.rows.append(line)
        table.shapes.append(shapely.to_wkb(shapely.Point(row.lon, row.lat)))
    return table


def _units(run: Run, actor: Any) -> Columns:
    names, kinds = ["code", "name", "level", "people", "compounds"], [str, str, str, int, int]
    for code in run.categories:
        names += [f"{code}_served", f"{code}_by_radius"]
    names += [f"{code}_complete" for code in run.circles]
    table = Columns(names, kinds + [float] * (len(names) - len(kinds)))
    rows, whole = list(_rows(run, actor).exclude(level=Level.COMPOUND)), sees_all(actor, run.city)
    units = days.as_then(run.day, [row.unit for row in rows])
    hidden = hidden_among(run, list(units.values()), actor=actor)
    outlines = Boundary.objects.filter(unit_id__in=[row.unit_id for row in rows], during__contains=run.day)
    shapes = {unit: bytes(wkb) for unit, wkb in outlines.order_by().values_list("unit_id", "wkb")}
    for row in rows:
        closed = row.unit_id in hidden
        line = [
            row.unit.code,
            units[row.unit_id].name,
            Level(row.level).name.lower(),
            None if closed else row.people,
            row.compounds,
        ]
        pairs = [one for pair in zip(row.served, row.by_radius, strict=True) for one in pair]
        shares = [None if closed else part_of(one, row.people, whole)[1] for one in (*pairs, *row.complete)]
        table.rows.append([*line, *(None if share is None else round(share, 4) for share in shares)])
        table.shapes.append(shapes.get(row.unit_id))
    return table


def _gaps(run: Run, actor: Any) -> Columns:
    names = ["rank", "code", "name", "category", "category_name", "circle", "people", "over_min", "cause"]
    table = Columns(names, [int, str, str, str, str, str, int, float, str])
    standard = standard_of(run)
    found = Gap.objects.visible_to(actor).filter(run=run).exclude(category__in=run.unrecorded)
    rows = list(found.select_related("unit").order_by("-people", "pk"))
    units = days.as_then(run.day, [row.unit for row in rows])
    hidden = hidden_among(run, list(units.values()), actor=actor)
    homes = CircleRow.objects.filter(run=run, level=Level.COMPOUND).values_list("unit", "lon", "lat")
    spots = {unit: (lon, lat) for unit, lon, lat in homes}
    for rank, row in enumerate(rows, 1):
        one = standard.category(row.category)
        over = None if row.over_ds is None else round(row.over_ds / DS_A_MINUTE, 2)
        told = [row.category, one.name.zh if one else "", one.circle if one else ""]
        people = None if row.unit_id in hidden else row.people
        cause = Cause(row.cause).name.lower() if row.cause else ""
        table.rows.append([rank, row.unit.code, units[row.unit_id].name, *told, people, over, cause])
        table.shapes.append(shapely.to_wkb(shapely.Point(*spots[row.unit_id])))
    return table


def _rows(run: Run, actor: Any) -> Any:
    return CircleRow.objects.visible_to(actor).filter(run=run).select_related("unit").order_by("level", "unit__code")


def _csv(table: Columns, path: Path, what: str) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(table.names)
        out.writerows([_cell(value) for value in row] for row in table.rows)


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULAS) else value


def _gpkg(table: Columns, path: Path, what: str) -> None:
    arrays, masks = [], []
    for place, kind in enumerate(table.kinds):
        values = table.column(place)
        masks.append(np.array([value is None for value in values], np.bool_))
        arrays.append(np.array([_empty(kind) if value is None else value for value in values], TYPES[kind]))
    path.unlink(missing_ok=True)
    pyogrio.raw.write(
        str(path),
        np.array(table.shapes, dtype=object),
        arrays,
        table.names,
        field_mask=masks,
        layer=what,
        driver="GPKG",
        geometry_type="Unknown" if what == "units" else "Point",
        crs="EPSG:4326",
    )


TYPES: dict[type, Any] = {str: object, int: np.int64, float: np.float64, bool: np.bool_}


def _empty(kind: type) -> Any:
    return "" if kind is str else kind(0)


def _parquet(table: Columns, path: Path, what: str) -> None:
    """As GeoParquet's plain sister: WKB in the column ``geometry``; read by every dataframe library."""
    try:
        from arro3.core import Array, DataType, Table
        from arro3.io import write_parquet
    except ImportError as error:
        raise BadInput(
            _("Writing Parquet needs a package that is not installed."),
            next_step=_("Install liren[parquet], or choose .csv or .gpkg."),
        ) from error
    types = {str: DataType.utf8(), int: DataType.int64(), float: DataType.float64(), bool: DataType.bool()}
    columns: dict[str, Any] = {
        name: Array(table.column(place), types[table.kinds[place]]) for place, name in enumerate(table.names)
    }
    columns["geometry"] = Array(table.shapes, DataType.binary())
    write_parquet(Table.from_pydict(columns), str(path))


MADE = {"compounds": _compounds, "units": _units, "gaps": _gaps}
WRITTEN = {".csv": _csv, ".gpkg": _gpkg, ".parquet": _parquet}
