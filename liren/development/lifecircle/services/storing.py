"""A result into rows: units of every level, and the gaps ranked by people. By COPY, inside the run's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from django.db import connection

from liren.development.lifecircle.models import Mode, Run
from liren.development.lifecircle.reckoning.calculate import Result
from liren.development.lifecircle.reckoning.inputs import Inputs

ROW = (
    "run_id", "unit_id", "level", "people", "households", "compounds", "mode", "lon", "lat", "minutes_ds", "straight_m",
    "counts", "capacity", "causes", "served", "by_radius", "complete",
)  # fmt: skip
GAP = ("run_id", "unit_id", "category", "people", "over_ds", "cause")


def store(run: Run, inputs: Inputs, result: Result, unit_ids: Mapping[str, int]) -> tuple[int, int]:
    """Write the rows of a run; how many units, and how many gaps."""
    rows = _copy("lifecircle_circlerow", ROW, _rows(run, inputs, result, unit_ids))
    return rows, _copy("lifecircle_gap", GAP, _gaps(run, inputs, result, unit_ids))


def _copy(table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> int:
    done = 0
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as pipe:
        for row in rows:
            pipe.write_row(row)
            done += 1
    return done


def _rows(run: Run, inputs: Inputs, result: Result, unit_ids: Mapping[str, int]) -> Iterator[tuple[Any, ...]]:
    sums = result.sums
    for place, (level, codes) in enumerate(zip(result.units.levels, result.units.codes, strict=True)):
        for number, code in enumerate(codes):
            if not code:
                continue  # a stand-in for a level that the tree leaves out
            own = _own(inputs, result, number) if place == 0 else _of_others()
            yield (
                run.pk,
                unit_ids[code],
                level,
                *sums.size[place][number].tolist(),
                *own,
                sums.served[place][number].tolist(),
                sums.by_radius[place][number].tolist(),
                sums.complete[place][number].tolist(),
            )


def _own(inputs: Inputs, result: Result, number: int) -> tuple[Any, ...]:
    """What only compounds have."""
    return (
        str(Mode.CYCLE if result.by_bicycle[number] else Mode.WALK),
        float(inputs.compounds.lon[number]),
        float(inputs.compounds.lat[number]),
        _nulled(result.time_ds[number]),
        _nulled(result.straight_m[number]),
        result.counts[number].ravel().tolist(),
        result.capacity[number].ravel().tolist(),
        result.causes[number].tolist(),
    )


def _of_others() -> tuple[Any, ...]:
    return "", None, None, [], [], [], [], []


def _nulled(values: Any) -> list[int | None]:
    return [None if value < 0 else value for value in values.tolist()]


def _gaps(run: Run, inputs: Inputs, result: Result, unit_ids: Mapping[str, int]) -> Iterator[tuple[Any, ...]]:
    """The most people first, so that ids follow the rank."""
    people = inputs.compounds.people
    row, category = np.nonzero(~result.reached & (people > 0)[:, None])
    order = np.lexsort((category, row, -people[row]))
    limits = np.where(
        result.by_bicycle[:, None], inputs.limits(inputs.cycle)[None, :], inputs.limits(inputs.walk)[None, :]
    )
    for i, c in zip(row[order].tolist(), category[order].tolist(), strict=True):
        time = int(result.time_ds[i, c])
        over = None if time < 0 else time - int(limits[i, c])
        code = inputs.compounds.codes[i]
        yield run.pk, unit_ids[code], inputs.categories[c], int(people[i]), over, int(result.causes[i, c])
