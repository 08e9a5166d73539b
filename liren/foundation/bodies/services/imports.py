"""Bodies out of a table (CSV or XLSX): every line good, or nothing written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from liren.foundation.bodies.engine.codes import compact
from liren.foundation.bodies.models import Body, BodyKind, Registration, Work
from liren.foundation.bodies.services.bodies import found_body
from liren.foundation.bodies.services.checks import checked_name
from liren.foundation.kernel.errors import BadInput, LirenError
from liren.foundation.kernel.rights import Actor
from liren.foundation.kernel.tables import Row, read_table
from liren.foundation.territory.models import Unit
from liren.foundation.territory.services.imports.boundaries import full_code
from liren.foundation.territory.services.imports.listing import Progress, silent

# A column may bear its English or its Chinese name.
COLUMNS = {
    "name_zh": ("name_zh", "name", "名称", "机构名称"),
    "name_en": ("name_en", "英文名称"),
    "kind": ("kind", "类别", "机构类别"),
    "unit": ("unit", "区划代码", "单元代码"),
    "uscc": ("uscc", "统一社会信用代码"),
    "registration": ("registration", "登记形式"),
    "works": ("works", "业务领域"),
    "parent": ("parent", "上级机构"),
    "from": ("from", "成立日期"),
    "until": ("until", "终止日期"),
    "telephone": ("telephone", "办公电话"),
    "address": ("address", "办公地址"),
    "document": ("document", "依据文件"),
}
NEEDED = ("name_zh", "kind", "unit", "from", "document")
MAX_FAULTS = 1000


@dataclass(slots=True)
class BodyReport:
    """What an import of bodies did, or with ``dry_run`` would do. With any fault nothing was written."""

    new: int = 0
    unchanged: int = 0
    faults: list[str] = field(default_factory=list)  # "file:line: what is wrong"


def import_bodies(
    path: Path | str, *, by: Actor, at: datetime, dry_run: bool = False, progress: Progress | None = None
) -> BodyReport:
    """Found the bodies of a table. A line whose body (same name, kind and unit) is on the record changes nothing.

    Kinds, forms of registration and fields of work are given by code or by their Chinese words; several fields are
    parted by 、 or ;. A parent is named as it stands in the unit or above it, and may stand earlier in the same table.
    BadInput for a file that can't be read.
    """
    path, tell, report = Path(path), progress or silent, BodyReport()
    rows = read_table(path, COLUMNS, NEEDED)
    words = _Words()
    with transaction.atomic():
        for number, row in enumerate(rows, 1):
            try:
                with transaction.atomic():
                    _take(row, words, report, by=by, at=at)
            except LirenError as error:
                report.faults.append(f"{path.name}:{row.line}: {error}")
                if len(report.faults) >= MAX_FAULTS:
                    break
            tell("bodies", number, len(rows))
        if report.faults or dry_run:
            transaction.set_rollback(True)
    return report


class _Words:
    """Codes by themselves and by their Chinese words."""

    def __init__(self) -> None:
        with translation.override("zh-hans"):
            self.kinds = _by_word(BodyKind)
            self.registrations = {**_by_word(Registration), "": Registration.NONE.value}
            self.works = _by_word(Work)


def _by_word(choices: Any) -> dict[str, str]:
    return {word: str(value) for value, label in choices.choices for word in (str(value), str(label))}


def _of(words: Mapping[str, str], word: str) -> str:
    if word not in words:
        raise BadInput(_("“%(word)s” is not in the list.") % {"word": word[:30]})
    return words[word]


def _take(row: Row, words: _Words, report: BodyReport, *, by: Actor, at: datetime) -> None:
    cells = {name: row.cells.get(name, "") for name in COLUMNS}
    unit = Unit.objects.filter(code=full_code(cells["unit"])).first()
    if unit is None:
        raise BadInput(_("There is no unit with the code %(code)s.") % {"code": cells["unit"][:30]})
    kind, name = _of(words.kinds, cells["kind"]), checked_name(cells["name_zh"])
    if Body.objects.filter(unit=unit, kind=kind, name_zh=name).exists():
        report.unchanged += 1
        return
    found_body(
        kind=kind,
        name_zh=name,
        name_en=cells["name_en"],
        unit_id=unit.pk,
        parent_id=_parent(cells["parent"], unit),
        uscc=compact(cells["uscc"]),
        registration=_of(words.registrations, cells["registration"]),
        works=[_of(words.works, word) for word in _parts(cells["works"])],
        telephone=cells["telephone"],
        address=cells["address"],
        effective_on=_day(cells["from"]),
        until=_day(cells["until"]) if cells["until"] else None,
        instrument=cells["document"],
        by=by,
        at=at,
    )
    report.new += 1


def _parts(text: str) -> list[str]:
    parts = text.replace("；", ";").replace("、", ";").split(";")
    return [part.strip() for part in parts if part.strip()]


def _parent(name: str, unit: Unit) -> int | None:
    """The body of this name in the unit or above it; the nearest one."""
    if not name:
        return None
    found = Body.objects.filter(name_zh=checked_name(name), unit__in=unit.path_ids).order_by("-unit__level").first()
    if found is None:
        raise BadInput(_("There is no body called “%(name)s” in the unit or above it.") % {"name": name[:60]})
    return found.pk


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(_("%(text)s is no date; write YYYY-MM-DD.") % {"text": text[:20]}) from error
