"""Bodies out of a table (CSV or XLSX): every line good, or nothing written."""

from __future__ import annotations

import re
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
from liren.foundation.bodies.queries.template import COLUMNS, NEEDED
from liren.foundation.bodies.services.bodies import found_body
from liren.foundation.bodies.services.checks import checked_name
from liren.foundation.kernel.errors import BadInput, LirenError
from liren.foundation.kernel.rights import Actor
from liren.foundation.kernel.tables import LineFault, Row, read_table
from liren.foundation.territory.models import Unit
from liren.foundation.territory.services.imports.boundaries import full_code
from liren.foundation.territory.services.imports.listing import Progress, silent

MAX_FAULTS = 1000
DAY = re.compile(r"([0-9]{4})(?:[-/.]|年)([0-9]{1,2})(?:[-/.]|月)([0-9]{1,2})日?")


@dataclass(slots=True)
class BodyReport:
    """What an import of bodies did, or with ``dry_run`` would do. With any fault nothing was written."""

    lines: int = 0
    new: int = 0
    unchanged: int = 0
    faults: list[LineFault] = field(default_factory=list)


class CellFault(BadInput):
    """What is wrong in one column of a line."""

    def __init__(self, name: str, says: str) -> None:
        super().__init__(says)
        self.name = name


def import_bodies(
    path: Path | str, *, by: Actor, at: datetime, dry_run: bool = False, progress: Progress | None = None
) -> BodyReport:
    """Found the bodies of a table. A line whose body (same name, kind and unit) is on the record changes nothing.

    Kinds, forms of registration and fields of work are given by code or by their Chinese or English words; several
    fields are parted by 、 or ;. A parent is named as it stands in the unit or above it, and may stand earlier in the
    same table. BadInput for a file that can't be read.
    """
    path, tell, report = Path(path), progress or silent, BodyReport()
    rows = read_table(path, COLUMNS, NEEDED)
    report.lines, words = len(rows), _Words()
    with transaction.atomic():
        for number, row in enumerate(rows, 1):
            try:
                with transaction.atomic():
                    _take(row, words, report, by=by, at=at)
            except LirenError as error:
                report.faults.append(LineFault(row.line, getattr(error, "name", ""), _told(error)))
                if len(report.faults) >= MAX_FAULTS:
                    break
            tell("bodies", number, len(rows))
        if report.faults or dry_run:
            transaction.set_rollback(True)
    return report


def _told(error: LirenError) -> str:
    """What is wrong, and the next step where there is one of its own: “go back” leads nowhere in a file."""
    has_step = str(error.next_step) != str(error.default_next_step)
    return f"{error.message} {error.next_step}" if has_step else error.message


class _Words:
    """Codes by themselves and by their words in both languages."""

    def __init__(self) -> None:
        self.kinds, self.registrations, self.works = _by_word(BodyKind), _by_word(Registration), _by_word(Work)
        self.registrations[""] = Registration.NONE.value


def _by_word(choices: Any) -> dict[str, str]:
    found = {str(value): str(value) for value in choices.values}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            found |= {str(label): str(value) for value, label in choices.choices}
    return found


def _of(name: str, words: Mapping[str, str], word: str) -> str:
    if word not in words:
        raise CellFault(
            name,
            _("“%(word)s” is not in the list. The template says which words may be written.") % {"word": word[:30]},
        )
    return words[word]


def _take(row: Row, words: _Words, report: BodyReport, *, by: Actor, at: datetime) -> None:
    cells = {name: row.cells.get(name, "") for name in COLUMNS}
    unit = Unit.objects.filter(code=full_code(cells["unit"])).first()
    if unit is None:
        raise CellFault("unit", _("There is no unit with the code %(code)s.") % {"code": cells["unit"][:30]})
    kind, name = _of("kind", words.kinds, cells["kind"]), _name(cells["name_zh"])
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
        registration=_of("registration", words.registrations, cells["registration"]),
        works=[_of("works", words.works, word) for word in _parts(cells["works"])],
        telephone=cells["telephone"],
        address=cells["address"],
        effective_on=_day("from", cells["from"]),
        until=_day("until", cells["until"]) if cells["until"] else None,
        instrument=cells["document"],
        by=by,
        at=at,
    )
    report.new += 1


def _name(text: str) -> str:
    try:
        return checked_name(text)
    except BadInput as error:
        raise CellFault("name_zh", error.message) from error


def _parts(text: str) -> list[str]:
    parts = text.replace("；", ";").replace("、", ";").split(";")
    return [part.strip() for part in parts if part.strip()]


def _parent(name: str, unit: Unit) -> int | None:
    """The body of this name in the unit or above it; the nearest one."""
    if not name:
        return None
    found = Body.objects.filter(name_zh=checked_name(name), unit__in=unit.path_ids).order_by("-unit__level").first()
    if found is None:
        words = {"name": name[:60]}
        raise CellFault("parent", _("There is no body called “%(name)s” in the unit or above it.") % words)
    return found.pk


def _day(name: str, text: str) -> date:
    found = DAY.fullmatch(text)
    try:
        return date(*map(int, found.groups())) if found else date.fromisoformat(text)
    except ValueError as error:
        raise CellFault(name, _("%(text)s is no date; write YYYY-MM-DD.") % {"text": text[:20] or "—"}) from error
