"""Counts of households and residents out of a table (CSV or XLSX): every line good, or nothing written."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from django.db import transaction
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput, LirenError
from liren.foundation.kernel.rights import Actor
from liren.foundation.territory.models import Population, Unit
from liren.foundation.territory.services.counts import record_population
from liren.foundation.territory.services.imports.boundaries import full_code
from liren.foundation.territory.services.imports.listing import Progress, silent

COUNTS = ("households", "residents", "urban_residents")
# A column may bear its English or its Chinese name.
COLUMNS = {
    "code": ("code", "区划代码", "代码"),
    "year": ("year", "年份", "年度"),
    "households": ("households", "常住户数", "户数"),
    "residents": ("residents", "常住人口"),
    "urban_residents": ("urban_residents", "城镇常住人口"),
    "source": ("source", "来源", "数据来源"),
    "published_on": ("published_on", "发布日期"),
}
NEEDED = ("code", "year", "source")
MAX_FAULTS = 1000
MAX_BYTES = 100_000_000
MOST = 2**63 - 1


@dataclass(slots=True)
class PopulationReport:
    """What an import of counts did, or with ``dry_run`` would do. With any fault nothing was written."""

    new: int = 0
    unchanged: int = 0
    faults: list[str] = field(default_factory=list)  # "file:line: what is wrong"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table as it was read."""

    line: int
    cells: dict[str, str]


def read_table(path: Path) -> list[Row]:
    """The lines of a CSV (UTF-8) or XLSX file (its first sheet), by known column; BadInput when it can't be read."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadInput(
                _("%(file)s is larger than the %(most)d MB that are taken.") % {"file": path.name, "most": 100}
            )
        raw = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror or error}.") from error
    numbered = _sheet(raw, path.name) if raw.startswith(b"PK") else _csv(raw, path.name)
    return list(_rows(numbered, path.name))


def _csv(raw: bytes, file: str) -> Iterator[tuple[int, list[str]]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        words = {"file": file, "line": line, "byte": error.start}
        raise BadInput(_("%(file)s:%(line)d: not UTF-8 at byte %(byte)d; save the file as UTF-8.") % words) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise BadInput(_("%(file)s:%(line)d: NUL character.") % {"file": file, "line": line})
    records = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for record in records:
            yield records.line_num, record
    except csv.Error as error:
        words = {"file": file, "line": records.line_num}
        raise BadInput(_("%(file)s:%(line)d: not a line of CSV.") % words) from error


def _sheet(raw: bytes, file: str) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if sum(member.file_size for member in archive.infolist()) > 10 * MAX_BYTES:
                raise BadInput(_("%(file)s unpacks to more than can be taken.") % {"file": file})
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
            yield number, [_cell(value) for value in cells]
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, IndexError, EOFError) as error:
        raise BadInput(_("%(file)s can't be read as XLSX: damaged or cut off.") % {"file": file}) from error


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value).strip()


def _rows(numbered: Iterator[tuple[int, list[str]]], file: str) -> Iterator[Row]:
    header = next(numbered, None)
    if header is None:
        raise BadInput(_("%(file)s is empty.") % {"file": file})
    titles = [title.strip().lower() for title in header[1]]
    places = {name: titles.index(title) for name, known in COLUMNS.items() for title in known if title in titles}
    absent = [name for name in NEEDED if name not in places]
    if absent:
        words = {"file": file, "columns": ", ".join(absent)}
        raise BadInput(_("%(file)s:1: the first line must name the columns; missing: %(columns)s.") % words)
    for line, record in numbered:
        if any(cell.strip() for cell in record):
            yield Row(line, {name: record[at].strip() if at < len(record) else "" for name, at in places.items()})


def _whole_number(text: str, name: str) -> int | None:
    if not text:
        return None
    digits = text.replace(",", "").replace("，", "")
    if not (digits.isascii() and digits.isdigit()) or int(digits[:30]) > MOST:
        raise BadInput(
            _("%(column)s is not a whole number that can be counted: %(text)s.") % {"column": name, "text": text[:30]}
        )
    return int(digits)


def import_populations(
    path: Path | str,
    *,
    published_on: date | None = None,
    by: Actor,
    at: datetime,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> PopulationReport:
    """Record the counts of a table: code, year, households, residents, urban_residents, source, published_on.

    A line that repeats the latest revision changes nothing. ``published_on`` is for lines without a date of their own
    (else the day of ``at``). BadInput for a file that can't be read.
    """
    path, tell, report = Path(path), progress or silent, PopulationReport()
    rows = read_table(path)
    with transaction.atomic():
        for number, row in enumerate(rows, 1):
            try:
                _take(row, report, published_on or at.date(), by=by, at=at)
            except LirenError as error:
                report.faults.append(f"{path.name}:{row.line}: {error}")
                if len(report.faults) >= MAX_FAULTS:
                    break
            tell("populations", number, len(rows))
        if report.faults or dry_run:
            transaction.set_rollback(True)
    return report


def _take(row: Row, report: PopulationReport, day: date, *, by: Actor, at: datetime) -> None:
    cells = row.cells
    code = full_code(cells["code"])
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise BadInput(_("There is no unit with the code %(code)s.") % {"code": code[:30]})
    year = _whole_number(cells["year"], "year")
    if year is None or year > 9999:
        raise BadInput(_("The year is missing or no year."))
    counts = {name: _whole_number(cells.get(name, ""), name) for name in COUNTS}
    last = Population.objects.filter(unit=unit, year=year).order_by("-revision").first()
    if last and all(getattr(last, name) == count for name, count in counts.items()) and last.source == cells["source"]:
        report.unchanged += 1
        return
    record_population(
        unit.pk,
        year=year,
        **counts,
        source=cells["source"],
        published_on=_day(cells.get("published_on", ""), day),
        by=by,
        at=at,
    )
    report.new += 1


def _day(text: str, default: date) -> date:
    if not text:
        return default
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(_("%(text)s is no date; write YYYY-MM-DD.") % {"text": text[:20]}) from error
