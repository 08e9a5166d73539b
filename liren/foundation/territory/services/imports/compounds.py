"""Compounds out of a file of outlines, each with its count of homes: all of them, or none and what is wrong where.

The national list ends with communities. What stands below is known to the city's own offices alone, as a map's layer.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from math import isnan
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from liren.foundation.kernel.errors import BadInput, LirenError
from liren.foundation.kernel.rights import Actor
from liren.foundation.territory.models import KINDS, Kind, Level, Unit
from liren.foundation.territory.queries.places import units_at
from liren.foundation.territory.services.boundaries import bad_boundary, checked_boundary, set_boundary
from liren.foundation.territory.services.changes import create_unit
from liren.foundation.territory.services.counts import record_population
from liren.foundation.territory.services.imports.boundaries import MAX_FAULTS, full_code
from liren.foundation.territory.services.imports.listing import Progress, silent
from liren.foundation.territory.services.imports.outlines import AUTO, Outline, read_outlines
from liren.foundation.territory.services.imports.populations import COUNTS, whole_number

# A field may bear its English or its Chinese name.
FIELDS = {
    "name": ("name", "名称", "小区名称", "name_zh"),
    "community": ("community", "社区代码", "所属社区"),
    "kind": ("kind", "类型"),
    "households": ("households", "常住户数", "户数"),
    "residents": ("residents", "常住人口"),
    "urban_residents": ("urban_residents", "城镇常住人口"),
    "year": ("year", "年份", "年度"),
}
LANGUAGES = ("zh-hans", "en")


@dataclass(slots=True)
class CompoundReport:
    """What an import of compounds did, or with ``dry_run`` would do. With any fault nothing was written."""

    new: int = 0
    unchanged: int = 0
    without_people: int = 0
    too_young: int = 0  # counts of a year that is not over
    crs: str = ""
    faults: list[str] = field(default_factory=list)  # "file, feature 3: what is wrong"


@dataclass(frozen=True, slots=True)
class _How:
    """What holds for every feature of a file."""

    source: str
    day: date
    by: Actor
    at: datetime


def import_compounds(
    path: Path | str,
    *,
    crs: str = AUTO,
    source: str = "",
    from_day: date | None = None,
    by: Actor,
    at: datetime,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> CompoundReport:
    """Found a compound for each feature, with its outline and, where there are any, its households and residents.

    It stands below the community that the feature names by code, else below the one whose outline holds it. A compound
    of that name which stands there already is left alone. BadInput for a file that can't be read.
    """
    path, tell = Path(path), progress or silent
    outlines = read_outlines(path, crs)
    report = CompoundReport(crs=outlines[0].crs if outlines else crs)
    how = _How(source or path.name, from_day or at.date(), by, at)
    with transaction.atomic():
        for number, outline in enumerate(outlines, 1):
            try:
                _take(outline, report, how)
            except LirenError as error:
                if len(report.faults) < MAX_FAULTS:
                    report.faults.append(f"{outline.place}: {error}")
            tell("compounds", number, len(outlines))
        if not outlines:
            report.faults.append(_("%(file)s holds no features.") % {"file": path.name})
        if report.faults or dry_run:
            transaction.set_rollback(True)
    return report


def _take(outline: Outline, report: CompoundReport, how: _How) -> None:
    cells, shape = _cells(outline.attributes), _shape(outline)
    if not cells["name"]:
        raise BadInput(_("there is no field called %(field)s.") % {"field": "name"})
    parent = _community(cells["community"], shape, how.day)
    if Unit.objects.filter(parent=parent, level=Level.COMPOUND, name_zh=cells["name"]).exists():
        report.unchanged += 1
        return
    counts: dict[str, Any] = {name: whole_number(cells[name], name) for name in COUNTS}
    year = whole_number(cells["year"], "year") or how.at.year - 1  # every figure is divided by a year that is over
    told: dict[str, Any] = {"by": how.by, "at": how.at}
    facts: dict[str, Any] = {"kind": _kind(cells["kind"]), "name_zh": cells["name"], "code": _free_code(parent)}
    founded: dict[str, Any] = {"parent_id": parent.pk, "effective_on": how.day, "instrument": how.source}
    unit = create_unit(level=Level.COMPOUND, **facts, **founded, **told)
    drawn: dict[str, Any] = {"crs": "wgs84", "source_crs": outline.crs, "source": how.source, "from_day": how.day}
    set_boundary(unit_id=unit.pk, shape=shape, **drawn, **told)
    if any(count is not None for count in counts.values()):
        record_population(unit.pk, year=year, **counts, source=how.source, published_on=how.at.date(), **told)
    report.without_people += counts["residents"] is None
    report.too_young += year >= how.at.year
    report.new += 1


def _cells(attributes: dict[str, Any]) -> dict[str, str]:
    """Each field as text, by whichever of its names the file has; numbers of map files may end in .0."""
    found = {}
    for name, titles in FIELDS.items():
        value = next((attributes[one] for one in titles if attributes.get(one) is not None), "")
        is_whole = isinstance(value, float) and value.is_integer()
        is_empty = isinstance(value, float) and isnan(value)
        found[name] = "" if is_empty else str(int(value) if is_whole else value).strip()
    return found


def _shape(outline: Outline) -> BaseGeometry:
    if outline.fault is not None:
        raise bad_boundary(outline.fault)
    if outline.shape is None:
        raise BadInput(_("it has no outline."))
    return checked_boundary(outline.shape, outline.crs)


def _community(text: str, shape: BaseGeometry, day: date) -> Unit:
    """The community of a compound: by its code, else by where it lies."""
    if text:
        code = full_code(text)
        found = Unit.objects.filter(level=Level.COMMUNITY, code=code).first()
        if found is None:
            raise BadInput(_("There is no community with the code %(code)s.") % {"code": code[:30]})
        return found
    inside = shape.representative_point()
    held = [one for one in units_at(inside.x, inside.y, on=day) if one.level == Level.COMMUNITY]
    if len(held) != 1:
        raise BadInput(
            _("It names no community, and does not lie in the outline of one."),
            next_step=_("Write the 12 digits of its community into the field community, or set outlines first."),
        )
    return held[0]


def _kind(text: str) -> str:
    """A kind by its code or its words; an estate where nothing is said."""
    for one in KINDS[Level.COMPOUND]:
        if not text or text in (one.value, *_words(one)):
            return str(one.value)
    raise BadInput(_("There is no kind of compound called %(kind)s.") % {"kind": text[:30]})


def _words(kind: Kind) -> list[str]:
    words = []
    for language in LANGUAGES:
        with translation.override(language):
            words.append(str(kind.label))
    return words


def _free_code(parent: Unit) -> str:
    """The next number behind the code of the community; numbers that were borne once are not given again."""
    borne = Unit.objects.filter(code__startswith=f"{parent.code}-X").values_list("code", flat=True)
    return f"{parent.code}-X{max((int(code.rpartition('X')[2]) for code in borne), default=0) + 1:03}"
