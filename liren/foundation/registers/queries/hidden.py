"""Figures that exist and are not shown, so that a page can say why a cell is empty."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from liren.foundation.kernel.rights import Actor
from liren.foundation.people.models.reach import paths_of
from liren.foundation.registers.models import Coverage, Register
from liren.foundation.territory.models import Unit


def hidden_figures(register: Register, units: Iterable[Unit], actor: Actor) -> set[tuple[str, int]]:
    """(measure, unit) whose newest figure would give away a small number of people, and is therefore not this actor's.

    That a figure is hidden is no secret; what it is, stays one. One query, none for a register without such sums.
    """
    counting = [one for one in register.spec.measures if _adds_people(register, one.sum)]
    if register.spec.visible != "public" or not counting:
        return set()
    rows = Coverage.objects.filter(
        register=register.pk,
        measure__in=[one.code for one in counting],
        unit__in=[one.pk for one in units],
        on_day__lte=timezone.localdate(),
    )
    newest = rows.order_by("measure", "unit_id", "-on_day").distinct("measure", "unit_id")
    reads = paths_of(actor, "registers.read")
    found = newest.values_list("measure", "unit_id", "withheld", "unit__path")
    return {(code, unit) for code, unit, withheld, path in found if withheld and not path.startswith(reads or ("-",))}


def _adds_people(register: Register, code: str) -> bool:
    field = register.spec.by_code.get(code)
    return field is not None and field.counts_people
