"""Questions to a run in a blink: what if, and what lies around. Cities stay in memory, the least asked goes first."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.utils.translation import gettext as _

from liren.development.lifecircle.engine import LifeCircleError, spans_of
from liren.development.lifecircle.models import Run, RunState
from liren.development.lifecircle.models.declared import spec_of
from liren.development.lifecircle.queries.gathering import gather
from liren.development.lifecircle.queries.seeing import DS_A_MINUTE, part_of, sees_all
from liren.development.lifecircle.reckoning.inputs import AS_RUN, Setting
from liren.development.lifecircle.reckoning.live import Change, Live, live_of
from liren.development.lifecircle.spoken import explained
from liren.development.lifecircle.standard.spec import Category
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.territory.models import Unit

MOST_CITIES = 4
MOST_CHANGES = 20


class _Cities:
    """States by run and result; one is made at a time."""

    def __init__(self, most: int = MOST_CITIES) -> None:
        self.most = most
        self._kept: OrderedDict[tuple[int, str], Live] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, run: Run) -> Live:
        key = (run.pk, run.result_digest)
        with self._lock:
            found = self._kept.pop(key, None)
            if found is None or found.is_worn:
                found = _made(run)
            self._kept[key] = found
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)
            return found

    def forget(self) -> None:
        with self._lock:
            self._kept.clear()


cities = _Cities()


def _made(run: Run) -> Live:
    """The state from the same inputs as the run's; where they have changed since, the run can't be asked any more."""
    if run.state != RunState.DONE:
        raise Conflict(_("Run %(number)d is not done.") % {"number": run.number})
    full = Run.objects.select_related("city", "network", "cycle_network", "places", "standard").get(pk=run.pk)
    standard = spec_of(full.standard)
    group = standard.group(full.group)
    assert group is not None  # noqa: S101  the run went by this very standard
    gathered = gather(
        full.city,
        full.day,
        standard=standard,
        group=group,
        network=full.network,
        cycle_network=full.cycle_network,
        places=full.places,
    )
    if gathered.inputs.fingerprint() != full.input_fingerprint:
        raise Conflict(
            _("The registers, counts or outlines have changed since run %(number)d.") % {"number": run.number},
            next_step=_("Ask for a new run, then try again."),
        )
    return live_of(gathered.inputs)


@dataclass(frozen=True)
class Wish:
    """A change as a person says it: ``kind`` is add, close, move, open or hours; ``category`` by code.

    add: at ``place``; close: the facility of the category nearest to ``place``; move: that one ``to`` another place;
    open: a gate or crossing between ``place`` and ``to``; hours: the nearest facility keeps these ``hours``. Degrees in
    WGS 84, longitude first.
    """

    kind: str
    place: tuple[float, float]
    category: str = ""
    to: tuple[float, float] | None = None
    hours: str = ""


@dataclass(frozen=True)
class Moved:
    """A compound whose time to a category changes; minutes, None where not within the run's horizon."""

    code: str
    category: Category
    was: float | None
    now: float | None
    was_reached: bool
    is_reached: bool
    lon: float
    lat: float


@dataclass(frozen=True)
class WhatIfAnswer:
    """What the changes would do.

    ``served``: for each category that changes, people of the city within the limit before and after (None: hidden);
    ``moved``: the compounds, those first where most people gain or lose; ``seconds`` of computing.
    """

    served: dict[str, tuple[int | None, int | None]]
    moved: list[Moved]
    more: int
    gained_by_unit: dict[str, dict[str, int]]
    seconds: float


def what_if(run: Run, wishes: Sequence[Wish], *, by: Actor, most: int = 200, setting: Setting = AS_RUN) -> WhatIfAnswer:
    """What if all of these were so at once, under the circumstances of ``setting``. Nothing is written.

    Raises:
        NotAllowed. BadInput: a change that can't be meant. Conflict: the run's inputs have changed since.
    """
    require(by, "lifecircle.run", run.city)
    if not 1 <= len(wishes) <= MOST_CHANGES:
        raise BadInput(_("Between 1 and %(most)d changes can be tried at once.") % {"most": MOST_CHANGES})
    base = cities.of(run)
    begun = time.perf_counter()
    try:
        live = base.under(setting)
        answer = live.ask([_change(base, run, one, setting) for one in wishes])
    except LifeCircleError as error:
        raise BadInput(explained(error)) from error
    return _told(run, live, answer, begun, most, sees_all(by, run.city))


