"""Computes the measures of registers at every unit, and appends what has changed since the last time.

A few passes of SQL for each register; adding up the tree and dividing are arithmetic on arrays. Targets are asked of
the city's documents, once for each district.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from itertools import repeat
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from liren.foundation.kernel import audit
from liren.foundation.kernel.engine.quantities import WrongUnits
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.policy import queries as policy
from liren.foundation.registers.engine.coverage import MICRO, Counted, Tree, figures, gap
from liren.foundation.registers.engine.spec import LEVELS, MeasureSpec, kept_measures
from liren.foundation.registers.models import Book, Register, registers
from liren.foundation.registers.models import register as register_of
from liren.foundation.registers.queries.counting import Rows, counted, read, tree_on
from liren.foundation.territory.models import Unit
from liren.foundation.territory.queries import denominators_on

COLUMNS = (
    "register_id", "on_day", "measure", "unit_id", "numerator", "denominator", "value", "operator", "target",
    "target_high", "met", "gap", "withheld",
)  # fmt: skip
NO_TARGET = "\t\\N\t\\N\t\\N\t\\N"
# As COPY writes a row, so that figures are compared as text: the newest ones, and those of them that are of the day.
LATEST = r"""
SELECT string_agg(said, E'\n'), string_agg(said, E'\n') FILTER (WHERE is_todays) FROM (
    SELECT DISTINCT ON (measure, unit_id) concat_ws(E'\t', measure, unit_id, numerator,
        coalesce(denominator::text, '\N'), coalesce(value::text, '\N'), operator, coalesce(target::text, '\N'),
        coalesce(target_high::text, '\N'), coalesce(met::text::char(1), '\N'), coalesce(gap::text, '\N'),
        withheld::text::char(1)) AS said, on_day = %s AS is_todays
    FROM registers_coverage WHERE register_id = %s AND on_day <= %s ORDER BY measure, unit_id, on_day DESC) AS newest
"""
ANEW = """
DELETE FROM registers_coverage WHERE register_id = %s AND on_day = %s
    AND (measure, unit_id) IN (SELECT * FROM unnest(%s::text[], %s::bigint[]))
"""
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Target:
    """A number that a document sets, in the unit of the measure, in millionths."""

    operator: str
    low: int
    high: int | None


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
        tree, missing = self.tree, set[int]()
        sums: dict[int, int] = {}
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
    return Target(found.operator, int(low * MICRO), None if high is None else int(high * MICRO))


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
    for place, one in enumerate(_read_ahead(wanted, ground.day), 1):
        changed[one.register.code] = _count(one, ground, at)
        if progress is not None:
            progress("coverage", place, len(wanted))
    if any(changed.values()):
        audit.record("registers.count", None, by=by, at=at, registers=len(changed), changed=sum(changed.values()))
    return changed


@dataclass(frozen=True)
class Read:
    """What is read of a register: its entries, added up unit by unit, and the figures that were said last."""

    register: Register
    book: Book
    rows: Rows
    said: set[str]
    todays: list[str]


def _read_ahead(wanted: list[Register], day: date) -> Iterator[Read]:
    """Register by register. While one is worked on, PostgreSQL reads the next: on the same connection, in turn."""
    with connection.cursor() as cursor, ThreadPoolExecutor(1) as reader:
        coming: Future[Read] | None = None
        for one in wanted:
            # First to the end: nothing may come in between while a book is opened, which can take a savepoint.
            there = None if coming is None else coming.result()
            book, _new = Book.objects.select_for_update().get_or_create(register_id=one.pk)
            coming = reader.submit(_read, one, book, day, cursor)
            if there is not None:
                yield there
        if coming is not None:
            yield coming.result()


def _read(register: Register, book: Book, day: date, cursor: Any) -> Read:
    rows = read(register, kept_measures(register.spec), day, cursor)
    cursor.execute(LATEST, [day, register.pk, day])
    newest, todays = cursor.fetchone()
    return Read(register, book, rows, set((newest or "").split("\n")), (todays or "").splitlines())


def _count(one: Read, ground: Ground, at: datetime) -> int:
    rows: list[str] = []
    for measure, found in zip(kept_measures(one.register.spec), counted(one.rows, ground.tree), strict=True):
        rows += [line for line in _lines(measure, found, ground) if line not in one.said]
    _append(one.register, rows, one.todays, ground.day)
    one.book.counted_at = at
    one.book.save(update_fields=["counted_at"])
    return len(rows)


def _lines(measure: MeasureSpec, found: Counted, ground: Ground) -> list[str]:
    """Each unit with its figure, its target, whether that is met, and the gap: as COPY writes them."""
    units, tops, bottoms, values, withheld = figures(measure, ground.tree, found, ground.denominators(measure))
    goals: Iterable[str] = repeat(NO_TARGET)
    if measure.parameter:
        goals = [_goal(ground.target(measure, unit), value) for unit, value in zip(units, values, strict=True)]
    written = zip(
        units, map(_plain, tops, repeat(6)), map(_plain, bottoms, repeat(6)), map(_plain, values, repeat(4)), goals,
        withheld, strict=False,
    )  # fmt: skip
    return [
        f"{measure.code}\t{unit}\t{top}\t{bottom}\t{value}\t{goal}\t{'t' if hidden else 'f'}"
        for unit, top, bottom, value, goal, hidden in written
    ]


def _goal(target: Target | None, value: int | None) -> str:
    if target is None:
        return NO_TARGET
    judged = "\\N\t\\N"
    if value is not None:
        met, short = gap(target.operator, value * 100, target.low, target.high)
        judged = f"{'t' if met else 'f'}\t{_plain(short, 6)}"
    return f"{target.operator}\t{_plain(target.low, 6)}\t{_plain(target.high, 6)}\t{judged}"


@lru_cache(maxsize=100_000)
def _plain(number: int | None, places: int) -> str:
    """So many millionths, or ten-thousandths, as the database writes them."""
    if number is None:
        return "\\N"
    whole, rest = divmod(abs(number), 10**places)
    return f"{'-' if number < 0 else ''}{whole}.{rest:0{places}}"


def _append(register: Register, rows: list[str], todays: list[str], day: date) -> None:
    """New figures by COPY; those that were said earlier on the same day (``todays``) replace what was said."""
    if not rows:
        return
    anew = _about(rows) & _about(todays) if todays else ()
    with connection.cursor() as cursor:
        if anew:
            codes, units = zip(*anew, strict=True)
            cursor.execute(ANEW, [register.pk, day, list(codes), list(map(int, units))])
        begin = f"{register.pk}\t{day}\t"
        with cursor.copy(f"COPY registers_coverage ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            copy.write(begin + f"\n{begin}".join(rows) + "\n")


def _about(lines: list[str]) -> set[tuple[str, str]]:
    """Which measure at which unit each line tells of."""
    return {tuple(one.split("\t", 2)[:2]) for one in lines}  # type: ignore[misc]  # two of them
