"""Counts of people and homes, and the bands they are judged by (R026, R027, R032, R033)."""

from datetime import date, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.territory.models import Character, Kind, Measure, Population, SizeBand, Unit
from liren.foundation.territory.models.counts import MOST
from liren.foundation.territory.services.checks import checked_text
from liren.foundation.territory.services.dated import replace


def locked_unit(unit_id: int) -> Unit:
    """The unit, held against changes of the tree until the transaction ends."""
    unit = Unit.objects.select_for_update(no_key=True).filter(pk=unit_id).first()
    if unit is None:
        raise BadInput(_("One of the units named does not exist."))
    return unit


@transaction.atomic
def record_population(
    unit_id: int,
    *,
    year: int,
    households: int | None = None,
    residents: int | None = None,
    urban_residents: int | None = None,
    source: str,
    published_on: date,
    by: Actor,
    at: datetime,
) -> Population:
    """Append the unit's counts at the end of ``year``; a second word on a year is a new revision, the old one stays.

    Counts only, from official statistics or the community's return: never a list of persons.
    """
    unit = locked_unit(unit_id)
    require(by, "territory.population", unit)
    counts = {"households": households, "residents": residents, "urban_residents": urban_residents}
    _check_counts(counts, year, published_on, at)
    source = checked_text(source, most=300, empty=_("Name the source of the figures."))
    last = Population.objects.filter(unit=unit, year=year).aggregate(last=Max("revision"))["last"] or 0
    row = Population.objects.create(
        unit=unit,
        year=year,
        revision=last + 1,
        source=source,
        published_on=published_on,
        recorded_by=by.label,
        recorded_at=at,
        **counts,
    )
    audit.record("territory.population", row, by=by, at=at, unit_id=unit.pk, year=year, revision=last + 1, **counts)
    return row


def _check_counts(counts: dict[str, int | None], year: int, published_on: date, at: datetime) -> None:
    today = timezone.localdate(at)
    if not 1900 <= year <= today.year or published_on > today:
        raise BadInput(_("Figures are of a year since 1900 that has begun, and published by today."))
    given = [count for count in counts.values() if count is not None]
    if not given:
        raise BadInput(_("Give at least one figure."))
    if any(not 0 <= count <= MOST for count in given):
        raise BadInput(_("A figure is negative or too large."))
    residents, urban = counts["residents"], counts["urban_residents"]
    if residents is not None and urban is not None and urban > residents:
        raise BadInput(_("There can't be more urban residents than residents."))


@transaction.atomic
def set_size_band(
    root_id: int,
    *,
    measure: str,
    low: int | None = None,
    high: int | None = None,
    kind: str = "",
    character: str = "",
    effective_on: date,
    source: str,
    by: Actor,
    at: datetime,
) -> SizeBand:
    """Set the band that holds below a unit from a day on; the band it replaces ends on that day.

    ``kind`` and ``character`` narrow it to communities of one form or type. Households, square metres, or for
    occupancy the percentage from which a new community is proposed (``low``).
    """
    root = locked_unit(root_id)
    require(by, "territory.size_bands", root)
    _check_band(measure, low, high, kind, character)
    band = SizeBand(
        root=root,
        measure=measure,
        low=low,
        high=high,
        kind=kind,
        character=character,
        during=DateRange(effective_on),
        source=checked_text(source, most=300, empty=_("Name the document that sets the band.")),
    )
    replace(band, SizeBand.objects.filter(root=root, measure=measure, kind=kind, character=character), effective_on)
    facts = {"measure": measure, "low": low, "high": high, "kind": kind, "character": character}
    audit.record("territory.size_bands", band, by=by, at=at, unit_id=root.pk, effective_on=effective_on, **facts)
    return band


def _check_band(measure: str, low: int | None, high: int | None, kind: str, character: str) -> None:
    if measure not in Measure.values or (kind and kind not in Kind.values):
        raise BadInput(_("This measure or legal form is not in the list."))
    if character and character not in Character.values:
        raise BadInput(_("Only communities have a type, and it must be one of the list."))
    edges = [edge for edge in (low, high) if edge is not None]
    if not edges or any(not 0 <= edge < 2**62 for edge in edges) or edges != sorted(edges):
        raise BadInput(_("A band has a lower or an upper edge, and the lower one is not above the upper one."))
    if measure == Measure.OCCUPANCY and (low is None or low > 100 or high is not None):
        raise BadInput(_("The rate of occupancy is one percentage, from 0 to 100."))
