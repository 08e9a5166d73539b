"""Lines of a file made clean, in batches, into the table of what is on its way in."""

from __future__ import annotations

import json
import uuid
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import islice
from typing import Any

from django.db import connection
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.foundation.registers.engine.columns import BUILT_IN, Columns
from liren.foundation.registers.engine.identity import NAMES, Identity, read_identity
from liren.foundation.registers.engine.spec import Words
from liren.foundation.registers.engine.tables import Line
from liren.foundation.registers.engine.values import clean, is_empty, narrow
from liren.foundation.registers.engine.wording import short
from liren.foundation.registers.models import Register
from liren.foundation.registers.queries.finding import Found
from liren.foundation.registers.services.checks import said
from liren.foundation.registers.services.imports.keys import Promised, promising
from liren.foundation.registers.services.imports.report import ImportReport, Progress
from liren.foundation.registers.services.imports.slices import Slices
from liren.foundation.registers.services.imports.units import NoUnit, Units

BATCH = 2000
#: So many batches are matched and written at once, and so many are read meanwhile.
SLICE, AHEAD = 2, 3
COLUMNS = (
    "run", "line", "number", "unit_id", "name_zh", "name_en", "pinyin", "search", '"values"', "lon", "lat",
    "opened_on", "closed_on", "reviewed_on", "what",
)  # fmt: skip
#: What every line is until an entry is found for it.
NEW = "new"
AS_JSON = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps would make an encoder for each line
COPY = f"COPY registers_incomingline ({', '.join(COLUMNS)}) FROM STDIN"
#: What a line may leave to the entry that is there already, when the file has no such column.
KEPT = ("name_en", "lon", "lat", "opened_on", "closed_on", "reviewed_on")


@dataclass(slots=True)  # not frozen: that takes twice as long to make, some ten thousand times
class Clean:
    """A line without faults."""

    line: int
    number: int | None
    unit_id: int
    identity: Identity
    values: dict[str, Any]


@dataclass(slots=True)
class Reader:
    """Makes lines clean and counts what is wrong."""

    register: Register
    units: Units
    columns: Columns
    report: ImportReport
    today: date
    run: uuid.UUID = field(default_factory=uuid.uuid4)
    finder: Found = field(init=False)
    known: dict[tuple[str, str], Any] = field(default_factory=dict)

    named: list[str] = field(init=False)
    declared: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.finder = Found(self.today)
        self.named = [name for name in self.columns.places if name in NAMES]
        self.declared = [code for code in self.columns.places if code not in BUILT_IN]

    def cleaned(self, lines: Iterable[Line]) -> Iterator[Clean]:
        """Lines without faults; the others are in the report."""
        width = self.columns.width
        for line in lines:
            self.report.lines += 1
            before = self.report.fault_count
            for place, sentence, facts in line.faults:
                self.report.fault(line.number, self.columns.name_of(place), _(sentence) % facts)
            facts = self.columns.facts(line.cells)
            if len(line.cells) > width and any(not is_empty(cell) for cell in line.cells[width:]):
                self.report.fault(line.number, "", str(_("The line has more cells than the header.")))
            found = self._clean(line.number, facts)
            if found is not None and self.report.fault_count == before:
                yield found

    def _clean(self, line: int, facts: Mapping[str, Any]) -> Clean | None:
        spec = self.register.spec
        identity, faults = read_identity(spec, {name: facts[name] for name in self.named}, today=self.today)
        declared = {code: facts[code] for code in self.declared}
        values, more = clean(spec, declared, finder=self.finder, today=self.today, known=self.known)
        for fault in (*faults, *more):
            self.report.fault(line, fault.field, partial(said, fault))
        try:
            unit_id = self.units.find(facts.get("unit"), facts.get("unit_name")).pk
            number = self._number(facts.get("number"))
        except NoUnit as error:
            self.report.fault(line, "unit", str(error))
            return None
        return Clean(line, number, unit_id, identity, values)

    def _number(self, value: Any) -> int | None:
        if is_empty(value):
            return None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        text = narrow(value)
        if not (text.isascii() and text.isdigit()) or not 0 < int(text[:12]) < 2**31:
            title = Words(*BUILT_IN["number"][:2]).text(get_language() or "zh")
            words = {"value": short(value), "title": title}
            raise NoUnit(_("“%(value)s” is no number of an entry (%(title)s).") % words)
        return int(text)

    def pour(self, lines: Iterable[Line], progress: Progress, slices: Slices) -> None:
        """All clean lines into the table, a slice at a time; keys of the next are made, and others read, meanwhile."""
        cleaned = self.cleaned(lines)
        batches: Iterator[list[Clean]] = iter(lambda: list(islice(cleaned, BATCH)), [])
        waiting: deque[tuple[list[Clean], Promised]] = deque()
        with promising(self.register.spec, worth=BATCH) as promise:
            for batch in batches:
                rows = [(one.identity.name_zh, one.identity.name_en, one.values) for one in batch]
                waiting.append((batch, promise(rows)))
                if len(waiting) == AHEAD + SLICE:
                    self._pour(waiting, slices)
                progress("lines", self.report.lines, 0)
            while waiting:
                self._pour(waiting, slices)

    def _pour(self, waiting: deque[tuple[list[Clean], Promised]], slices: Slices) -> None:
        slices.settle()
        for _number in range(min(SLICE, len(waiting))):
            batch, promised = waiting.popleft()
            self._copy(batch, promised)
        slices.begin(batch[-1].line)

    def _copy(self, batch: list[Clean], promised: Promised) -> None:
        run = str(self.run)
        with connection.cursor() as cursor, cursor.copy(COPY) as copy:
            for one, (pinyin, search) in zip(batch, promised(), strict=True):
                facts = one.identity
                copy.write_row(
                    (
                        run, one.line, one.number, one.unit_id, facts.name_zh, facts.name_en, pinyin, search,
                        AS_JSON(one.values), facts.lon, facts.lat,
                        facts.opened_on, facts.closed_on, facts.reviewed_on, NEW,
                    )
                )  # fmt: skip