def _change(live: Live, run: Run, wish: Wish, setting: Setting) -> Change:
    if wish.kind not in ("add", "close", "move", "open", "hours"):
        raise BadInput(_("A change adds, closes or moves a facility, changes its hours, or opens a way."))
    if not all(abs(one[0]) <= 180 and abs(one[1]) <= 90 for one in (wish.place, wish.to or wish.place)):
        raise BadInput(_("A place is given as longitude and latitude in degrees."))
    if wish.kind in ("move", "open") and wish.to is None:
        raise BadInput(_("Say where to."))
    to = wish.to or wish.place
    if wish.kind == "open":
        return Change("open", place=wish.place, to=to)
    if wish.category not in run.categories:
        raise BadInput(_("There is no category “%(code)s” in this run.") % {"code": wish.category[:40]})
    category = run.categories.index(wish.category)
    if wish.kind == "add":
        return Change("add", category=category, place=wish.place)
    if wish.kind == "hours":
        _check_hours(wish, setting)
    facility = live.nearest_facility(category, *wish.place)
    return Change(wish.kind, category=category, facility=facility, place=to, hours=wish.hours)


def _check_hours(wish: Wish, setting: Setting) -> None:
    if setting.moment is None:
        raise BadInput(
            _("Opening hours only tell where a weekday and a time are asked about."),
            next_step=_("Choose a weekday and a time."),
        )
    if spans_of(wish.hours) is None:
        raise BadInput(
            _("These opening hours are not understood: %(hours)s") % {"hours": wish.hours[:80]},
            next_step=_("Write them as “Mo-Fr 08:00-18:00; Sa 09:00-12:00”."),
        )


def _told(run: Run, live: Live, answer: Any, begun: float, most: int, whole: bool) -> WhatIfAnswer:
    standard, people = spec_of(run.standard), live.inputs.compounds.people
    everybody = int(people.sum())
    gained, before = answer.gained[-1], live.served[-1]
    served = {}
    for category in sorted(set(answer.category.tolist())):
        was = int(before[:, category].sum())
        now = was + int(gained[:, category].sum())
        served[run.categories[category]] = (part_of(was, everybody, whole)[0], part_of(now, everybody, whole)[0])
    reached = _reached(live, answer)
    order = sorted(
        range(len(answer.compound)),
        key=lambda k: (reached[k][0] == reached[k][1], -int(people[answer.compound[k]]), k),
    )
    moved = [
        _moved(live, answer, k, standard.category(run.categories[answer.category[k]]), reached[k]) for k in order[:most]
    ]
    seconds = time.perf_counter() - begun
    return WhatIfAnswer(served, moved, max(0, len(order) - most), _by_unit(run, live, answer), seconds)


def _reached(live: Live, answer: Any) -> list[tuple[bool, bool]]:
    found = []
    for compound, category, was, now in zip(
        answer.compound.tolist(), answer.category.tolist(), answer.was_ds.tolist(), answer.now_ds.tolist(), strict=True
    ):
        part = next(one for one in live.parts if one.mine[compound])
        limit = int(part.limits[category])
        found.append((0 <= was <= limit, 0 <= now <= limit))
    return found


def _moved(live: Live, answer: Any, k: int, category: Category | None, reached: tuple[bool, bool]) -> Moved:
    assert category is not None  # noqa: S101  the run went by this very standard
    was, now = (None if ds < 0 else ds / DS_A_MINUTE for ds in (int(answer.was_ds[k]), int(answer.now_ds[k])))
    compounds, place = live.inputs.compounds, int(answer.compound[k])
    spot = float(compounds.lon[place]), float(compounds.lat[place])
    return Moved(compounds.codes[place], category, was, now, *reached, *spot)


def _by_unit(run: Run, live: Live, answer: Any) -> dict[str, dict[str, int]]:
    """People gained or lost by unit above compounds and category, where there are any."""
    found: dict[str, dict[str, int]] = {}
    for codes, gained in zip(live.units.codes[1:], answer.gained[1:], strict=True):
        for unit, category in zip(*gained.nonzero(), strict=True):
            if codes[unit]:
                found.setdefault(codes[unit], {})[run.categories[category]] = int(gained[unit, category])
    return found


@dataclass(frozen=True)
class Nearby:
    """A facility near a compound: what it is called, of which category, how many minutes away."""

    name: str
    category: Category
    minutes: float
    lon: float
    lat: float


def around(run: Run, unit: Unit, *, minutes: int = 15, most: int = 300) -> list[Nearby]:
    """The facilities within so many minutes of a compound, the nearest first; none where the run does not hold it.

    Raises:
        Conflict: the run's inputs have changed since.
    """
    live = cities.of(run)
    if unit.code not in live.inputs.compounds.codes:
        return []
    standard, facilities = spec_of(run.standard), live.inputs.facilities
    found = live.around(live.inputs.compounds.codes.index(unit.code), min(minutes, 45) * DS_A_MINUTE)
    made = []
    for place, ds in found[:most]:
        category = standard.category(live.inputs.categories[int(facilities.category[place])])
        if category is not None:
            spot = float(facilities.lon[place]), float(facilities.lat[place])
            made.append(Nearby(facilities.names[place], category, ds / DS_A_MINUTE, *spot))
    return made
