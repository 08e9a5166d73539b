"""Work out of a table (CSV or XLSX) to many communities: read as entries of a register are, let through by the gate.

A line names an admission and a community. What the gate refuses is said with its line and the admission it lacks;
with one bad line nothing is handed out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from liren.foundation.admission import services
from liren.foundation.admission.models import Admission, WorkType
from liren.foundation.admission.services import HandReport, Line, Progress, Task
from liren.foundation.bodies.models import Body
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.kernel.workbooks import Column, workbook
from liren.foundation.registers.services import BadTable, opened
from liren.foundation.territory.models import Level, Unit
from liren.foundation.territory.services.imports.boundaries import full_code

#: Titles that a column may bear, in small letters; the first is shown to readers of English, the last of Chinese.
COLUMNS = {
    "admission": ("admission", "准入事项", "准入编号"),
    "community": ("community", "社区代码", "社区"),
    "title": ("title", "工作名称", "事项名称"),
    "text": ("what is asked", "text", "具体要求", "工作要求"),
    "from": ("from", "布置日期", "开始日期"),
    "until": ("until", "截止日期"),
    "minutes": ("minutes", "分钟", "预计分钟"),
    "kind": ("kind", "类别"),
}
NEEDED = ("admission", "community")
#: Lines after which it is told how far the reading has come.
TOLD_EVERY = 2_000


def import_work(
    path: Path | str,
    *,
    sender_id: int,
    dry_run: bool = False,
    by: Actor,
    at: datetime,
    progress: Progress | None = None,
) -> HandReport:
    """Hand out the work of a table in the name of a body, at most 300,000 lines: every line, or none.

    Admissions by number, or by the title of one of the body's, first of those that hold today; communities by code or
    name. An empty title is the admission's, an empty day is today. A line handed out before changes nothing.

    Raises:
        NotAllowed: no post in that body. BadInput: the file can't be read, or lacks a column.
    """
    sender = Body.objects.select_related("unit").filter(pk=sender_id).first()
    require(by, "admission.apply", sender)
    report = HandReport()
    rows = list(_rows(Path(path), report))
    known = _Known(rows, sender_id, timezone.localdate(at))
    lines = list(_lines(rows, known, report, progress))
    return services.hand_out(
        lines, sender_id=sender_id, report=report, dry_run=dry_run, by=by, at=at, progress=progress
    )


def titles() -> dict[str, str]:
    """The title of each column in the reader's language; an import knows them all."""
    place = -1 if (get_language() or "zh").startswith("zh") else 0
    return {name: known[place] for name, known in COLUMNS.items()}


def template(under: Admission | None, community: Unit | None) -> bytes:
    """An empty workbook; with an admission and a community of the reader, the example could be handed out."""
    known = titles()
    says = {
        "admission": _("needed: the number of the admission, or its title"),
        "community": _("needed: the code of the community, or its name"),
        "title": _("what is to be done; empty: as the admission is called"),
        "from": _("a day, as 2026-06-01; empty: today"),
        "until": _("a day, as 2026-06-30; may be empty"),
        "minutes": _("minutes that it takes in one community; may be empty"),
        "kind": _("one of the words; empty: as it was admitted"),
    }
    example = {
        "admission": under.pk if under else 1,
        "community": community.code if community else "990102001001",
        "title": under.title_zh if under else "",
        "minutes": 60,
    }
    words: dict[str, Any] = {"kind": [str(label) for label in WorkType.labels]}
    return workbook(
        [
            Column(
                known[name], says.get(name, _("may be empty")), example.get(name, ""), words.get(name, ()),
                is_needed=name in NEEDED,
            )
            for name in COLUMNS
        ]
    )  # fmt: skip


# --- reading ---

Cells = dict[str, Any]


def _rows(path: Path, report: HandReport) -> Iterator[tuple[int, Cells]]:
    """Line number and cells by column; BadInput for what is no table or lacks a column."""
    try:
        with opened(path) as table:
            report.written = table.written
            lines = iter(table)
            header = next(lines, None)
            places = _places([str(cell or "").strip().lower() for cell in header.cells] if header else [])
            for line in lines:
                report.lines += 1
                names = {place: code for code, place in places.items()}
                for column, sentence, facts in line.faults:
                    report.fault(line.number, names.get(column, ""), _(sentence) % facts)
                if not line.faults:
                    yield line.number, {code: _cell(line.cells, place) for code, place in places.items()}
    except BadTable as error:
        raise BadInput(_(error.message) % error.facts if error.facts else _(error.message)) from error


