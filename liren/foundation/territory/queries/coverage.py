"""Service contacts, zones and what grids and compounds are on a day (R028, R029, R031, R032)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from liren.foundation.territory.models import (
    GridProfile,
    Level,
    Management,
    ServiceContact,
    SubjectKind,
    Unit,
    Zone,
    ZoneUnit,
)
from liren.foundation.territory.queries.tree import BELOW

MOST = 500
NAMED = """
SELECT what, count(*), count(*) FILTER (WHERE is_named) FROM (
    SELECT 'grid' AS what, EXISTS (
        SELECT 1 FROM territory_servicecontact c WHERE c.unit_id = tree.unit_id AND c.during @> %(day)s::date
    ) AS is_named
    FROM tree WHERE level = %(grid)s
    UNION ALL
    SELECT s.kind, EXISTS (
        SELECT 1 FROM territory_servicecontact c WHERE c.subject_id = s.id AND c.during @> %(day)s::date
    )
    FROM territory_servicesubject s JOIN tree ON tree.unit_id = s.unit_id WHERE s.during @> %(day)s::date
) AS served GROUP BY what
"""


@dataclass(frozen=True)
class Coverage:
    """How many grids, buildings or organisations there are, and how many have a named service contact."""

    what: str
    total: int
    covered: int

    @property
    def percent(self) -> Decimal | None:
        """To one place, rounded down: 100 means all of them. None where there is nothing to cover."""
        return None if not self.total else Decimal(1000 * self.covered // self.total) / 10


def service_contact_coverage(root: Unit, on: date) -> list[Coverage]:
    """Grids, buildings and social organisations below the root with a named service contact on the day (R029).

    Counts only: neither members of anything nor addresses of persons are known here.
    """
    with connection.cursor() as cursor:
        cursor.execute(BELOW + NAMED, {"roots": [root.pk], "day": on, "grid": Level.GRID})
        found = {what: (total, covered) for what, total, covered in cursor.fetchall()}
    return [Coverage(what, *found.get(what, (0, 0))) for what in ("grid", *SubjectKind.values)]


def zones_of(unit_ids: Iterable[int], on: date) -> list[ZoneUnit]:
    """The zones in which the units lie on the day; give a whole chain to see what a unit inherits from above."""
    rows = ZoneUnit.objects.filter(unit_id__in=list(unit_ids), during__contains=on, zone__during__contains=on)
    return list(rows.select_related("zone", "unit").order_by("zone__slug", "unit_id")[:MOST])


def zone_units(zone: Zone, on: date, *, after: int = 0, limit: int = MOST) -> list[ZoneUnit]:
    """The units that lie in a zone on the day, by id; page by page."""
    rows = zone.memberships.filter(during__contains=on, unit_id__gt=after).select_related("unit__parent")
    return list(rows.order_by("unit_id")[: min(limit, MOST)])


def zones_on(day: date, *, after: str = "", limit: int = 100) -> list[Zone]:
    """The zones that exist on the day, by short name; page by page."""
    return list(Zone.objects.filter(during__contains=day, slug__gt=after).order_by("slug")[: min(limit, MOST)])


def grid_profile(unit: Unit, on: date) -> GridProfile | None:
    """What the grid works with on the day."""
    return GridProfile.objects.filter(unit=unit, during__contains=on).first()


def management(unit: Unit, on: date) -> Management | None:
    """How the compound is managed on the day."""
    return Management.objects.filter(unit=unit, during__contains=on).first()


def service_contacts(unit: Unit, on: date, *, limit: int = MOST) -> list[ServiceContact]:
    """Who is to be asked about the unit, and about the buildings and organisations directly in it."""
    rows = ServiceContact.objects.filter(during__contains=on).select_related("subject")
    own = rows.filter(unit=unit)
    listed = rows.filter(subject__unit=unit, subject__during__contains=on)
    return list((own | listed).order_by("subject__kind", "subject_id", "id")[: min(limit, MOST)])
