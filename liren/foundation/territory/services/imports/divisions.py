"""The national list of divisions into the tree: new units by COPY, renamed ones by decision, nothing deleted.

All in one transaction: a dirty list, an interruption or a refusal leaves the register as it was.
"""

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.territory.engine import codes, divisions, names
from liren.foundation.territory.models import Level, Op, Unit, UnitChange
from liren.foundation.territory.services.changes import rename_unit
from liren.foundation.territory.services.imports.bulk import rebuilt_behind
from liren.foundation.territory.services.imports.listing import Progress, read_list, silent
from liren.foundation.territory.services.imports.text import all_keys

# Two imports at once wait for each other here; the number only has to be ours alone.
IMPORT_LOCK = 0x11_2E_01
BATCH = 5000
INSTRUMENT = "统计用区划代码和城乡划分代码"
UNIT_COLUMNS = (
    "id, level, code, kind, character, name_zh, name_en, parent_id, parent_level, pinyin, path, opened_on, closed_on"
)
SPAN_COLUMNS = (
    "unit_id, level, code, kind, character, name_zh, name_en, parent_id, parent_level, "
    "during, opened_by_id, search_text"
)


@dataclass(slots=True)
class Report:
    """What an import did, or with ``dry_run`` would do. With any fault nothing was written."""

    new: int = 0
    unchanged: int = 0
    left_out: int = 0  # rows that stand for no place (市辖区…)
    renamed: list[tuple[str, str, str]] = field(default_factory=list)  # code, name until now, new name
    missing: list[str] = field(default_factory=list)  # codes in force that the list no longer has: kept
    elsewhere: list[str] = field(default_factory=list)  # codes that hang from another parent here: kept
    closed: list[str] = field(default_factory=list)  # codes of units that have ended here: kept so
    faults: list[divisions.Fault] = field(default_factory=list)
    fault_count: int = 0


class Known(NamedTuple):
    """A unit as the register has it."""

    id: int
    level: int
    name: str
    parent: int | None
    path: str
    opened_on: date
    is_closed: bool


@dataclass(slots=True)
class Plan:
    """What the list asks for, held against the register."""

    known: dict[str, Known]
    new: list[divisions.Division] = field(default_factory=list)
    renamed: list[tuple[Known, divisions.Division]] = field(default_factory=list)


