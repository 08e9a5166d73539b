"""A city held ready for questions: what if something opened, closed or moved, and what lies around a compound.

Every question leaves the state as it found it. Times are those of a run of the same inputs, bit by bit; under a
setting, those of a run at that pace with the places that are open then.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liren.development.lifecircle.engine import BadParameter, Pace, Seeds, Step, WhatIf, hours, lists, snap, summed
from liren.development.lifecircle.engine.measure import distance_m
from liren.development.lifecircle.reckoning.calculate import Joined, join
from liren.development.lifecircle.reckoning.inputs import AS_RUN, Inputs, Setting
from liren.development.lifecircle.reckoning.tree import Units, units_of

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]
#: After so many questions a state is built anew: closed facilities and opened ways leave gaps in its numbers.
MOST_QUESTIONS = 2000
#: So many settings of a city stay in memory; the least asked goes first.
MOST_SETTINGS = 4
FARTHEST_WAY_M = 500.0


@dataclass(frozen=True)
class Change:
    """One change: ``add`` (category, place), ``close`` (facility), ``move`` (facility, place), ``open`` (place, to),
    ``hours`` (category, facility, text), which closes or opens it where the setting names a moment.

    ``category`` and ``facility`` are positions in the inputs; places are longitude and latitude in degrees.
    """

    kind: str
    category: int = -1
    facility: int = -1
    place: tuple[float, float] = (0.0, 0.0)
    to: tuple[float, float] = (0.0, 0.0)
    hours: str = ""


@dataclass(eq=False)
class Part:
    """Those who go one way: on foot, or by bicycle; ``mine`` (compounds,)."""

    pace: Pace
    joined: Joined
    mine: Bools
    limits: Ints
    what_if: WhatIf
    moment: int | None = None
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
    setting: Setting = AS_RUN
    questions: int = 0
    lock: Any = field(default_factory=Lock)
    settings: OrderedDict[Setting, Live] = field(default_factory=OrderedDict)

    @property
    def is_worn(self) -> bool:
        return self.questions >= MOST_QUESTIONS

    def under(self, setting: Setting) -> Live:
        """The same city under other circumstances; made where it was not asked for lately.

        The network is gone through at the new pace; what is where, and in which order, stays.
        """
        same = self.inputs.walk.mm_per_s == setting.walk_mm_per_s or setting.walk_mm_per_s is None
        wanted = Setting(None if same else setting.walk_mm_per_s, setting.moment)
        if wanted == self.setting:
            return self
        with self.lock:
            found = self.settings.pop(wanted, None)
            if found is None or found.is_worn:
                found = _under(self, wanted)
            self.settings[wanted] = found
            while len(self.settings) > MOST_SETTINGS:
                self.settings.popitem(last=False)
            return found

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
    return _live(inputs, units_of(inputs.compounds), parts, AS_RUN)


def _live(inputs: Inputs, units: Units, parts: list[Part], setting: Setting) -> Live:
    made = Live(inputs, units, parts, (), setting)
    made.served = summed(made.reached() * inputs.compounds.people[:, None], units.tree)
    return made


def _under(live: Live, setting: Setting) -> Live:
    inputs = live.inputs.under(setting)
    parts = []
    for place, part in enumerate(live.parts):
        pace, joined = (inputs.walk, inputs.cycle)[place], part.joined
        if pace != part.pace:
            joined = replace(joined, graph=joined.graph.at(pace, [joined.homes, joined.facilities]))
        parts.append(_part(joined, inputs, pace, part.mine))
        parts[-1].moment = setting.moment
    return _live(inputs, live.units, parts, setting)


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


def _stands(part: Part, inputs: Inputs, facility: int) -> bool:
    """Whether a facility of the inputs is there, and open at the moment that is asked about."""
    if not 0 <= facility < len(inputs.facilities):
        raise BadParameter("facility_unknown", facility=facility)
    return bool(part.what_if.category[_number(part, facility)] >= 0)


def _close(part: Part, inputs: Inputs, change: Change, undo: list[tuple[str, Any]]) -> list[Step]:
    if not _stands(part, inputs, change.facility) and inputs.facilities.category[change.facility] < 0:
        return []  # it is closed then anyway
    number = _number(part, change.facility)
    seeds, category = part.what_if.facilities.of(number), int(part.what_if.category[number])
    step = part.what_if.close(number)
    undo.append(("add", (change.facility, seeds, category)))
    return [step]


def _move(part: Part, inputs: Inputs, change: Change, undo: list[tuple[str, Any]]) -> list[Step]:
    stands = _stands(part, inputs, change.facility)
    category = int(part.what_if.category[_number(part, change.facility)])
    gone = _close(part, inputs, change, undo)
    if not stands:
        return []  # closed here, closed there
    return gone + _add(part, inputs, Change("add", category=category, place=change.place), undo)


def _hours(part: Part, inputs: Inputs, change: Change, undo: list[tuple[str, Any]]) -> list[Step]:
    if part.moment is None:
        raise BadParameter("hours_without_moment")
    said = hours([change.hours])
    if not said.known[0]:
        raise BadParameter("hours_unread", hours=change.hours[:80])
    before, after = _stands(part, inputs, change.facility), bool(said.open_at(part.moment)[0])
    if before and not after:
        return _close(part, inputs, change, undo)
    if before or not after:
        return []
    number, step = part.what_if.add(part.joined.graph.seats[1].of(change.facility), change.category)
    undo.append(("reopened", (change.facility, _number(part, change.facility))))
    part.renamed[change.facility] = number
    return [step]


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


def _closed_again(part: Part, what: tuple[int, int]) -> None:
    facility, before = what
    part.what_if.close(_number(part, facility))
    part.renamed[facility] = before


MADE = {"add": _add, "close": _close, "move": _move, "open": _open, "hours": _hours}
UNDONE = {
    "close": lambda part, number: part.what_if.close(number),
    "add": _add_again,
    "reopened": _closed_again,
    "shut": lambda part, arcs: part.what_if.shut(arcs),
}
