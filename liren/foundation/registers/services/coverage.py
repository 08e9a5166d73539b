"""Computes the measures of registers at every unit, and appends what has changed since the last time.

A few passes of SQL for each register; adding up the tree and dividing are arithmetic on arrays. Targets are asked of
the city's documents, once for each district.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from liren.foundation.kernel import audit
from liren.foundation.kernel.engine.quantities import ROUNDED, WrongUnits
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.policy import queries as policy
from liren.foundation.registers.engine.coverage import Counted, Figure, Tree, figures, gap
from liren.foundation.registers.engine.spec import LEVELS, MeasureSpec
from liren.foundation.registers.models import Book, Coverage, Register, registers
from liren.foundation.registers.models import register as register_of
from liren.foundation.registers.queries.counting import counted, tree_on
from liren.foundation.territory.models import Unit
from liren.foundation.territory.queries import denominators_on

COLUMNS = (
    "register_id", "measure", "unit_id", "on_day", "numerator", "denominator", "value", "operator", "target",
    "target_high", "met", "gap", "withheld",
)  # fmt: skip
COMPARED = COLUMNS[4:]
ANEW = """
DELETE FROM registers_coverage WHERE register_id = %s AND on_day = %s
    AND (measure, unit_id) IN (SELECT * FROM unnest(%s::text[], %s::bigint[]))
"""
Progress = Callable[[str, int, int], None]
Facts = tuple[Any, ...]


@dataclass(frozen=True)
class Target:
    """A number that a document sets, in the unit of the measure."""

    operator: str
    low: Decimal
    high: Decimal | None


@dataclass
class Ground:
    """What all registers share on one day: the tree, who may be divided by, where each unit lies."""

    day: date
    tree: Tree
    codes: dict[int, str]
    _denominators: dict[tuple[str, str], dict[int, int]] = field(default_factory=dict)
    _targets: dict[tuple[str, str, str], Target | None] = field(default_factory=dict)

    def denominators(self, measure: MeasureSpec) -> dict[int, int]:
        """By unit; empty for a measure that is not divided by people or households."""
        key = measure.per, measure.of
        if key not in self._denominators:
            self._denominators[key] = self._denominator(*key) if measure.per else {}
        return self._denominators[key]

    def _denominator(self, per: str, of: str) -> dict[int, int]:
        found = denominators_on(self.day, per)  # type: ignore[arg-type]  # one of the three, by the declaration
        known = {pk: one.value for pk, one in found.items() if one.value is not None}
        return known if of == "all" else self._within(known, of)

    def _within(self, known: dict[int, int], of: str) -> dict[int, int]:
        """Only communities of one kind: their own figures, and above them the sum where each of them has one."""
        tree, sums, missing = self.tree, {}, set()
        for place in ((tree.level == LEVELS["community"]) & tree.fits(of)).nonzero()[0].tolist():
            unit, at = int(tree.ids[place]), place
            while at >= 0:
                here = int(tree.ids[at])
                sums[here] = sums.get(here, 0) + known.get(unit, 0)
                if unit not in known:
                    missing.add(here)
                at = int(tree.parent[at])
        return {pk: value for pk, value in sums.items() if pk not in missing}

    def target(self, measure: MeasureSpec, unit_id: int) -> Target | None:
        """What the documents that hold at the unit set; the same for all units of a district."""
        if not measure.parameter:
            return None
        key = measure.parameter, measure.unit, self.codes[unit_id][:6]
        if key not in self._targets:
            self._targets[key] = _target(measure, self.codes[unit_id], self.day)
        return self._targets[key]


def _target(measure: MeasureSpec, code: str, day: date) -> Target | None:
    """None where no document sets the number, or sets it for something that can't be compared."""
    try:
        found = policy.parameter(measure.parameter, code, on=day)
        low = found.quantity.rounded_to(measure.unit, 6).value
        high = None if found.high is None else found.high.rounded_to(measure.unit, 6).value
    except (policy.NoParameter, WrongUnits):
        return None
    return Target(found.operator, low, high)


def ground_on(day: date) -> Ground:
    codes = dict(Unit.objects.existing_on(day).values_list("pk", "code"))
    return Ground(day, tree_on(day), codes)


@transaction.atomic
def recompute_coverage(
    register: str | None = None, *, by: Actor, at: datetime, progress: Progress | None = None
) -> dict[str, int]:
    """Compute the measures of one register, or of all, as of the day of ``at``; how many figures changed, by register.

    A figure that is as it was is not written again. Two at once for one register wait for each other.
    """
    require(by, "registers.count")
    wanted = registers() if register is None else [register_of(register)]
    return count_registers(wanted, ground_on(timezone.localdate(at)), by=by, at=at, progress=progress)


def count_registers(
    wanted: list[Register], ground: Ground, *, by: Actor, at: datetime, progress: Progress | None = None
) -> dict[str, int]:
    """The same on a ground that is there already, inside the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
    changed = {}
    for place, one in enumerate(wanted, 1):
        if one.spec.measures:
            changed[one.code] = _count(one, ground, at)
        if progress is not None:
            progress("coverage", place, len(wanted))
    if any(changed.values()):
        audit.record("registers.count", None, by=by, at=at, registers=len(changed), changed=sum(changed.values()))
    return changed


def _count(register: Register, ground: Ground, at: datetime) -> int:
    book, _new = Book.objects.select_for_update().get_or_create(register_id=register.pk)
    measures = register.spec.measures
    before = _latest(register, ground.day)
    rows: list[Facts] = []
    for measure, found in zip(measures, counted(register, measures, ground.tree, ground.day), strict=True):
        for figure, facts in _judged(measure, found, ground):
            if before.get((measure.code, figure.unit)) != facts:
                rows.append((register.pk, measure.code, figure.unit, ground.day, *facts))
    _append(register, rows, ground.day)
    book.counted_at = at
    book.save(update_fields=["counted_at"])
    return len(rows)


def _judged(measure: MeasureSpec, found: Counted, ground: Ground) -> Iterable[tuple[Figure, Facts]]:
    """Each figure with its target, whether it is met, and the gap: as the columns of the table hold them."""
    for figure in figures(measure, ground.tree, found, ground.denominators(measure)):
        target = ground.target(measure, figure.unit)
        met: bool | None = None
        short: Decimal | None = None
        if target is not None and figure.value is not None:
            met, short = gap(target.operator, figure.value, target.low, target.high)
        facts = (figure.numerator, figure.denominator, figure.value)
        goal = (target.operator, target.low, target.high) if target is not None else ("", None, None)
        yield figure, (*(_kept(one, 6) for one in facts), *goal, met, _kept(short, 6), figure.withheld)


def _kept(value: Decimal | None, places: int) -> Decimal | None:
    return None if value is None else value.quantize(Decimal(1).scaleb(-places), context=ROUNDED)


def _latest(register: Register, day: date) -> dict[tuple[str, int], Facts]:
    """The newest figures before or on the day, of today's units."""
    rows = Coverage.objects.filter(register_id=register.pk, on_day__lte=day)
    rows = rows.order_by("measure", "unit_id", "-on_day").distinct("measure", "unit_id")
    return {row[:2]: row[2:] for row in rows.values_list("measure", "unit_id", *COMPARED)}


def _append(register: Register, rows: list[Facts], day: date) -> None:
    """New figures by COPY; what was said earlier on the same day is said anew."""
    if not rows:
        return
    again = [[row[1] for row in rows], [row[2] for row in rows]]
    with connection.cursor() as cursor:
        cursor.execute(ANEW, [register.pk, day, *again])
        with cursor.copy(f"COPY registers_coverage ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