def import_divisions(
    folder: Path | str,
    *,
    city: str | None = None,
    effective_on: date | None = None,
    instrument: str = INSTRUMENT,
    by: Actor,
    at: datetime,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Take over the list in ``folder``: the whole country, or what lies under ``city`` and the units above it.

    ``city`` is a code of 2 to 12 digits ("6202", "620200", "620200000000"). Units new to the register begin on
    ``effective_on`` (the day of ``at`` when not given); a new name holds from then on. Units that the list no longer
    has are reported, not ended: the list does not say what became of them. BadInput for an unknown city or for a unit
    that would begin before the one above it.
    """
    tell, day = progress or silent, effective_on or at.date()
    reader = read_list(Path(folder), tell)
    report = Report(faults=reader.faults.kept, fault_count=reader.faults.count)
    if report.faults:
        return report
    tree = divisions.Tree(reader.rows)
    under = _scope(tree, city)
    report.left_out = sum(1 for code in tree.stands_for if code.startswith(under))
    with transaction.atomic():
        require(by, "territory.found")
        _prepare()
        plan = _compare(tree, under, report)
        if not dry_run and (plan.new or plan.renamed):
            _write(plan, day, instrument, by=by, at=at, city=city or "", progress=tell)
    return report


def _scope(tree: divisions.Tree, city: str | None) -> str:
    """The digits that every wanted code begins with; none for the whole country."""
    if not city:
        return ""
    try:
        short = codes.significant(codes.parse(city.strip()))
    except codes.CodeFault:
        short = ""
    if not tree.known(short):
        raise BadInput(
            _("There is no unit with the code %(code)s in this list.") % {"code": city[:20]},
            next_step=_("Look the code up in the list's own files."),
        )
    return tree.stands_for.get(short, short) if codes.LEVELS[len(short)] > codes.CITY else short


def _prepare() -> None:
    with connection.cursor() as cursor:
        # A country takes longer than any page may.
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])


def _register(under: str) -> dict[str, Known]:
    """Units from province to community in the reach of the list, by code."""
    units = Unit.objects.filter(level__lte=Level.COMMUNITY).order_by()
    if under:
        above = [codes.padded(under[:width]) for width in codes.LEVELS if width < len(under)]
        units = units.filter(code__startswith=under) | units.filter(code__in=above)
    rows = units.values_list("code", "id", "level", "name_zh", "parent_id", "path", "opened_on", "closed_on")
    return {row[0]: Known(*row[1:7], row[7] is not None) for row in rows.iterator(chunk_size=20_000)}


def _compare(tree: divisions.Tree, under: str, report: Report) -> Plan:
    plan = Plan(_register(under))
    listed: set[str] = set()
    for level in codes.WIDTHS:
        for division in tree.divisions(level, under):
            listed.add(division.code)
            _compare_one(division, plan, report)
    provinces = {code[:2] for code in listed}
    report.missing = sorted(
        code for code, unit in plan.known.items() if code not in listed and not unit.is_closed and code[:2] in provinces
    )
    return plan


def _compare_one(division: divisions.Division, plan: Plan, report: Report) -> None:
    known = plan.known.get(division.code)
    if known is None:
        report.new += 1
        plan.new.append(division)
        return
    if known.is_closed:
        report.closed.append(division.code)
        return
    parent = plan.known.get(division.parent or "")
    if known.parent is not None and (parent is None or parent.id != known.parent):
        report.elsewhere.append(division.code)
    if _is_renamed(division, known.name):
        report.renamed.append((division.code, known.name, division.name))
        plan.renamed.append((known, division))
    else:
        report.unchanged += 1


def _is_renamed(division: divisions.Division, name: str) -> bool:
    """Whether the list calls a unit otherwise; another spelling of the legal form (居委会) is no new name."""
    if division.level == codes.COMMUNITY:
        return not names.same_body(division.name, name)
    return division.name != name


def _write(plan: Plan, day: date, instrument: str, *, by: Actor, at: datetime, city: str, progress: Progress) -> None:
    change = UnitChange.objects.create(
        op=Op.IMPORT, effective_on=day, instrument=instrument, actor=by.label, recorded_at=at
    )
    if plan.new:
        _refuse_earlier_than_parent(plan, day)
        _copy(plan, change, day, progress)
    for known, division in plan.renamed:
        _rename(known, division, day, instrument, by=by, at=at)
    audit.record(
        "territory.import",
        change,
        by=by,
        at=at,
        new=len(plan.new),
        renamed=len(plan.renamed),
        city=city,
        instrument=instrument,
        effective_on=day,
    )


def _refuse_earlier_than_parent(plan: Plan, day: date) -> None:
    for division in plan.new:
        parent = plan.known.get(division.parent or "")
        if parent and parent.is_closed:
            raise BadInput(
                _("%(unit)s would begin under %(parent)s, which has ended.")
                % {"unit": division.code, "parent": division.parent}
            )
        if parent and parent.opened_on > day:
            raise BadInput(
                _("%(unit)s would begin before the unit above it, which begins on %(day)s: give a day from then on.")
                % {"unit": division.code, "day": parent.opened_on}
            )


def _rename(known: Known, division: divisions.Division, day: date, instrument: str, *, by: Actor, at: datetime) -> None:
    rename_unit(known.id, name_zh=division.name, effective_on=day, instrument=instrument, by=by, at=at)


def _new_ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('territory_unit', 'id')) FROM generate_series(1, %s)", [count]
        )
        return [row[0] for row in cursor.fetchall()]


def _field(text: str) -> str:
    """A text as COPY reads it. Names hold no control characters: only the backslash has to be doubled."""
    return text.replace("\\", "\\\\")


def _lines(
    plan: Plan, ids: list[int], change: int, day: date, keys: Iterable[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    """The row of the unit and the row of its span, for COPY; parents come before their children."""
    places: dict[str, tuple[int, int, str]] = {
        code: (unit.id, unit.level, unit.path) for code, unit in plan.known.items() if not unit.is_closed
    }
    for pk, unit, (pinyin, tokens) in zip(ids, plan.new, keys, strict=True):
        parent, parent_level, above = places[unit.parent] if unit.parent else ("\\N", "\\N", "/")
        path = f"{above}{pk}/"
        if unit.level < Level.COMMUNITY:
            places[unit.code] = (pk, unit.level, path)
        face = f"{unit.level}\t{unit.code}\t{unit.kind}\t\t{_field(unit.name)}\t\t{parent}\t{parent_level}"
        yield (
            f"{pk}\t{face}\t{_field(pinyin)}\t{path}\t{day}\t\\N\n",
            f"{pk}\t{face}\t[{day},)\t{change}\t{_field(tokens)}\n",
        )


def _copy(plan: Plan, change: UnitChange, day: date, progress: Progress) -> None:
    total = len(plan.new)
    ids = _new_ids(total)  # before COPY, which keeps the connection to itself
    keys = all_keys([(unit.short, unit.name) for unit in plan.new])
    lines = _lines(plan, ids, change.pk, day, keys)
    tables = ("territory_unit", "territory_unitspan")
    with rebuilt_behind(*tables, rows=total), tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n") as spans:
        _pour(f"COPY territory_unit ({UNIT_COLUMNS}) FROM STDIN", _units_of(lines, spans), "units", total, progress)
        spans.seek(0)
        _pour(f"COPY territory_unitspan ({SPAN_COLUMNS}) FROM STDIN", _batches(spans), "history", total, progress)
        progress("checks", 0, 0)


def _units_of(lines: Iterator[tuple[str, str]], spans: IO[str]) -> Iterator[list[str]]:
    """The units' rows in batches; the spans' rows go to a file until the units are in."""
    while batch := list(islice(lines, BATCH)):
        spans.writelines(span for _unit, span in batch)
        yield [unit for unit, _span in batch]


def _batches(spans: IO[str]) -> Iterator[list[str]]:
    while batch := list(islice(spans, BATCH)):
        yield batch


def _pour(statement: str, batches: Iterable[list[str]], stage: str, total: int, progress: Progress) -> None:
    done = 0
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for batch in batches:
            copy.write("".join(batch))
            done += len(batch)
            progress(stage, done, total)
