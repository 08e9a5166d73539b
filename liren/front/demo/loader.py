"""The simulated city into the database: whole or not at all, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit
from liren.foundation.kernel import services as kernel
from liren.foundation.kernel.errors import Conflict, LirenError
from liren.foundation.kernel.models import CalendarDay, CalendarNotice
from liren.foundation.kernel.rights import Actor
from liren.foundation.people import services as people
from liren.foundation.people.models import Account
from liren.foundation.territory import services as territory
from liren.foundation.territory.models import Unit
from liren.front.demo import (
    accounts,
    acting,
    casting,
    circling,
    folk,
    gating,
    outlines,
    places,
    registering,
    simulating,
)
from liren.front.demo.copying import Progress, silent, unhurried
from liren.front.demo.engine import rows
from liren.front.demo.engine.city import City, make_city
from liren.front.demo.engine.size import Size
from liren.front.demo.engine.tree import CITY_CODE
from liren.service.cases.models import Case

# Two loads at once wait for each other here; the number only has to be ours alone.
LOAD_LOCK = 0x11_2E_0D
ROOT = CITY_CODE.ljust(12, "0")
#: Days of rest were known before the first of the simulated cases came in.
KNOWN_BEFORE = timedelta(days=400)


@dataclass(frozen=True)
class Loaded:
    """What a load did."""

    is_new: bool
    units: int = 0
    accounts: int = 0
    entries: int = 0
    cases: int = 0


def is_loaded() -> bool:
    """Whether the simulated city stands in this database."""
    return Unit.objects.filter(code=ROOT).exists()


def check_allowed(anyway: bool) -> None:
    """Refuse simulated accounts in an installation that is not a demo, unless the caller insists."""
    if not (settings.LIREN_DEMO or anyway):
        raise LirenError(
            _("This installation is not a demo: simulated people would stand among real ones."),
            next_step=_("Set LIREN_DEMO=1, or add --yes if that is what you want."),
        )


def load(
    size: Size,
    *,
    by: Actor,
    at: datetime,
    anyway: bool = False,
    tell: Progress = silent,
    cases: int | None = None,
) -> Loaded:
    """Generate the city and write it in one transaction; a second load changes nothing.

    ``cases``: about how many simulated cases; None leaves it to the size of the city, 0 leaves them out.

    Raises:
        LirenError: the installation is not a demo and the caller did not insist.
        Conflict: somebody else has opened an account under a name of the demo.
    """
    check_allowed(anyway)
    if is_loaded():
        return Loaded(is_new=False)
    tell("streets and units", 0, 0)
    city = make_city(size)
    with transaction.atomic():
        unhurried()
        _lock()
        if is_loaded():
            return Loaded(is_new=False)
        entries, told = _write(city, by=by, at=at, tell=tell, cases=cases)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Loaded(True, len(city.units), len(city.residents.names) + len(city.officials), entries, told)


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOAD_LOCK])


def _write(city: City, *, by: Actor, at: datetime, tell: Progress, cases: int | None) -> tuple[int, int]:
    """All stages, each with its entry in the audit log; how many entries the registers hold, and how many cases."""
    if Account.objects.filter(username__startswith="demo-").exists():
        raise Conflict(_("An account of the demo exists already, but its city does not."))
    load = places.Load(city, by.label, at, tell)
    _calendar(by=by, at=at - KNOWN_BEFORE)
    people.load_roles(by=by, at=at)
    placed = places.load_territory(load)
    _entry("demo.territory", placed.units[0], by=by, at=at, units=len(placed.units), changes=len(city.changes))
    _proposals(city, placed.units, by=by, at=at)
    count = outlines.load_outlines(load, placed)
    _entry("demo.boundaries", placed.units[0], by=by, at=at, boundaries=count)
    bodies = acting.load_bodies(load, placed.units)
    _entry("demo.bodies", placed.units[0], by=by, at=at, bodies=len(bodies))
    folk.load_people(load, placed.units)
    accounts.open_accounts(city, placed.units, by=by, at=at)
    _entry("demo.people", placed.units[0], by=by, at=at, accounts=len(city.residents.names) + len(city.officials))
    entries = registering.load_entries(load, placed.units, bodies, by=by)
    _entry("demo.registers", placed.units[0], by=by, at=at, entries=entries)
    circling.load_circle(load, placed.units[0], by=by)
    count = simulating.how_many(city) if cases is None else cases
    if count:
        simulating.load_cases(load, casting.Placed(placed.units, bodies), count, by=by)
    made = Case.objects.filter(is_simulated=True).count()
    _entry("demo.cases", placed.units[0], by=by, at=at, cases=made)
    if count:
        given = gating.load_gate(by=by, at=at)
        _entry("demo.gate", placed.units[0], by=by, at=at, works=given)
    return entries, made


def _calendar(*, by: Actor, at: datetime) -> None:
    """Days of rest as they were known long before the cases; what this installation learned later, the city knew too.

    Deadlines are reckoned by what was known at their moment, and the cases lie before the installation began.
    """
    kernel.seed_calendar(by=by, at=at)
    late = CalendarNotice.objects.filter(source=CalendarNotice.Source.SEED, recorded_at__gt=at, year__gte=at.year)
    for notice in late.order_by("year", "settles_year"):
        days = {
            one.day: kernel.DayRule(one.is_working, one.name_zh, one.name_en)
            for one in CalendarDay.objects.filter(notice=notice)
        }
        if days:
            kernel.publish_notice(
                ROOT,
                notice.year,
                days,
                title=notice.title,
                document=notice.document,
                settles_year=notice.settles_year,
                by=by,
                at=at,
            )


def _proposals(city: City, units: list[int], *, by: Actor, at: datetime) -> None:
    """The estate that has filled up: recording it raises the proposal, as it would in a real city (R027)."""
    for proposal in city.proposals:
        territory.record_occupancy(
            units[proposal.compound],
            measured_on=rows.MEASURED,
            homes_planned=proposal.planned,
            homes_occupied=proposal.occupied,
            source=rows.SOURCE,
            by=by,
            at=at,
        )


def _entry(action: str, unit_id: int, *, by: Actor, at: datetime, **facts: int) -> None:
    audit.record(action, None, by=by, at=at, unit_id=unit_id, simulated=True, **facts)
