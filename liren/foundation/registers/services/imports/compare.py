"""What came in held against what is there, and written: a few statements for any number of lines.

A line is the entry whose number it gives, else the open entry of its name in its unit, else a new one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from liren.foundation.kernel.rights import Actor
from liren.foundation.registers.engine.gates import refused
from liren.foundation.registers.models import Register
from liren.foundation.registers.models.words import searched
from liren.foundation.registers.queries.gates import numbers_at
from liren.foundation.registers.services.checks import said
from liren.foundation.registers.services.imports.lines import KEPT, Reader
from liren.foundation.registers.services.imports.units import Units
from liren.foundation.territory.models import Unit

BY_NUMBER = """
UPDATE registers_incomingline i SET entry_id = e.id FROM registers_entry e
WHERE i.run = %(run)s AND i.number IS NOT NULL AND e.register_id = %(register)s AND e.number = i.number
    AND e.number <= %(last)s
"""
UNKNOWN = """
SELECT line, number::text FROM registers_incomingline
WHERE run = %(run)s AND number IS NOT NULL AND entry_id IS NULL ORDER BY line
"""
# The pinyin is compared too: with unit and register it is what the index holds. What this run has added itself has a
# higher number than the last.
SAME_NAME = """
    i.run = %(run)s AND i.number IS NULL AND e.unit_id = i.unit_id AND e.register_id = %(register)s
    AND e.pinyin = i.pinyin AND e.name_zh = i.name_zh AND (e.closed_on IS NULL OR e.closed_on > %(today)s)
    AND e.number <= %(last)s
"""
BY_NAME = f"""
UPDATE registers_incomingline i SET entry_id = e.id FROM registers_entry e WHERE i.line > %(after)s AND {SAME_NAME}
"""  # noqa: S608  (ours)
# The same for a large register: a look into the index for each line (subqueries are never put together by hashing),
# since each slice would go through all of its entries.
LARGE = 20_000
BY_LOOKING = f"""
UPDATE registers_incomingline i SET entry_id = (SELECT (array_agg(e.id))[1] FROM registers_entry e WHERE {SAME_NAME})
WHERE i.run = %(run)s AND i.line > %(after)s AND i.number IS NULL
    AND (SELECT count(*) FROM registers_entry e WHERE {SAME_NAME}) > 0
