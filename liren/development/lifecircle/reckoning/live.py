"""A city held ready for questions: what if something opened, closed or moved, and what lies around a compound.

Every question leaves the state as it found it. Times are those of a run of the same inputs, bit by bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liren.development.lifecircle.engine import BadParameter, Pace, Seeds, Step, WhatIf, lists, snap, summed
from liren.development.lifecircle.engine.measure import distance_m
from liren.development.lifecircle.reckoning.calculate import Joined, join
from liren.development.lifecircle.reckoning.inputs import Inputs
from liren.development.lifecircle.reckoning.tree import Units, units_of

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]
#: After so many questions a state is built anew: closed facilities and opened ways leave gaps in its numbers.
MOST_QUESTIONS = 2000
FARTHEST_WAY_M = 500.0


@dataclass(frozen=True)
class Change:
    """One change: ``add`` (category, place), ``close`` (facility), ``move`` (facility, place), ``open`` (place, to).

    ``category`` and ``facility`` are positions in the inputs; places are longitude and latitude in degrees.
    """

    kind: str
    category: int = -1
    facility: int = -1
    place: tuple[float, float] = (0.0, 0.0)
    to: tuple[float, float] = (0.0, 0.0)


@dataclass(eq=False)
class Part:
    """Those who go one way: on foot, or by bicycle; ``mine`` (compounds,)."""

    pace: Pace
    joined: Joined
    mine: Bools
    limits: Ints
    what_if: WhatIf
    #: The numbers of facilities that were closed and opened again.
    renamed: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Answer:
    """What changes: ``compound``, ``category`` (k,), ``was_ds`` and ``now_ds`` (-1: not within the horizon).

    ``gained`` (units, categories) for each level of the tree: people more within the limit, or fewer.
    """

    compound: Ints
    category: Ints
    was_ds: Ints
    now_ds: Ints
    gained: tuple[Longs, ...]


@dataclass(eq=False)
class Live:
    """A city in memory. Questions wait for one another."""

    inputs: Inputs
    units: Units
    parts: list[Part]
    served: tuple[Longs, ...]
    questions: int = 0
    lock: Any = field(default_factory=Lock)

    @property
    def is_worn(self) -> bool:
        return self.questions >= MOST_QUESTIONS

    def reached(self) -> Bools:
        """Whether each compound reaches each category within its own limit, (compounds, categories)."""
        found = np.zeros((len(self.inputs.compounds), len(self.inputs.categories)), np.bool_)
        for part in self.parts:
            found[part.mine] = (part.what_if.times.values <= part.limits[None, :])[part.mine]
        return found

    def ask(self, changes: Sequence[Change]) -> Answer:
        """What all changes together would do.

        Raises:
            BadParameter: a change that can't be meant.
        """
        with self.lock:
            self.questions += 1
            steps: list[tuple[Part, Step]] = []
            for part in self.parts:
                with _tried(part, self.inputs, changes) as made:
                    steps += [(part, step) for step in made]
            return self._answer(steps)

    def _answer(self, steps: list[tuple[Part, Step]]) -> Answer:
        first: dict[tuple[int, int], int] = {}
        last: dict[tuple[int, int], int] = {}
        for _part, step in steps:
            for origin, category, was, now in zip(*(one.tolist() for one in _columns(step)), strict=True):
                first.setdefault((origin, category), was)
                last[origin, category] = now
        keys = sorted(key for key in last if first[key] != last[key])
        compound, category = (np.array([key[k] for key in keys], np.int32) for k in range(2))
        was, now = (np.array([found[key] for key in keys], np.int32) for found in (first, last))
        limits = np.zeros((len(self.inputs.compounds), len(self.inputs.categories)), np.int32)
        for part in self.parts:
            limits[part.mine] = part.limits
        people = self.inputs.compounds.people[compound]
        limit = limits[compound, category]
        gain = ((now <= limit).astype(np.int64) - (was <= limit)) * people
        horizon = self.inputs.horizon_ds
        return Answer(
            compound,
            category,
            np.where(was > horizon, -1, was).astype(np.int32),
            np.where(now > horizon, -1, now).astype(np.int32),
            self._upwards(compound, category, gain),
        )

    def _upwards(self, compound: Ints, category: Ints, gain: Longs) -> tuple[Longs, ...]:
        unit = compound.astype(np.int64)
        found = []
        for level, size in enumerate(self.units.tree.sizes):
            values = np.zeros((size, len(self.inputs.categories)), np.int64)
            np.add.at(values, (unit, category), gain)
            found.append(values)
            if level < len(self.units.tree.parents):
                unit = self.units.tree.parents[level][unit].astype(np.int64)
        return tuple(found)

    def around(self, compound: int, limit_ds: int) -> list[tuple[int, int]]:
        """Facilities within a time of a compound, the nearest first: (position, deciseconds)."""
        part = next(one for one in self.parts if one.mine[compound])
        homes, there = part.joined.graph.seats
        mine = homes.of(compound)
        one = Seeds(mine.at, np.zeros(len(mine), np.int32), mine.cost)
        with self.lock:
            found = lists(part.joined.graph, one, there, limit=limit_ds)
        order = np.lexsort((found.source, found.time))
        return list(zip(found.source[order].tolist(), found.time[order].tolist(), strict=True))

    def nearest_facility(self, category: int, lon: float, lat: float) -> int:
        """The facility of a category nearest to a place in a straight line.

        Raises:
            BadParameter: the category has none.
        """
        facilities = self.inputs.facilities
        here = np.flatnonzero(facilities.category == category)
        if len(here) == 0:
            raise BadParameter("category_empty")
        far = distance_m(facilities.lon[here], facilities.lat[here], np.array([lon]), np.array([lat]))
        return int(here[int(far.argmin())])


def _columns(step: Step) -> tuple[Ints, Ints, Ints, Ints]:
    return step.origin, step.category, step.was, step.now


def live_of(inputs: Inputs) -> Live:
    """A city made ready; some seconds for a million nodes."""
    by_bicycle = inputs.compounds.rural if inputs.by_bicycle is not None else np.zeros(len(inputs.compounds), np.bool_)
    parts = [_part(join(inputs.on_foot, inputs, inputs.walk), inputs, inputs.walk, ~by_bicycle)]
    if inputs.by_bicycle is not None and by_bicycle.any():
        parts.append(_part(join(inputs.by_bicycle, inputs, inputs.cycle), inputs, inputs.cycle, by_bicycle))
    units = units_of(inputs.compounds)
    made = Live(inputs, units, parts, ())
    made.served = summed(made.reached() * inputs.compounds.people[:, None], units.tree)
    return made


def _part(joined: Joined, inputs: Inputs, pace: Pace, mine: Bools) -> Part:
    homes, there = joined.graph.seats
    kept = mine[homes.owner]
    what_if = WhatIf(
        joined.graph,
        Seeds(homes.at[kept], homes.owner[kept], homes.cost[kept]),
        there,
        inputs.facilities.category,
        owners=len(inputs.compounds),
        categories=len(inputs.categories),
        limit=inputs.horizon_ds,
    )
    return Part(pace, joined, mine, inputs.limits(pace), what_if)


@contextmanager
def _tried(part: Part, inputs: Inputs, changes: Sequence[Change]) -> Iterator[list[Step]]:
    """The changes made, one after the other; and undone at the end, the last first, whatever happens."""
    undo: list[tuple[str, Any]] = []
    steps: list[Step] = []
    try:
        for change in changes:
            steps += MADE[change.kind](part, inputs, change, undo)
        yield steps
    finally:
        for kind, what in reversed(undo):
            UNDONE[kind](part, what)


def _seat(part: Part, inputs: Inputs, place: tuple[float, float]) -> Seeds:
    lon, lat = (np.array([one], np.float64) for one in place)
    places = snap(part.joined.graph.net, lon, lat, within_m=inputs.join_within_m, name="place")
    if len(places.far):
        raise BadParameter("place_far", metres=round(inputs.join_within_m))
    return part.joined.graph.seat(places)


def _add(part: Part, inputs: Inputs, change: Change, undo: list[tuple[str, Any]]) -> list[Step]:
    number, step = part.what_if.add(_seat(part, inputs, change.place), change.category)
    undo.append(("close", number))
    return [step]


def _close(part: Part, inputs: Inputs, change: Change, undo: list[tuple[str, Any]]) -> list[Step]:
    if not 0 <= change.facility < len(inputs.facilities):
        raise BadParameter("facility_unknown", facility=change.facility)
    number = _number(part, change.facility)
    seeds, category = part.what_if.facilities.of(number), int(part.what_if.category[number])
    step = part.what_if.close(number)
    undo.append(("add", (change.facility, seeds, category)))
    return [step]


def _move(part: Part, inputs: Inputs, change: Change, undo: list[tuple[str, Any]]) -> list[Step]:
    gone = _close(part, inputs, change, undo)
    category = int(inputs.facilities.category[change.facility])
    return gone + _add(part, inputs, Change("add", category=category, place=change.place), undo)


def _open(part: Part, inputs: Inputs, change: Change, undo: list[tuple[str, Any]]) -> list[Step]:
    lon, lat = (np.array(pair, np.float64) for pair in zip(change.place, change.to, strict=True))
    metres = float(distance_m(lon[:1], lat[:1], lon[1:], lat[1:])[0])
    if not 0 < metres <= FARTHEST_WAY_M:
        raise BadParameter("way_too_long", metres=round(metres), most=round(FARTHEST_WAY_M))
    places = snap(part.joined.graph.net, lon, lat, within_m=inputs.join_within_m, name="place")
    time = int(part.pace.deciseconds(np.array([round(metres * 1000)], np.int64))[0])
    arcs, steps = part.what_if.open_between(places, time)
    undo.append(("shut", arcs))
    return steps


def _number(part: Part, facility: int) -> int:
    """The number under which a facility of the inputs stands now: closed and opened again it has another one."""
    return part.renamed.get(facility, facility)


def _add_again(part: Part, what: tuple[int, Seeds, int]) -> None:
    facility, seeds, category = what
    number, _step = part.what_if.add(seeds, category)
    part.renamed[facility] = number


MADE = {"add": _add, "close": _close, "move": _move, "open": _open}
UNDONE = {
    "close": lambda part, number: part.what_if.close(number),
    "add": _add_again,
    "shut": lambda part, arcs: part.what_if.shut(arcs),
}
