"""The dispatch catalogue out of a CSV or XLSX file: every line, or none and what is wrong in which line.

A trial run writes nothing and shows which cases would go elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.bodies.models import Body
from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput, LirenError
from liren.foundation.kernel.rights import Actor, can, require
from liren.foundation.kernel.tables import LineFault
from liren.foundation.registers.services import BadTable, opened
from liren.foundation.territory.models import Unit
from liren.service.cases.models import DispatchRule
from liren.service.cases.models.declared import DeclaredType, types
from liren.service.cases.queries.dispatch import Moved, by_type, elsewhere, in_force
from liren.service.cases.services.catalogue import KEEP, add_rule, fits

#: Columns by their code, Chinese and English names; the last two may be missing.
COLUMNS = {
    "type": ("type", "类型", "事项类型"),
    "category": ("category", "类别"),
    "unit": ("unit", "区划", "范围"),
    "body": ("body", "责任单位", "承办单位"),
    "ground": ("ground", "依据"),
    "since": ("since", "生效日期", "自"),
    "until": ("until", "失效日期", "至"),
}
NEEDED = ("type", "category", "unit", "body", "ground")
MOST_LINES = 5000
#: Told the stage, how many lines of it are done, and how many there are.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Change:
    """A rule as it is wanted: from ``since`` on, until further notice or until ``until``."""

    kind: DeclaredType
    category: str
    unit: Unit
    body: Body
    ground: str
    since: date
    until: date | None = None
    line: int = 0


@dataclass(slots=True)
class CatalogueReport:
    """What an import did or would do. With any fault nothing was written."""

    lines: int = 0
    new: int = 0
    unchanged: int = 0
    faults: list[LineFault] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)

    def fault(self, line: int, column: str, says: str) -> None:
        self.faults.append(LineFault(line, column, says))


def import_rules(
    path: Path | str, *, dry_run: bool = False, by: Actor, at: datetime, progress: Progress | None = None
) -> CatalogueReport:
    """Take over a catalogue: type, category, unit, body, ground, and the days from which and until which it holds.

    Types and categories by code or name, units by division code or name, bodies by unified social credit code or name.
    A line that says what holds already changes nothing, so the same file again is harmless.

    Raises:
        NotAllowed: the actor keeps no catalogue anywhere. BadInput: the file can't be read.
    """
    require(by, KEEP)
    report = CatalogueReport()
    tell = progress or (lambda stage, done, total: None)
    rows = list(_rows(Path(path), report))
    tell("lines", len(rows), len(rows))
    changes = _read(rows, report, timezone.localdate(at), by)
    before = in_force({one.kind.pk for one in changes}, timezone.localdate(at))
    wanted = [one for one in changes if not _holds(one, before)]
    report.new, report.unchanged = len(wanted), len(changes) - len(wanted)
    if dry_run:
        report.moved = _moved(before, wanted, by, at)
    tell("writing", 0, len(wanted))
    _write(wanted, report, dry_run=dry_run, by=by, at=at)
    return report


def dry_run(changes: Iterable[Change], *, by: Actor, at: datetime) -> list[Moved]:
    """Which cases, open or of the last 90 days, would go elsewhere if these rules held.

    Raises:
        NotAllowed: the actor keeps no catalogue anywhere.
    """
    require(by, KEEP)
    wanted = list(changes)
    return _moved(in_force({one.kind.pk for one in wanted}, timezone.localdate(at)), wanted, by, at)


def _moved(before: list[DispatchRule], wanted: list[Change], by: Actor, at: datetime) -> list[Moved]:
    """As if all that is wanted held today, the days of the lines aside."""
    today = timezone.localdate(at)
    after = {(one.type_id, one.category, one.unit_id): one for one in before}
    for one in wanted:
        rule = DispatchRule(type_id=one.kind.pk, category=one.category, unit=one.unit, body=one.body, ground=one.ground)
        rule.during = DateRange(today, None)
        after[one.kind.pk, one.category, one.unit.pk] = rule
    return elsewhere(by_type(before), by_type(after.values()), by, at)


def _holds(change: Change, rules: list[DispatchRule]) -> bool:
    return any(
        (one.type_id, one.category, one.unit_id, one.body_id)
        == (change.kind.pk, change.category, change.unit.pk, change.body.pk)
        and one.during.upper == change.until
        for one in rules
    )


def _write(wanted: list[Change], report: CatalogueReport, *, dry_run: bool, by: Actor, at: datetime) -> None:
    """Line by line, so that a conflict is told with its line; undone whole after a fault or a trial."""
    with transaction.atomic():
        for one in wanted:
            try:
                add_rule(
                    one.kind.code,
                    category=one.category,
                    unit_id=one.unit.pk,
                    body_id=one.body.pk,
                    ground=one.ground,
                    since=one.since,
                    until=one.until,
                    by=by,
                    at=at,
                )
            except LirenError as error:
                report.fault(one.line, "", error.message)
        if report.faults or dry_run:
            transaction.set_rollback(True)
        elif wanted:
            audit.record("cases.catalogue_imported", None, by=by, at=at, lines=report.lines, new=report.new)


# --- reading ---


def _rows(path: Path, report: CatalogueReport) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line number and cells by column; BadInput for what is no table or lacks a column."""
    try:
        with opened(path) as table:
            lines = iter(table)
            header = next(lines, None)
            places = _places([str(cell or "").strip().lower() for cell in header.cells] if header else [])
            for line in lines:
                report.lines += 1
                if report.lines > MOST_LINES:
                    raise BadInput(_("The file has more than %(most)s lines.") % {"most": MOST_LINES})
                for _column, sentence, facts in line.faults:
                    report.fault(line.number, "", _(sentence) % facts)
                yield line.number, {code: _cell(line.cells, place) for code, place in places.items()}
    except BadTable as error:
        raise BadInput(_(error.message) % error.facts if error.facts else _(error.message)) from error