"""  # noqa: S608  (ours)
AMBIGUOUS = f"""
SELECT i.line, string_agg(e.number::text, ', ' ORDER BY e.number) FROM registers_incomingline i
JOIN registers_entry e ON {SAME_NAME} GROUP BY i.line HAVING count(*) > 1 ORDER BY i.line
"""  # noqa: S608  (ours)
TWICE = """
SELECT line, first::text FROM (
    SELECT line, min(line) OVER (PARTITION BY entry_id) AS first FROM registers_incomingline
    WHERE run = %(run)s AND entry_id IS NOT NULL
    UNION ALL
    SELECT line, min(line) OVER (PARTITION BY unit_id, name_zh) AS first FROM registers_incomingline
    WHERE run = %(run)s AND entry_id IS NULL AND number IS NULL
) known WHERE line > first ORDER BY line
"""
CLOSED = """
SELECT i.line, e.number::text FROM registers_incomingline i JOIN registers_entry e ON e.id = i.entry_id
WHERE i.run = %(run)s AND e.register_id = %(register)s AND e.closed_on <= %(today)s ORDER BY i.line
"""
UNITS_LEFT = """
SELECT i.line, e.unit_id FROM registers_incomingline i JOIN registers_entry e ON e.id = i.entry_id
WHERE i.run = %(run)s AND e.register_id = %(register)s AND e.unit_id <> i.unit_id ORDER BY i.line
"""
# %(fields)s: the codes of the columns that the file brings; what it does not bring, stays.
MERGED = """(coalesce(e."values", '{{}}'::jsonb) - %(fields)s::text[]) || i."values\""""
WHAT = """
UPDATE registers_incomingline i SET what = CASE WHEN {same} THEN 'unchanged' ELSE 'changed' END
FROM registers_entry e WHERE i.run = %(run)s AND e.id = i.entry_id AND e.register_id = %(register)s
"""
# What each line would leave behind, beside what is there: for the gates of the register.
LEFT = """
SELECT i.line, i.unit_id, e."values", CASE WHEN e.id IS NULL THEN i."values" ELSE {merged} END
FROM registers_incomingline i LEFT JOIN registers_entry e ON e.id = i.entry_id AND e.register_id = %(register)s
WHERE i.run = %(run)s AND i.what <> 'unchanged' ORDER BY i.line
"""
COUNTS = "SELECT what, count(*) FROM registers_incomingline WHERE run = %(run)s GROUP BY what"
# Entries and their first line of history in one statement: what was just written is not looked for again.
ADD = """
WITH added AS (
    INSERT INTO registers_entry (register_id, written_as_id, number, unit_id, name_zh, name_en, pinyin, search,
        "values", lon, lat, opened_on, closed_on, reviewed_on, changed_at)
    SELECT %(register)s, %(version)s, %(given)s + row_number() OVER (ORDER BY line), unit_id, name_zh, name_en, pinyin,
        search::tsvector, "values", lon, lat, opened_on, closed_on, coalesce(reviewed_on, %(today)s), %(at)s
    FROM registers_incomingline
    WHERE run = %(run)s AND line > %(after)s AND number IS NULL AND entry_id IS NULL ORDER BY line
    RETURNING id, written_as_id, unit_id, name_zh, name_en, "values", lon, lat, opened_on, closed_on, reviewed_on)
INSERT INTO registers_entrychange (entry_id, at, actor, kind, note, batch_id, written_as_id, unit_id, name_zh, name_en,
    "values", lon, lat, opened_on, closed_on, reviewed_on)
SELECT id, %(at)s, %(actor)s, 'imported', '', %(batch)s, written_as_id, unit_id, name_zh, name_en, "values", lon, lat,
    opened_on, closed_on, reviewed_on
FROM added
"""
CHANGE = """
UPDATE registers_entry e SET written_as_id = %(version)s, unit_id = i.unit_id, name_zh = i.name_zh, pinyin = i.pinyin,
    search = {search}, "values" = {merged}, changed_at = %(at)s, {columns}
FROM registers_incomingline i
WHERE i.run = %(run)s AND i.what = 'changed' AND e.id = i.entry_id AND e.register_id = %(register)s
"""
TELL = """
INSERT INTO registers_entrychange (entry_id, at, actor, kind, note, batch_id, written_as_id, unit_id, name_zh, name_en,
    "values", lon, lat, opened_on, closed_on, reviewed_on)
SELECT e.id, %(at)s, %(actor)s, 'imported', '', %(batch)s, e.written_as_id, e.unit_id, e.name_zh, e.name_en,
    e."values", e.lon, e.lat, e.opened_on, e.closed_on, e.reviewed_on
FROM registers_incomingline i JOIN registers_entry e ON e.id = i.entry_id
WHERE i.run = %(run)s AND i.what = 'changed' AND e.register_id = %(register)s
"""
# The planner can't know how many lines this run has brought: its statistics are of runs that are gone. It takes them
# for one or two, and goes through all of them again for each of them. So many are put together by hashing, or in order.
MANY = 1000
TOGETHER = "SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '64MB'"
AS_BEFORE = "SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL work_mem TO DEFAULT"
DONE = "DELETE FROM registers_incomingline WHERE run = %(run)s"


