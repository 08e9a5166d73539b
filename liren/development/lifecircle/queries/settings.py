"""A city under other circumstances: at another pace on foot, on a weekday at a time. What people reach then."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liren.development.lifecircle.engine import LifeCircleError, hours, moment
from liren.development.lifecircle.models import Run
from liren.development.lifecircle.queries.asking import cities
from liren.development.lifecircle.queries.runs import standard_of
from liren.development.lifecircle.reckoning.calculate import lacking_nothing
from liren.development.lifecircle.reckoning.inputs import Setting
from liren.development.lifecircle.reckoning.live import Live
from liren.development.lifecircle.spoken import explained
from liren.development.lifecircle.standard.spec import Circle
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.territory.models import Unit

Bools = NDArray[np.bool_]
Longs = NDArray[np.int64]
DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", re.ASCII)


def moment_of(day: str, time: str) -> int | None:
    """A minute of the week out of “Mo” to “Su” and “20:30”; None where there is no such moment."""
    places = {name: place for place, name in enumerate(DAYS)}
    match = CLOCK.fullmatch(time.strip())
    if match is None or day.strip().lower() not in places:
        return None
    return moment(places[day.strip().lower()], int(match[1]), int(match[2]))


@dataclass(frozen=True)
class RingUnder:
    """One circle as the run has it and under a setting: average share of its services, and people who lack nothing; of
    what is on record anywhere in the city.

    Averages (0 to 1) are None where nobody lives.
    """

    circle: Circle
    average: float | None
    was_average: float | None
    complete: int
    was_complete: int

    @property
    def gained(self) -> int:
        return self.complete - self.was_complete


@dataclass(frozen=True)
class Under:
    """The circles of a unit under a setting, and what is known of opening hours in the whole city."""

    rings: list[RingUnder]
    places: int
    with_hours: int
    open_then: int | None


def under(run: Run, unit: Unit, setting: Setting, *, by: Actor) -> Under:
    """What the residents of a unit reach under a setting, beside the run itself. Bit by bit what a run would find.

    Raises:
        NotAllowed. BadInput: a pace or moment that can't be meant. Conflict: the run's inputs have changed since.
    """
    require(by, "lifecircle.run", run.city)
    base = cities.of(run)
    try:
        live = base.under(setting)
    except LifeCircleError as error:
        raise BadInput(explained(error)) from error
    here = _inside(base, unit)
    people = base.inputs.compounds.people[here]
    was, now = base.reached()[here], live.reached()[here]
    standard = standard_of(run)
    rings = []
    for ring, mine in zip(base.inputs.rings, base.inputs.counted(), strict=True):
        circle = standard.circle(ring.code)
        if circle is not None:
            shares = [average(found[:, mine], people) for found in (now, was)]
            whole = [int(people[lacking_nothing(found, mine)].sum()) for found in (now, was)]
            rings.append(RingUnder(circle, shares[0], shares[1], whole[0], whole[1]))
    return Under(rings, *_hours(base, live))


def _inside(live: Live, unit: Unit) -> Bools:
    """Which compounds lie in a unit."""
    compounds = live.inputs.compounds
    held = zip(compounds.codes, compounds.above, strict=True)
    return np.array([code == unit.code or unit.code in above for code, above in held], np.bool_)


def _hours(base: Live, live: Live) -> tuple[int, int, int | None]:
    facilities = base.inputs.facilities
    known = int(hours(facilities.hours).known.sum()) if facilities.hours else 0
    open_then = None if live.setting.moment is None else int((live.inputs.facilities.category >= 0).sum())
    return len(facilities), known, open_then


def average(found: Bools, people: Longs) -> float | None:
    """The share of some services that a resident reaches on average; None where nobody lives."""
    everybody = int(people.sum())
    if not everybody or not found.shape[1]:
        return None
    return float((found.sum(axis=1) * people).sum()) / (everybody * found.shape[1])