def _places(header: list[str]) -> dict[str, int]:
    places = {
        code: next((header.index(name) for name in names if name in header), -1) for code, names in COLUMNS.items()
    }
    missing = [code for code in NEEDED if places[code] < 0]
    if missing:
        raise BadInput(
            _("The first line lacks the columns: %(names)s.") % {"names": ", ".join(missing)},
            next_step=_("Name the columns: %(names)s.") % {"names": ", ".join(COLUMNS)},
        )
    return {code: place for code, place in places.items() if place >= 0}


def _cell(cells: list[Any], place: int) -> Any:
    value = cells[place] if place < len(cells) else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, date) else str("" if value is None else value).strip()


def _read(rows: list[tuple[int, dict[str, Any]]], report: CatalogueReport, today: date, by: Actor) -> list[Change]:
    known = _Known(rows, today)
    changes: list[Change] = []
    seen: dict[tuple[int, str, int], int] = {}
    for number, cells in rows:
        try:
            one = known.change(number, cells, today)
            if not can(by, KEEP, one.unit):
                raise _Wrong("unit", _("The unit lies outside of your reach."))
        except _Wrong as wrong:
            report.fault(number, wrong.column, wrong.says)
            continue
        key = (one.kind.pk, one.category, one.unit.pk)
        if key in seen:
            report.fault(number, "", _("The same rule stands in line %(line)s already.") % {"line": seen[key]})
            continue
        seen[key] = number
        changes.append(one)
    return changes


class _Wrong(Exception):
    def __init__(self, column: str, says: str) -> None:
        super().__init__(says)
        self.column, self.says = column, says


class _Known:
    """Types, units and bodies that a file names, read in three statements."""

    def __init__(self, rows: list[tuple[int, dict[str, Any]]], today: date) -> None:
        units, bodies = ({str(cells[code]) for _number, cells in rows if cells[code]} for code in ("unit", "body"))
        self.types = {name: one for one in types() for name in (one.code, one.spec.name.zh, one.spec.name.en)}
        self.units = _by_name(
            Unit.objects.existing_on(today).filter(code__in=units),
            Unit.objects.existing_on(today).filter(name_zh__in=units),
            "code",
        )
        living = Body.objects.living_on(today)
        self.bodies = _by_name(living.filter(uscc__in=bodies), living.filter(name_zh__in=bodies), "uscc")

    def change(self, number: int, cells: dict[str, Any], today: date) -> Change:
        kind = self.types.get(cells["type"])
        if kind is None:
            raise _Wrong("type", _("There is no case type “%(code)s”.") % {"code": str(cells["type"])[:40]})
        category = _category(kind, cells["category"])
        unit, body = _only(self.units, cells, "unit"), _only(self.bodies, cells, "body")
        if not cells["ground"]:
            raise _Wrong("ground", _("Say on which ground."))
        since, until = _day(cells, "since") or today, _day(cells, "until")
        try:
            fits(kind, category, unit, body.pk, since, until)
        except BadInput as bad:
            raise _Wrong("body", bad.message) from bad
        return Change(kind, category, unit, body, cells["ground"], since, until, number)


def _by_name(coded: Iterable[Any], named: Iterable[Any], code: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for one in coded:
        found.setdefault(getattr(one, code), []).append(one)
    for one in named:
        found.setdefault(one.name_zh, []).append(one)
    return found


def _only(known: dict[str, list[Any]], cells: dict[str, Any], column: str) -> Any:
    typed = str(cells[column])
    found = known.get(typed, [])
    if len(found) != 1:
        sentence = _("There is no “%(name)s”.") if not found else _("Several are called “%(name)s”: write the code.")
        raise _Wrong(column, sentence % {"name": typed[:40]})
    return found[0]


def _category(kind: DeclaredType, typed: str) -> str:
    if not typed:
        return ""
    for one in kind.spec.categories:
        if typed in (one.code, one.name.zh, one.name.en):
            return one.code
    raise _Wrong("category", _("This type has no category “%(code)s”.") % {"code": str(typed)[:40]})


def _day(cells: dict[str, Any], column: str) -> date | None:
    typed = cells.get(column) or None
    if typed is None or isinstance(typed, date):
        return typed
    try:
        return date.fromisoformat(str(typed))
    except ValueError as error:
        raise _Wrong(column, _("Write the day as 2026-06-01.")) from error
