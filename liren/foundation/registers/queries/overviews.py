"""Every register in a part of the territory: how many entries, how many wait for review, which units have none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.db.models.expressions import RawSQL
from django.utils import timezone

from liren.foundation.kernel.rights import Actor
from liren.foundation.registers.engine.spec import FILLED, IN_FORCE, STALE
from liren.foundation.registers.models import Coverage, Entry, Register, registers
from liren.foundation.registers.models.entries import EntryQuerySet
from liren.foundation.territory.models import Kind, Level, Unit

#: The kinds of communities that a measure of coverage means.
KINDS = {"urban": (Kind.COMMUNITY,), "rural": (Kind.VILLAGE,)}
FIGURES = (IN_FORCE.code, STALE.code, FILLED)
# The newest figure of each measure by its index, one step for each: a city's figures change every night, and a year of
# them would be read otherwise.
NEWEST = """
SELECT (SELECT c.id FROM registers_coverage c WHERE c.unit_id = u AND c.register_id = r AND c.measure = m
    AND c.on_day <= %s ORDER BY c.on_day DESC LIMIT 1)
FROM unnest(%s::bigint[]) u, unnest(%s::bigint[]) r, unnest(%s::text[]) m
"""


@dataclass(frozen=True)
class Counted:
    """A register in an overview. ``stale``: entries in force that have not been reviewed in time; ``missing``: units
    that should have an entry and have none. None where that is not known: no unit needs one, or it was never counted.
    """

    register: Register
    entries: int
    stale: int | None
    missing: int | None


def is_live(unit: Unit | None) -> bool:
    """Whether an overview counts what there is now: in a street and below. Above, it says what was last counted."""
    return unit is not None and unit.level >= Level.STREET


def overview(actor: Actor, *, unit: Unit | None = None, group: str = "") -> list[Counted]:
    """Every register with its entries in force in a part of the territory, what awaits its review, and what is missing.

    For a street and below counted at once; above as of the last count of coverage (every night, and after imports).
    """
    known = [one for one in registers() if group in ("", one.spec.group)]
    if unit is None or not is_live(unit):
        return _as_counted(actor, unit, known)
    today = timezone.localdate()
    rows = Entry.objects.visible_to(actor).open_on(today).close_by(unit)
    entries, late = _now(rows, known, today)
    missing = _missing(rows, unit, known, today)
    return [Counted(one, entries[one.pk], late[one.pk], missing.get(one.pk)) for one in known]


def _now(rows: EntryQuerySet, known: Sequence[Register], today: date) -> tuple[Counter[int], Counter[int]]:
    """Entries, and those that await their review, by register."""
    entries, late = Counter[int](), Counter[int]()
    cutoffs = {one.pk: today - timedelta(days=one.spec.review_days) for one in known}
    seen = rows.order_by().values_list("register_id", "reviewed_on").annotate(many=Count("id"))
    for register_id, reviewed_on, many in seen:
        entries[register_id] += many
        if register_id in cutoffs and reviewed_on < cutoffs[register_id]:
            late[register_id] += many
    return entries, late


def _missing(rows: EntryQuerySet, unit: Unit, known: Sequence[Register], today: date) -> dict[int, int]:
    """For each register how many units have no entry: two grouped queries for all of them."""
    wanted = {one.pk: one.spec.expected for one in known if one.spec.expected}
    units = Unit.objects.existing_on(today).inside(unit).values("level", "kind").annotate(many=Count("id")).order_by()
    total = Counter({(row["level"], row["kind"]): row["many"] for row in units})
    grouped = rows.filter(register__in=list(wanted)).values("register_id", "unit__level", "unit__kind")
    found = grouped.annotate(many=Count("unit", distinct=True)).order_by()
    there = Counter({(row["register_id"], row["unit__level"], row["unit__kind"]): row["many"] for row in found})
    return {pk: _short(pk, *level, total, there) for pk, level in wanted.items()}


def _short(pk: int, rank: int, of: str, total: Counter[Any], there: Counter[Any]) -> int:
    kinds = [kind for level, kind in total if level == rank and (of == "all" or kind in KINDS[of])]
    return sum(total[rank, kind] - there[pk, rank, kind] for kind in kinds)


def _newest(units: Sequence[int], known: Sequence[Register], figures: Sequence[str]) -> RawSQL:
    return RawSQL(NEWEST, [timezone.localdate(), list(units), [one.pk for one in known], list(figures)])  # noqa: S611  (ours)


def last_counted(unit: Unit, wanted: Sequence[Register]) -> dict[int, int]:
    """Entries in force at a unit and below, by register, as of the last count. Who may read it is asked before."""
    rows = Coverage.objects.filter(pk__in=_newest([unit.pk], wanted, [IN_FORCE.code]))
    return {pk: int(numerator) for pk, numerator in rows.values_list("register_id", "numerator")}


def _as_counted(actor: Actor, unit: Unit | None, known: Sequence[Register]) -> list[Counted]:
    """As it was last counted, at the unit or at all roots."""
    units = [unit.pk] if unit is not None else list(Unit.objects.filter(parent=None).values_list("pk", flat=True))
    found: dict[tuple[int, str], Decimal] = {}
    rows = Coverage.objects.visible_to(actor).filter(pk__in=_newest(units, known, FIGURES))
    for register_id, measure, above, below in rows.values_list("register_id", "measure", "numerator", "denominator"):
        said = above if below is None else below - above
        found[register_id, measure] = found.get((register_id, measure), Decimal(0)) + said
    return [Counted(one, *_three(one, found)) for one in known]


def _three(one: Register, found: dict[tuple[int, str], Decimal]) -> tuple[int, int | None, int | None]:
    entries, stale, missing = (found.get((one.pk, code)) for code in FIGURES)
    is_said = missing is not None and one.spec.expected is not None
    return int(entries or 0), None if stale is None else int(stale), int(missing or 0) if is_said else None
