"""Counts of households and residents out of a table (CSV or XLSX): every line good, or nothing written."""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput, LirenError
from liren.foundation.kernel.rights import Actor
from liren.foundation.kernel.tables import Row, read_table
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
MOST = 2**63 - 1


@dataclass(slots=True)
class PopulationReport:
    """What an import of counts did, or with ``dry_run`` would do. With any fault nothing was written."""

    new: int = 0
    unchanged: int = 0
    faults: list[str] = field(default_factory=list)  # "file:line: what is wrong"


def whole_number(text: str, name: str) -> int | None:
    """The number of a cell, with or without thousands signs; None for an empty one."""
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
    rows = read_table(path, COLUMNS, NEEDED)
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
    year = whole_number(cells["year"], "year")
    if year is None or year > 9999:
        raise BadInput(_("The year is missing or no year."))
    counts = {name: whole_number(cells.get(name, ""), name) for name in COUNTS}
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
