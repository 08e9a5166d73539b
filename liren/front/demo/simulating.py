"""Three months of cases in the simulated city: all plots at once, moment after moment, with the clocks running."""

from __future__ import annotations

import heapq
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from liren.foundation.kernel.errors import LirenError
from liren.foundation.kernel.rights import Actor
from liren.foundation.policy.queries import pinned
from liren.front.demo import casting, openplots, otherplots, plots
from liren.front.demo.casting import Cast, Placed
from liren.front.demo.engine import matters, rows
from liren.front.demo.engine.chance import Dice
from liren.front.demo.engine.regions import COMMUNITY
from liren.front.demo.places import Load
from liren.front.demo.plots import Plot
from liren.front.demo.scenes import Scene
from liren.front.demo.steps import one_savepoint
from liren.service.cases.models import type_of
from liren.service.cases.services import escalation, figures
from liren.service.cases.services.sorter import train_sorter

log = logging.getLogger(__name__)
DAYS, EACH, MOST = 100, 12, 200
MOST_COMMUNITIES = 40
#: A quarter of all cases are of the last days, so that the desks have something to do.
RECENT_DAYS, RECENT_SHARE = 8, 0.25
#: How many of the cases are where the accounts to try are at home.
HOME_SHARE = 0.25
#: Sentences of each kind of matter that the sorter learns from; some two and a half seconds of processor time in all.
EACH_LEARNED, LEARNED_FROM = 30, "模拟诉求（由程序生成） / simulated requests"
NEXT = """SELECT least(
    (SELECT min(escalate_at) FROM cases_case WHERE escalate_at IS NOT NULL),
    (SELECT min(escalate_at) FROM cases_call WHERE state = 'open' AND escalate_at IS NOT NULL),
    (SELECT min(escalate_at) FROM cases_dispute WHERE state = 'open' AND escalate_at IS NOT NULL))"""


@dataclass
class Told:
    """What came of the plots."""

    steps: int = 0
    stopped: int = 0


def how_many(city: rows.City) -> int:
    """How many cases a city of this size has, where nobody says how many."""
    return min(MOST, EACH * city.size.communities)


def load_cases(load: Load, placed: Placed, count: int, *, by: Actor) -> Told:
    """Clerks, catalogue, cases and the figures of their months. Nothing is written past the services."""
    city = load.city
    communities = chosen(city, (load.at - timedelta(days=DAYS)).date())
    with pinned():
        with one_savepoint():
            cast = casting.make_cast(city, placed, communities, by=by, at=load.at)
            casting.keep_catalogue(cast, by=by, at=load.at)
        told = run(_planned(load, cast, communities, count), load.at, load)
        first = timezone.localdate(load.at - timedelta(days=DAYS))
        with one_savepoint():
            figures.count_months(first, timezone.localdate(load.at), by=by, at=load.at)
            _sorter(city.size.seed, by=by, at=load.at)
    return told


def _sorter(seed: int, *, by: Actor, at: datetime) -> None:
    """The sorter of requests, trained on sentences of the generator: the cases are too few for it."""
    lines = matters.labelled(Dice(seed, "sorter"), EACH_LEARNED)
    train_sorter(type_of("request"), lines, source=LEARNED_FROM, by=by, at=at)


def chosen(city: rows.City, since: date) -> list[int]:
    """Communities where cases are: where the accounts to try are at home, and others of the city with homes."""
    settled = {city.units[c.unit].face.parent for c in city.compounds}
    found = [
        place
        for place, unit in enumerate(city.units)
        if unit.level == COMMUNITY and unit.closed_on is None and unit.opened_on < since and place in settled
    ]
    home = next(o.unit for o in city.officials if o.username == "demo-community")
    street = city.units[home].face.parent
    found.sort(key=lambda place: (place != home, city.units[place].face.parent != street, place))
    return found[:MOST_COMMUNITIES]


