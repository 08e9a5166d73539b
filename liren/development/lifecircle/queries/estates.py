"""Checks of planned estates, the newest first; and what a place is called, for whoever does not point at a map."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from liren.development.lifecircle.models import CircleRow, EstateCheck, Run
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.registers import queries as registers
from liren.foundation.registers.models import Entry, NoRegister, Register
from liren.foundation.territory.models import Level, Unit

REGISTER = "new_estate"
MOST, CHOICES, LONGEST = 200, 100, 100


def estates(unit: Unit, *, actor: Any, after: int = 0, limit: int = 30) -> list[EstateCheck]:
    """Checks inside a unit that the actor may see, the newest first; ``after``: the id of the last that was shown."""
    rows = EstateCheck.objects.visible_to(actor).filter(unit__path__startswith=unit.path)
    if after:
        rows = rows.filter(pk__lt=after)
    return list(rows.select_related("run__city", "run__standard", "unit").order_by("-pk")[: min(limit, MOST)])


def estate_of(unit: Unit, pk: int, *, actor: Any) -> EstateCheck | None:
    """One check inside a unit; None where there is none that the actor may see."""
    rows = EstateCheck.objects.visible_to(actor).filter(unit__path__startswith=unit.path, pk=pk)
    found: EstateCheck | None = rows.select_related("run__city", "run__standard", "unit").first()
    return found


def estate_register() -> Register | None:
    """The register of new estates; None where no pack declares it."""
    try:
        return registers.register(REGISTER)
    except NoRegister:
        return None


def planned_entries(unit: Unit) -> list[Entry]:
    """Public entries of the register of new estates inside a unit that have a place; bounded."""
    book = estate_register()
    if book is None:
        return []
    rows = Entry.objects.visible_to(ANONYMOUS).open_on(timezone.localdate()).filter(register_id=book.pk)
    rows = rows.filter(unit__path__startswith=unit.path, lon__isnull=False)
    return list(rows.select_related("unit").order_by("pinyin", "pk")[:CHOICES])


def place_named(run: Run, text: str) -> tuple[float, float]:
    """Where something of this name or address lies in the city: a compound, or an entry of a public register.

    Raises:
        BadInput: nothing is on record under these words, or more than one place.
    """
    said = " ".join(text.split())[:LONGEST]
    spots = {(round(lon, 5), round(lat, 5)) for lon, lat in (*_compounds(run, said), *_entries(run, said))}
    if len(spots) == 1:
        return spots.pop()
    if spots:
        raise BadInput(_("Several places bear this name or address."), next_step=_("Point at the map instead."))
    raise BadInput(_("Nothing is on record here under this name or address."), next_step=_("Point at the map instead."))


def _compounds(run: Run, said: str) -> list[tuple[float, float]]:
    rows = CircleRow.objects.filter(run=run, level=Level.COMPOUND, lon__isnull=False)
    by_name = rows.filter(unit__name_zh=said) | rows.filter(unit__code=said)
    return [(lon, lat) for lon, lat in by_name.values_list("lon", "lat")[:MOST] if lon is not None and lat is not None]


def _entries(run: Run, said: str) -> list[tuple[float, float]]:
    rows = Entry.objects.visible_to(ANONYMOUS).open_on(timezone.localdate())
    rows = rows.filter(unit__path__startswith=run.city.path, lon__isnull=False)
    by_words = rows.filter(name_zh=said) | rows.filter(values__address=said)
    return [(lon, lat) for lon, lat in by_words.values_list("lon", "lat")[:MOST] if lon is not None and lat is not None]
