"""One run: times, counts, radii, causes and people, from the compounds to the city."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liren.development.lifecircle.engine import (
    Graph,
    Network,
    Pace,
    Places,
    at_origins,
    build,
    counts_of,
    lists,
    nearest,
    snap,
    straight,
    summed,
)
from liren.development.lifecircle.reckoning.causes import causes_of
from liren.development.lifecircle.reckoning.inputs import Inputs, Report, digest_of
from liren.development.lifecircle.reckoning.tree import Units, units_of

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]
Tell = Callable[[str, int, int], None]
STEPS = ("network", "times", "counts", "radii", "causes", "people")


def silent(stage: str, done: int, total: int) -> None:
    """The progress of whoever does not look."""


@dataclass(frozen=True, eq=False)
class Joined:
    """A network at a pace with compounds and facilities in it."""

    graph: Graph
    homes: Places
    facilities: Places


@dataclass(frozen=True, eq=False)
class Sums:
    """People of every level of ``units.tree``: (units, categories) twice, (units, circles), (units, 3)."""

    served: tuple[Longs, ...]
    by_radius: tuple[Longs, ...]
    complete: tuple[Longs, ...]
    size: tuple[Longs, ...]  # people, households, compounds


@dataclass(frozen=True, eq=False)
class Result:
    """What a run finds. Rows are compounds in the order of the inputs; -1 stands for what is not reached or not there.

    ``time_ds``, ``straight_m``, ``causes``, ``reached``, ``in_radius`` (compounds, categories); ``counts``,
    ``capacity`` (compounds, categories, thresholds); ``complete`` (compounds, circles) of what is on record anywhere in
    the city; ``by_bicycle`` (compounds,).
    """

    time_ds: Ints
    straight_m: Ints
    causes: NDArray[np.int16]
    reached: Bools
    in_radius: Bools
    counts: Longs
    capacity: Longs
    complete: Bools
    by_bicycle: Bools
    units: Units
    sums: Sums
    report: Report

    def digest(self) -> str:
        """SHA-256 of everything found."""
        return digest_of(
            self.time_ds, self.straight_m, self.causes, self.counts, self.capacity, self.complete, self.by_bicycle,
            *self.units.codes, *self.sums.served, *self.sums.by_radius, *self.sums.complete, *self.sums.size,
        )  # fmt: skip


def calculate(inputs: Inputs, tell: Tell = silent) -> Result:
    """Everything about one city.

    Raises:
        LifeCircleError: the network or the facilities can't be meant.
    """
    report = Report()
    tell("network", 0, len(STEPS))
    walk = join(inputs.on_foot, inputs, inputs.walk)
    tell_far(walk.homes, walk.facilities, inputs, report)
    tell("times", 1, len(STEPS))
    time, counts, capacity = _found(walk, inputs)
    by_bicycle = np.zeros(len(inputs.compounds), np.bool_)
    limits = np.tile(inputs.limits(inputs.walk), (len(inputs.compounds), 1))
    rural = inputs.compounds.rural
    report.counts["rural_on_foot"] = int(rural.sum()) if inputs.by_bicycle is None else 0
    if inputs.by_bicycle is not None and rural.any():
        tell("counts", 2, len(STEPS))
        other = _found(join(inputs.by_bicycle, inputs, inputs.cycle), inputs)
        by_bicycle = rural.copy()
        limits[rural] = inputs.limits(inputs.cycle)
        time[rural], counts[rural], capacity[rural] = (part[rural] for part in other)
    tell("radii", 3, len(STEPS))
    metres, nearest_one = straight_lines(inputs)
    reached = (time >= 0) & (time <= limits)
    in_radius = (metres >= 0) & (metres <= _radii(inputs)[None, :])
    tell("causes", 4, len(STEPS))
    causes = causes_of(inputs, in_radius & ~reached, nearest_one, time)
    tell("people", 5, len(STEPS))
    units = units_of(inputs.compounds)
    complete = np.stack([lacking_nothing(reached, mine) for mine in inputs.counted()], axis=1)
    sums = _sums(inputs, units, reached, in_radius, complete)
    tell("people", 6, len(STEPS))
    return Result(time, metres, causes, reached, in_radius, counts, capacity, complete, by_bicycle, units, sums, report)


def lacking_nothing(reached: Bools, counted: list[int]) -> Bools:
    """Who reaches all of a circle that counts; nobody, where nothing of it is on record anywhere."""
    return np.full(len(reached), bool(counted)) & reached[:, counted].all(axis=1)


def join(net: Network, inputs: Inputs, pace: Pace) -> Joined:
    """Compounds by their gates, and facilities, set into a network."""
    homes, there = seated(net, inputs)
    return Joined(build(net, [homes, there], pace), homes, there)


def seated(net: Network, inputs: Inputs) -> tuple[Places, Places]:
    """Compounds by their gates, and facilities, at the nearest ways of a network."""
    compounds, facilities = inputs.compounds, inputs.facilities
    homes = snap(
        net,
        compounds.gate_lon,
        compounds.gate_lat,
        within_m=inputs.join_within_m,
        owner=compounds.gate_of,
        name="compounds",
    )
    return homes, snap(net, facilities.lon, facilities.lat, within_m=inputs.join_within_m, name="facilities")


def tell_far(homes: Places, facilities: Places, inputs: Inputs, report: Report) -> None:
    """Report what lies too far from every way."""
    report.tell("compounds_far", [inputs.compounds.codes[k] for k in homes.far.tolist()])
    report.tell("facilities_far", [inputs.facilities.names[k] for k in facilities.far.tolist()])


def _found(joined: Joined, inputs: Inputs) -> tuple[Ints, Longs, Longs]:
    """Times (-1: none), counts and capacity of every compound on one network."""
    homes, there = joined.graph.seats
    many, owners = len(inputs.categories), len(inputs.compounds)
    kind = inputs.facilities.category
    at_nodes = nearest(joined.graph, there, kind, categories=many, limit=inputs.horizon_ds)
    times = at_origins(at_nodes, homes, owners)
    found = lists(joined.graph, homes, there, limit=inputs.thresholds_ds[-1])
    within = np.array(inputs.thresholds_ds, np.int32)
    counts, capacity = counts_of(
        found, kind, owners=owners, categories=many, within=within, capacity=inputs.facilities.capacity
    )
    time = np.where(times.reached, times.values.astype(np.int32), -1).astype(np.int32)
    return time, counts, counts if capacity is None else capacity


def straight_lines(inputs: Inputs) -> tuple[Ints, Ints]:
    """Whole metres as the crow flies to the nearest facility of each category, and which it is; -1 for none."""
    compounds, facilities = inputs.compounds, inputs.facilities
    found = straight(
        compounds.gate_lon,
        compounds.gate_lat,
        compounds.gate_of,
        len(compounds),
        facilities.lon,
        facilities.lat,
        np.arange(len(facilities), dtype=np.int32),
        facilities.category,
        categories=len(inputs.categories),
    )
    metres = np.where(np.isfinite(found.metres), np.rint(found.metres), -1).astype(np.int32)
    return metres, found.facility


def _radii(inputs: Inputs) -> Ints:
    """The service radius of each category; where none is set, the way of its circle as the crow flies."""
    limits = inputs.limits(inputs.walk).astype(np.int64) * inputs.walk.mm_per_s // 10_000
    return np.where(inputs.radius_m > 0, inputs.radius_m, limits).astype(np.int32)


def _sums(inputs: Inputs, units: Units, reached: Bools, in_radius: Bools, complete: Bools) -> Sums:
    people = inputs.compounds.people[:, None]
    size = np.stack(
        [inputs.compounds.people, inputs.compounds.households, np.ones(len(inputs.compounds), np.int64)], axis=1
    )
    return Sums(
        served=summed(reached * people, units.tree),
        by_radius=summed(in_radius * people, units.tree),
        complete=summed(complete * people, units.tree),
        size=summed(size, units.tree),
    )