@dataclass(slots=True)
class Incoming:
    """The lines of one import that are on their way in.

    ``last``: the last number given out before it. ``batch``: what its lines of history will name; None: it writes
    nothing. ``base``: the connection on which the transaction is open, used by one thread at a time.
    """

    reader: Reader
    register: Register
    today: date
    at: datetime
    by: Actor
    last: int
    batch: int | None
    base: BaseDatabaseWrapper
    after: int = 0
    added: int = 0

    def _run(self, sql: str, **more: Any) -> Any:
        facts: dict[str, Any] = {"run": self.reader.run, "register": self.register.pk, "version": self.register.version}
        facts |= {"today": self.today, "at": self.at, "actor": self.by.label, "fields": self.brought}
        facts |= {"last": self.last, "batch": self.batch, **more}
        with self.base.cursor() as cursor:
            cursor.execute(sql, facts)
            return cursor.fetchall() if cursor.description else cursor.rowcount

    @property
    def brought(self) -> list[str]:
        """Codes of the declared fields that the file has columns for."""
        places = self.reader.columns.places
        return [one.code for one in self.register.spec.fields if one.code in places or f"{one.code}_en" in places]

    @contextmanager
    def planned(self) -> Iterator[None]:
        """For the statements below: plans that take as long as there are lines, however many there are."""
        if self.reader.report.lines <= MANY:
            yield
            return
        with self.base.cursor() as cursor:
            cursor.execute(TOGETHER)
        yield
        with self.base.cursor() as cursor:
            cursor.execute(AS_BEFORE)

    def advance(self, upto: int) -> None:
        """Find the entries of the lines after those that were advanced before, by name; and add the new ones.

        Nothing is added once a line is wrong: all of it will be taken back.
        """
        with self.planned():
            self._run(BY_NAME if self.last < LARGE else BY_LOOKING, after=self.after)
        if self.batch is not None and not self.reader.report.fault_count:
            self.added += self._run(ADD, after=self.after, given=self.last + self.added)
        self.after = upto

    def match(self) -> None:
        """What is wrong with a line beside the others, and beside the entry that it is."""
        self._run(BY_NUMBER)
        self._faults(UNKNOWN, "number", _("There is no entry number %(what)s; leave the number empty for a new one."))
        self._faults(AMBIGUOUS, "number", _("Several entries bear this name here (%(what)s): write the number of one."))
        self._faults(TWICE, "name_zh", _("The same entry stands in line %(what)s already."))
        if "closed_on" not in self.reader.columns.places:
            self._faults(CLOSED, "number", _("Entry %(what)s is closed: reopen it first."))
        self._check_units_left(self.reader.units)

    def _faults(self, sql: str, name: str, sentence: str) -> None:
        for line, what in self._run(sql):
            self.reader.report.fault(line, name, sentence % {"what": what})

    def _check_units_left(self, units: Units) -> None:
        """An entry moves only where the importer may write in both units."""
        left = self._run(UNITS_LEFT)
        known = Unit.objects.in_bulk({unit_id for _line, unit_id in left})
        for line, unit_id in left:
            if not units.in_reach(known[unit_id]):
                words = {"unit": known[unit_id].name_zh}
                self.reader.report.fault(line, "unit", _("The entry hangs on %(unit)s, outside your reach.") % words)

    def compare(self) -> None:
        """Say of each line whether it is new, changes something, or says what is known."""
        kept = [name for name in KEPT if name in self.reader.columns.places and name != "reviewed_on"]
        same = [f"(e.{name}) IS NOT DISTINCT FROM (i.{name})" for name in ("unit_id", "name_zh", *kept)]
        if "reviewed_on" in self.reader.columns.places:
            same.append("(i.reviewed_on IS NULL OR e.reviewed_on = i.reviewed_on)")
        same.append(f'e."values" = {MERGED.format()}')
        self._run(WHAT.format(same=" AND ".join(same)))
        counts = dict(self._run(COUNTS))
        report = self.reader.report
        report.new, report.changed = counts.get("new", 0), counts.get("changed", 0)
        report.unchanged = counts.get("unchanged", 0)

    def pass_gates(self) -> None:
        """A line that a gate of the register holds back becomes a fault, as in the form."""
        if not self.register.spec.gates:
            return
        found = self._run(LEFT.format(merged=MERGED.format()))
        units = Unit.objects.in_bulk({unit_id for _line, unit_id, _before, _after in found})
        numbers = {pk: numbers_at(self.register, one, self.today) for pk, one in units.items()}
        for line, unit_id, before, after in found:
            was = None if before is None else json.loads(before)
            for lack in refused(self.register.spec, was, json.loads(after), numbers[unit_id]):
                fault = lack.fault()
                self.reader.report.fault(line, fault.field, said(fault))

    def change(self) -> None:
        """Changed entries, and for each of them one line of history."""
        self._run(CHANGE.format(merged=MERGED.format(), search=self._search(), columns=", ".join(self._columns())))
        self._run(TELL)

    def _columns(self) -> Iterable[str]:
        for name in KEPT:
            if name == "reviewed_on":
                yield "reviewed_on = coalesce(i.reviewed_on, %(today)s)"
            elif name in self.reader.columns.places:
                yield f"{name} = i.{name}"

    def _search(self) -> str:
        """Words of fields that the file does not bring are still found."""
        missing = {one.code for one in searched(self.register.spec)} - set(self.brought)
        known = "e.search || " if missing or "name_en" not in self.reader.columns.places else ""
        return f"{known}i.search::tsvector"

    def forget(self) -> None:
        self._run(DONE)
