"""Coverage at another pace, out of the times that a run holds: they grow and shrink as the pace does.

Exact for whoever goes everywhere at one pace, up to what the run's rounding to tenths of a second makes. Circles that
are given in metres do not depend on a pace, and neither do those who go by bicycle here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liren.development.lifecircle import queries
from liren.development.lifecircle.models import CircleRow, Mode, Run
from liren.foundation.territory.models import Level, Unit

#: Metres a minute that are offered: from a slow old person to a brisk walk.
SLOWEST, FASTEST = 25, 100
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Kept:
    """The compounds of a unit as arrays: deciseconds (no way: -1), people, who goes on foot."""

    times: NDArray[np.int64]
    people: NDArray[np.int64]
    on_foot: Bools


@dataclass(frozen=True)
class AtPace:
    """One circle at the run's own pace and at another: average share of its services, and people who lack nothing."""

    circle: Any
    average: float | None
    was_average: float | None
    complete: int
    was_complete: int

    @property
    def gained(self) -> int:
        return self.complete - self.was_complete


@lru_cache(maxsize=8)
def kept(run: Run, digest: str, unit: Unit) -> Kept:
    """Read once for a run's result and a unit; a slider asks many times a second."""
    rows = CircleRow.objects.filter(run=run, level=Level.COMPOUND)
    if (ids := queries.within(run, unit)) is not None:
        rows = rows.filter(unit__in=ids)
    found = list(rows.order_by("unit_id").values_list("minutes_ds", "people", "mode"))
    times = [[-1 if one is None else one for one in row[0]] for row in found]
    width = len(times[0]) if times else 0
    return Kept(
        np.array(times, np.int64).reshape(len(times), width),
        np.array([row[1] for row in found], np.int64),
        np.array([row[2] != Mode.CYCLE for row in found], np.bool_),
    )


def own_pace(run: Run) -> int:
    """The run's pace in metres a minute."""
    return round(run.parameters["walk_mm_per_s"] * 60 / 1000)


def at_pace(run: Run, unit: Unit, pace: int) -> list[AtPace]:
    """The circles of a unit at so many metres a minute, beside the run's own pace."""
    standard, here = queries.standard_of(run), kept(run, run.result_digest, unit)
    was = reached(run, here, 1.0)
    own = own_pace(run)
    now = was if pace == own else reached(run, here, run.parameters["walk_mm_per_s"] * 60 / 1000 / pace)
    found = []
    for code in run.circles:
        circle = standard.circle(code)
        if circle is None or circle.metres:
            continue
        mine = [k for k, one in enumerate(run.categories) if getattr(standard.category(one), "circle", "") == code]
        found.append(
            AtPace(circle, average(here, now, mine), average(here, was, mine), *complete(here, now, was, mine))
        )
    return found


def reached(run: Run, here: Kept, factor: float) -> Bools:
    """Which compound reaches what when every way on foot takes ``factor`` times as long."""
    cycle = np.array(run.parameters["cycle_limits_ds"], np.int64)
    walk = np.array(run.limits_ds, np.int64)
    known = here.times >= 0
    result: Bools = known & np.where(here.on_foot[:, None], here.times * factor <= walk, here.times <= cycle)
    return result


def average(here: Kept, found: Bools, mine: list[int]) -> float | None:
    """The share of a circle's services that a resident reaches on average; None where nobody lives."""
    everybody = int(here.people.sum())
    if not everybody or not mine:
        return None
    return float((found[:, mine].sum(axis=1) * here.people).sum()) / (everybody * len(mine))


def complete(here: Kept, now: Bools, was: Bools, mine: list[int]) -> tuple[int, int]:
    """People who lack nothing of a circle, then and before."""
    return tuple(int(here.people[one[:, mine].all(axis=1)].sum()) for one in (now, was))  # type: ignore[return-value]
