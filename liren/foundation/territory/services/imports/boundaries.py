"""Boundaries of many units out of one file: all of them, or none and a list of what is wrong where."""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput, LirenError
from liren.foundation.kernel.rights import Actor
from liren.foundation.territory.engine import codes
from liren.foundation.territory.models import Boundary, Unit
from liren.foundation.territory.services.boundaries import bad_boundary, checked_boundary, set_boundary
from liren.foundation.territory.services.imports.listing import Progress, silent
from liren.foundation.territory.services.imports.outlines import AUTO, Outline, read_outlines

MAX_FAULTS = 1000


@dataclass(slots=True)
class BoundaryReport:
    """What an import of boundaries did, or with ``dry_run`` would do. With any fault nothing was written."""

    new: int = 0
    unchanged: int = 0
    crs: str = ""
    faults: list[str] = field(default_factory=list)  # "file, feature 3: what is wrong"


def full_code(value: object) -> str:
    """A code as files write it (510104, "510104", 510104.0, 12 digits, compounds and grids) in the register's form."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value or "").strip()
    try:
        return codes.parse(text)
    except codes.CodeFault:
        return text


def import_boundaries(
    path: Path | str,
    *,
    unit: str | None = None,
    code_field: str | None = None,
    crs: str = AUTO,
    source: str = "",
    from_day: date | None = None,
    by: Actor,
    at: datetime,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> BoundaryReport:
    """Set boundaries from a file: its one feature for ``unit`` (a code), or each feature for the unit whose code stands
    in its attribute ``code_field``. They hold from ``from_day`` (the day of ``at``); ``source`` is the file's name when
    not given. The same file again changes nothing. BadInput for a file that can't be read.
    """
    path, day, tell = Path(path), from_day or at.date(), progress or silent
    if (unit is None) == (code_field is None):
        raise BadInput(_("Say either whose boundary it is, or which field holds the codes."))
    outlines = read_outlines(path, crs)
    report = BoundaryReport(crs=outlines[0].crs if outlines else crs)
    if unit is not None and len(outlines) != 1:
        words = {"file": path.name, "count": len(outlines)}
        report.faults.append(_("%(file)s holds %(count)d features; for one unit it must hold one.") % words)
        return report
    with transaction.atomic():
        for number, outline in enumerate(outlines, 1):
            _take(outline, unit, code_field, report, source or path.name, day, by=by, at=at)
            tell("boundaries", number, len(outlines))
        if not outlines:
            report.faults.append(_("%(file)s holds no features.") % {"file": path.name})
        if report.faults or dry_run:
            transaction.set_rollback(True)
    return report


def _take(
    outline: Outline,
    unit: str | None,
    code_field: str | None,
    report: BoundaryReport,
    source: str,
    day: date,
    *,
    by: Actor,
    at: datetime,
) -> None:
    try:
        owner = _owner(outline, unit, code_field)
        if outline.fault is not None:
            raise bad_boundary(outline.fault)
        before = _open_boundary(owner)
        shape = checked_boundary(outline.shape, outline.crs) if outline.shape is not None else None
        # Already in WGS 84 and checked; the report keeps the system of the file.
        row = set_boundary(
            unit_id=owner.pk,
            shape=shape if shape is not None else {},
            crs="wgs84",
            source_crs=outline.crs,
            source=source,
            from_day=day,
            by=by,
            at=at,
        )
    except LirenError as error:
        if len(report.faults) < MAX_FAULTS:
            report.faults.append(f"{outline.place}: {error}")
        return
    report.unchanged += row.pk == before
    report.new += row.pk != before


def _owner(outline: Outline, unit: str | None, code_field: str | None) -> Unit:
    if code_field is not None and code_field not in outline.attributes:
        raise BadInput(_("there is no field called %(field)s.") % {"field": code_field[:60]})
    code = full_code(unit if code_field is None else outline.attributes[code_field])
    owner = Unit.objects.filter(code=code).first()
    if owner is None:
        raise BadInput(_("There is no unit with the code %(code)s.") % {"code": code[:30]})
    return owner


def _open_boundary(unit: Unit) -> int | None:
    return Boundary.objects.filter(unit=unit, during__endswith__isnull=True).values_list("pk", flat=True).first()
