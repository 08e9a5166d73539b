"""A planned estate held against a city: what lies around it, what it lacks, and what is due with which phase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np

from liren.development.lifecircle.engine import Cause, Seeds, causes, lists, required, shortfall, snap
from liren.development.lifecircle.engine.errors import BadParameter
from liren.development.lifecircle.engine.measure import distance_m
from liren.development.lifecircle.reckoning.causes import CUT_OFF
from liren.development.lifecircle.reckoning.inputs import THRESHOLDS_DS
from liren.development.lifecircle.reckoning.live import Live, Part
from liren.development.lifecircle.standard.spec import Estates, Standard

#: Norms are multiplied by this, so that they are whole numbers: 33.333 m² is exact to the tenth of a square centimetre.
MICRO = 1_000_000


@dataclass(frozen=True)
class Phase:
    """A part of an estate that is handed over at once: dwellings, service area in m², first and last month."""

    households: int
    area_m2: int
    starts: str = ""
    ends: str = ""


@dataclass(frozen=True)
class Estate:
    """What is planned. ``own``: codes of the services that the estate builds itself; phases in order of hand-over."""

    lon: float
    lat: float
    rural: bool
    households: int
    people: int
    phases: tuple[Phase, ...]
    own: tuple[str, ...] = ()

    @property
    def area_m2(self) -> int:
        return sum(one.area_m2 for one in self.phases)


@dataclass(frozen=True)
class Norms:
    """Numbers that hold at the place, in square metres; None where no document sets one.

    ``per_people`` for 1,000 people, ``per_households`` for 100; ``always``: categories that every estate needs.
    """

    per_people: float | None = None
    least: float | None = None
    per_households: float | None = None
    always: tuple[str, ...] = ()


@dataclass(frozen=True)
class Service:
    """One category at the place. Times in deciseconds, None beyond the horizon; ``counts`` within 5, 10, 15 minutes.

    ``state``: there (within reach), planned (the estate builds it), build (the estate must, and does not plan to),
    street (lacking, and the estate is too small to owe it), open (lacking, and no rule says who builds it), unrecorded
    (the whole city has no place of it on record, so nobody can say whether it lacks). ``phase``: counted from 1, with
    which it is due; of what is unrecorded, with which it would be.
    """

    code: str
    time_ds: int | None
    straight_m: int | None
    counts: tuple[int, ...]
    cause: int
    state: str
    phase: int | None


@dataclass(frozen=True)
class PhaseFound:
    """Up to the end of a phase: people who live there then, and service area that is due, planned and lacking."""

    people: int
    households: int
    due_m2: int
    planned_m2: int
    lacking_m2: int


@dataclass(frozen=True)
class Found:
    """What a check found: area against the norms, phase by phase, service by service."""

    per_100_households_m2: float
    due_people_m2: int | None
    due_households_m2: int | None
    due_m2: int
    planned_m2: int
    lacking_m2: int
    phases: tuple[PhaseFound, ...]
    services: tuple[Service, ...]

    @property
    def passes(self) -> bool:
        """Nothing that the estate owes is lacking, at the end of any phase."""
        area = all(one.lacking_m2 == 0 for one in self.phases)
        return area and all(one.state != "build" for one in self.services)

    def told(self) -> dict[str, Any]:
        """As it is kept."""
        return {**asdict(self), "passes": self.passes}


def check(live: Live, standard: Standard, rules: Estates, estate: Estate, norms: Norms) -> Found:
    """Hold a planned estate against the city of a run.

    Raises:
        BadParameter: the place lies too far from every way.
    """
    services = tuple(_services(live, standard, rules, estate, norms))
    phases = tuple(_phases(estate, norms))
    last = phases[-1]
    due_people = None if norms.per_people is None and norms.least is None else _for_people(estate.people, norms)
    due_households = None if norms.per_households is None else _for_households(estate.households, norms)
    return Found(
        per_100_households_m2=round(100 * estate.area_m2 / estate.households, 2),
        due_people_m2=due_people,
        due_households_m2=due_households,
        due_m2=last.due_m2,
        planned_m2=last.planned_m2,
        lacking_m2=last.lacking_m2,
        phases=phases,
        services=services,
    )


def _for_people(people: int, norms: Norms) -> int:
    """Service rooms in whole m² for so many people, the least of an estate included (R240)."""
    norm, least = (round((one or 0) * MICRO) for one in (norms.per_people, norms.least))
    return int(required(np.array([people], np.int64), norm, 1000 * MICRO, -(-least // MICRO))[0])


def _for_households(households: int, norms: Norms) -> int:
    """Service area in whole m² for so many households (R239)."""
    norm = round((norms.per_households or 0) * MICRO)
    return int(shortfall(np.zeros(1, np.int64), np.array([households], np.int64), norm, 100 * MICRO)[0])


def _phases(estate: Estate, norms: Norms) -> Sequence[PhaseFound]:
    """What is due at the end of each phase for those who live there by then; the least of an estate with the first."""
    found, households, planned = [], 0, 0
    for one in estate.phases:
        households, planned = households + one.households, planned + one.area_m2
        people = -(-estate.people * households // estate.households)
        due = max(_for_people(people, norms), _for_households(households, norms))
        found.append(PhaseFound(people, households, due, planned, max(0, due - planned)))
    return found


def _services(live: Live, standard: Standard, rules: Estates, estate: Estate, norms: Norms) -> Sequence[Service]:
    """Every category of the run at the place."""
    part = live.parts[-1] if estate.rural and len(live.parts) > 1 else live.parts[0]
    times, counts = _reached(live, part, estate)
    far, nearest = _straight(live, estate)
    made = []
    for place, code in enumerate(live.inputs.categories):
        category = standard.category(code)
        assert category is not None  # noqa: S101  the run went by this very standard
        time, metres = times[place], far[place]
        reached = time is not None and time <= int(part.limits[place])
        state, phase = _state(rules, estate, norms, code, category.circle, is_there=reached)
        if metres is None and state in ("build", "street", "open") and code not in norms.always:
            state = "unrecorded"  # nobody is said to lack what is nowhere on record
        cause = int(Cause.NONE)
        if not reached and metres is not None and metres <= category.radius_m:
            cause = _cause(live, estate, nearest[place], is_cut_off=time is None)
        made.append(Service(code, time, metres, counts[place], cause, state, phase))
    return made


def _state(
    rules: Estates, estate: Estate, norms: Norms, code: str, circle: str, *, is_there: bool
) -> tuple[str, int | None]:
    """What a category is to the estate, and with which phase it is due."""
    if code in norms.always:
        return ("planned" if code in estate.own else "build"), 1
    due = rules.of_circle(circle)
    phase = None if due is None else _reaching(estate, due.dwellings)
    if is_there:
        return "there", None
    if code in estate.own:
        return "planned", phase or 1
    if due is None:
        return "open", None
    return ("build", phase) if phase is not None else ("street", None)


def _reaching(estate: Estate, dwellings: int) -> int | None:
    """The phase, from 1, with which the estate reaches so many dwellings; None where it never does."""
    so_far = 0
    for number, one in enumerate(estate.phases, 1):
        so_far += one.households
        if so_far >= dwellings:
            return number
    return None


def _reached(live: Live, part: Part, estate: Estate) -> tuple[list[int | None], list[tuple[int, ...]]]:
    """By category the time to the nearest, and how many within each threshold; on the part's ways."""
    lon, lat = np.array([estate.lon]), np.array([estate.lat])
    graph = part.joined.graph
    places = snap(graph.net, lon, lat, within_m=live.inputs.join_within_m, name="the place")
    if len(places.far):
        raise BadParameter("place_far", metres=round(live.inputs.join_within_m))
    seat = graph.seat(places)
    here = Seeds(seat.at, np.zeros(len(seat), np.int32), seat.cost)
    with live.lock:
        found = lists(graph, here, graph.seats[1], limit=live.inputs.horizon_ds)
    category = live.inputs.facilities.category[found.source]
    times: list[int | None] = []
    counts = []
    for place in range(len(live.inputs.categories)):
        mine = found.time[category == place]
        times.append(int(mine.min()) if len(mine) else None)
        counts.append(tuple(int((mine <= limit).sum()) for limit in THRESHOLDS_DS))
    return times, counts


def _straight(live: Live, estate: Estate) -> tuple[list[int | None], list[int]]:
    """By category metres in a straight line to the nearest, and which facility that is (-1: none)."""
    there = live.inputs.facilities
    metres = distance_m(there.lon, there.lat, np.full(len(there), estate.lon), np.full(len(there), estate.lat))
    far: list[int | None] = []
    nearest = []
    for place in range(len(live.inputs.categories)):
        mine = np.flatnonzero(there.category == place)
        best = int(mine[metres[mine].argmin()]) if len(mine) else -1
        nearest.append(best)
        far.append(None if best < 0 else round(float(metres[best])))
    return far, nearest


def _cause(live: Live, estate: Estate, facility: int, *, is_cut_off: bool) -> int:
    """What lies across the straight line to a facility that is near and yet too far."""
    there = live.inputs.facilities
    here = np.array([estate.lon]), np.array([estate.lat])
    to = there.lon[[facility]], there.lat[[facility]]
    named = int(causes(live.inputs.on_foot, *here, *to, np.ones(1, np.bool_))[0])
    return CUT_OFF if named == Cause.DETOUR and is_cut_off else named


def month(text: str) -> date | None:
    """The first day of a month written as 2027-03; None where it is none."""
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        return None