def _places(header: list[str]) -> dict[str, int]:
    places = {
        code: next((header.index(name) for name in names if name in header), -1) for code, names in COLUMNS.items()
    }
    missing = [titles()[code] for code in NEEDED if places[code] < 0]
    if missing:
        raise BadInput(
            _("The first line lacks the columns: %(names)s.") % {"names": ", ".join(missing)},
            next_step=_("Name the columns: %(names)s.") % {"names": ", ".join(titles().values())},
        )
    return {code: place for code, place in places.items() if place >= 0}


def _cell(cells: list[Any], place: int) -> Any:
    value = cells[place] if place < len(cells) else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else str("" if value is None else value).strip()


class _Wrong(Exception):
    def __init__(self, column: str, says: str) -> None:
        super().__init__(says)
        self.column, self.says = column, says


class _Known:
    """Admissions and communities that a table names, read in four statements."""

    def __init__(self, rows: list[tuple[int, Cells]], sender_id: int, today: date) -> None:
        self.today = today
        named = {str(cells["admission"]) for _number, cells in rows}
        numbers = {int(one) for one in named if one.isascii() and one.isdecimal() and len(one) < 19}
        self.by_number: dict[int, Admission] = Admission.objects.in_bulk(numbers)
        mine = Admission.objects.filter(sender_id=sender_id, title_zh__in=named)
        holding = set(mine.holding_on(today).values_list("pk", flat=True))
        self.by_title = {one.title_zh: one for one in sorted(mine, key=lambda one: (one.pk in holding, one.pk))}
        typed = {str(cells["community"]) for _number, cells in rows}
        places = Unit.objects.filter(level=Level.COMMUNITY)
        self.by_code = {one.code: one for one in places.filter(code__in={full_code(one) for one in typed})}
        self.by_name: dict[str, list[Unit]] = {}
        for one in places.filter(name_zh__in=typed, closed_on=None):
            self.by_name.setdefault(one.name_zh, []).append(one)
        self.kinds = _kinds()

    def admission(self, typed: str) -> Admission | None:
        number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 19 else 0
        return self.by_number.get(number) or self.by_title.get(typed)

    def community(self, typed: str) -> Unit:
        coded = self.by_code.get(full_code(typed))
        found = [coded] if coded else self.by_name.get(typed, [])
        if len(found) != 1:
            several = _("Several are called “%(name)s”: write the code.")
            sentence = several if found else _("There is no “%(name)s”.")
            raise _Wrong("community", sentence % {"name": typed[:40]})
        return found[0]

    def kind(self, typed: str, under: Admission | None) -> str:
        if not typed:
            return under.work_type if under else WorkType.TASK
        if typed not in self.kinds:
            raise _Wrong("kind", _("“%(word)s” is not in the list. The template says which words may be written.") % {
                "word": typed[:30]
            })  # fmt: skip
        return self.kinds[typed]


def _kinds() -> dict[str, str]:
    found = {str(value): str(value) for value in WorkType.values}
    for language in ("en", "zh-hans"):
        with override(language):
            found |= {str(label): str(value) for value, label in WorkType.choices}
    return found


def _lines(
    rows: list[tuple[int, Cells]], known: _Known, report: HandReport, progress: Progress | None
) -> Iterator[Line]:
    for place, (number, cells) in enumerate(rows):
        if progress and place % TOLD_EVERY == 0:
            progress("lines", place, len(rows))
        if report.is_full:
            return
        try:
            yield Line(number, _task(cells, known), str(cells["admission"])[:60])
        except _Wrong as wrong:
            report.fault(number, wrong.column, wrong.says)


def _task(cells: Cells, known: _Known) -> Task:
    """The work of a line. Without an admission it is asked of the gate all the same, which refuses it and says why."""
    called = str(cells["admission"])
    under = known.admission(called)
    title = str(cells.get("title") or (under.title_zh if under else called))
    return Task(
        community_id=known.community(str(cells["community"])).pk,
        title_zh=title or _("Work without a name"),
        title_en=under.title_en if under and title == under.title_zh else "",
        work_type=known.kind(str(cells.get("kind", "")), under),
        given_on=_day(cells, "from") or known.today,
        admission_id=under.pk if under else None,
        text=str(cells.get("text", "")),
        due_on=_day(cells, "until"),
        minutes=_minutes(str(cells.get("minutes", ""))),
    )


def _day(cells: Cells, column: str) -> date | None:
    typed = cells.get(column) or None
    if typed is None or isinstance(typed, date):
        return typed
    try:
        return date.fromisoformat(str(typed).replace("/", "-"))
    except ValueError as error:
        raise _Wrong(column, _("Write the day as 2026-06-01.")) from error


def _minutes(typed: str) -> int:
    if not typed:
        return 0
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 6):
        raise _Wrong("minutes", _("Say how many minutes it is thought to take."))
    return int(typed)