def _planned(load: Load, cast: Cast, communities: list[int], count: int) -> list[Iterator[datetime]]:
    """Every plot with its scene, begun by nobody yet."""
    city = load.city
    dice = Dice(city.size.seed, "cases")
    compounds: dict[int, list[rows.Compound]] = {}
    for one in city.compounds:
        compounds.setdefault(city.units[one.unit].face.parent or 0, []).append(one)
    found = []
    for number, plot in enumerate(_drawn(dice, count)):
        at_home = plot in otherplots.AT_HOME or dice.chance(HOME_SHARE)
        place = communities[0] if at_home else dice.pick(communities)
        found.append(plot(_scene(load, cast, place, dice.pick(compounds[place]), Dice(city.size.seed, "case", number))))
    for number, asked in enumerate(openplots.OPEN):
        own = Dice(city.size.seed, "open", number)
        scene = _scene(load, cast, communities[0], own.pick(compounds[communities[0]]), own)
        scene.start = load.at - timedelta(hours=own.uniform(*asked.hours_ago))
        found.append(asked.plot(scene))
    return found


def _drawn(dice: Dice, count: int) -> list[Plot]:
    """Plots by their shares, at least one of each kind of request first."""
    others = [plot for plot, many in otherplots.OTHERS for _ in range(max(1, many * count // MOST))]
    firsts = [plot for plot, _share in plots.SHARES]
    rest = max(0, count - len(others) - len(firsts))
    weighted = [plot for plot, share in plots.SHARES for _ in range(share)]
    return [*[*others, *firsts, *(dice.pick(weighted) for _ in range(rest))][:count], *otherplots.ALWAYS]


def _scene(load: Load, cast: Cast, place: int, compound: rows.Compound, dice: Dice) -> Scene:
    """A place inside a compound, a category, and a moment of the last months at which people are awake."""
    city = load.city
    (u0, v0), _, (u1, v1), _ = compound.corners
    u, v = u0 + dice.uniform(0.2, 0.8) * (u1 - u0), v0 + dice.uniform(0.2, 0.8) * (v1 - v0)
    lon, lat = city.ground.lonlat(np.array([u]), np.array([v]))
    days = dice.uniform(0.1, RECENT_DAYS) if dice.chance(RECENT_SHARE) else dice.uniform(RECENT_DAYS, DAYS)
    category = dice.pick([code for code, weight in matters.WEIGHT.items() for _ in range(weight)])
    point = (round(float(lon[0]), 6), round(float(lat[0]), 6))
    named = city.units[compound.unit].face.name_zh.partition("（")[0]
    scene = Scene(dice, cast, cast.units[place], named, point, category, load.at - timedelta(days=days))
    scene.start = scene.office(scene.start) if dice.chance(0.6) else scene.awake(scene.start)
    return scene


def run(stories: Sequence[Iterator[datetime]], until: datetime, load: Load) -> Told:
    """Go through all of them in the order of their moments, up to now; between them goes up what nobody did."""
    told = Told()
    waiting: list[tuple[datetime, int]] = []
    for number, story in enumerate(stories):
        _next(story, number, waiting, told)
    while waiting and waiting[0][0] <= until:
        at, number = heapq.heappop(waiting)
        climb(at)
        told.steps += 1
        load.tell("cases", told.steps, 0)
        _next(stories[number], number, waiting, told)
    climb(until)
    return told


def _next(story: Iterator[datetime], number: int, waiting: list[tuple[datetime, int]], told: Told) -> None:
    """Let a story act, and note when it wants to go on. One that can't go on stays as it is: that happens."""
    try:
        with one_savepoint():
            wanted = next(story, None)  # its end is no fault: what it did last stays
    except LirenError as stopped:
        told.stopped += 1
        log.warning("a simulated case stays as it is: %s %s", stopped, getattr(stopped, "facts", ""))
        return
    if wanted is not None:
        heapq.heappush(waiting, (wanted, number))


def climb(until: datetime) -> None:
    """Escalate what falls due up to a moment, each thing just after its own."""
    while (due := _due()) is not None and due < until:
        if not _carried(min(until, due + timedelta(seconds=40))):
            return


def _carried(at: datetime) -> int:
    """How many went up. One that can't be carried up needs savepoints of its own, so that it stops nobody else."""
    try:
        with one_savepoint():
            return escalation.escalate_due(at)
    except transaction.TransactionManagementError:
        return escalation.escalate_due(at)


def _due() -> datetime | None:
    with connection.cursor() as cursor:
        cursor.execute(NEXT)
        found: datetime | None = cursor.fetchone()[0]
    return found
