"""Many pieces of work at once, line by line: all lines pass the gate, or nothing is handed out and each refused line is
named with the admission that it lacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.admission.models import (
    Admission,
    Assignment,
    Gated,
    Ledger,
    Medium,
    Origin,
    Refusal,
    RowState,
    WorkType,
)
from liren.foundation.admission.services.aside import keep_refusals
from liren.foundation.admission.services.gate import WHY, Work, refused_by, told_of
from liren.foundation.admission.services.handing import Task, assignment_of
from liren.foundation.admission.services.texts import body_of
from liren.foundation.bodies.models import Body
from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.kernel.tables import LineFault
from liren.foundation.territory.models import Level, Unit

#: Lines that one hand-out takes: as many as one import of a register.
MOST_LINES = 300_000
#: Faults that are kept; a table that is wrong throughout is not tried to its end.
MOST_FAULTS = 1000
#: Lines that go through the gate in one statement; of those that it refuses, so many at a time are tried again, and
#: only among these line by line: one bad line in five hundred costs little more than none.
AT_ONCE, FEWER = 500, 25
#: Rows that are read at once of what was handed out before.
READ_AT_ONCE = 10_000
DOOR = "hand_out"
#: A program that lost the answer sends the same again.
SAME_ATTEMPT = timedelta(hours=1)
#: Told the stage, how many lines of it are done, and how many there are.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number in the table, the work, and how the table calls the admission."""

    number: int
    task: Task
    called: str = ""


@dataclass(slots=True)
class HandReport:
    """What a hand-out did or would do. With any fault nothing was written. ``refused``: lines that the gate refused."""

    lines: int = 0
    new: int = 0
    unchanged: int = 0
    refused: int = 0
    faults: list[LineFault] = field(default_factory=list)
    fault_count: int = 0
    written: str = ""
    first_id: int | None = None

    def fault(self, line: int, column: str, says: str) -> None:
        """Count a fault; the first thousand are kept."""
        self.fault_count += 1
        if not self.is_full:
            self.faults.append(LineFault(line, column, says))

    @property
    def is_full(self) -> bool:
        return len(self.faults) >= MOST_FAULTS


Row = Assignment | Ledger
Key = tuple[int | None, int, str, date]


def hand_out(
    lines: Sequence[Line],
    *,
    sender_id: int,
    report: HandReport | None = None,
    dry_run: bool = False,
    by: Actor,
    at: datetime,
    progress: Progress | None = None,
) -> HandReport:
    """Hand work of a body to many communities: every line, or none.

    A line whose work was handed out before (same admission, community, title and first day, and not withdrawn) changes
    nothing, so the same table again is harmless. ``dry_run`` writes nothing and counts nothing against anybody;
    otherwise each line that the gate refuses is kept as a refusal, and each kind of refusal is told once.

    Args:
        report: with faults that were found while the table was read; then nothing is handed out either.

    Raises:
        NotAllowed: no post in that body. BadInput: no such body, or too many lines.
    """
    sender = body_of(sender_id, timezone.localdate(at))
    require(by, "admission.apply", sender)
    if len(lines) > MOST_LINES or (not lines and report is None):
        raise BadInput(_("Hand down at least one and at most %(most)s pieces of work at once.") % {"most": MOST_LINES})
    report = report or HandReport(lines=len(lines))
    pouring = _Pouring(sender, report, by, at)
    with transaction.atomic():
        if not dry_run:
            _one_after_another(sender)
        if len(lines) > AT_ONCE:
            _unhurried()
        pouring.look_up(lines)
        for start in range(0, len(lines), AT_ONCE):
            if report.is_full:
                break
            pouring.pour(lines[start : start + AT_ONCE])
            if progress:
                progress("writing", min(start + AT_ONCE, len(lines)), len(lines))
        if report.faults or dry_run:
            transaction.set_rollback(True)
        elif report.new:
            facts = {"sender": sender.pk, "works": pouring.works}
            audit.record("admission.handed_down", None, by=by, at=at, unit_id=sender.unit_id, **facts)
    report.faults.sort(key=lambda one: one.line)
    if pouring.stopped and not dry_run:
        keep_refusals(pouring.refusals())
    return report


def _one_after_another(sender: Body) -> None:
    """The same table confirmed twice at a time: the second waits, and finds what the first handed out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [DOOR, sender.pk % 2**31])


def _unhurried() -> None:
    """A whole city's work takes longer than any page may."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")


class _Pouring:
    """Lines on their way through the gate."""

    def __init__(self, sender: Body, report: HandReport, by: Actor, at: datetime) -> None:
        self.sender, self.report, self.by, self.at = sender, report, by, at
        self.seen: dict[Key, int] = {}
        self.there: set[Key] = set()
        self.works: dict[str, int] = {}
        self.stopped: list[tuple[Row, str]] = []

    def pour(self, lines: Sequence[Line]) -> None:
        """Five hundred lines in one statement; where the gate refuses it, one by one."""
        places = Unit.objects.filter(level=Level.COMMUNITY).in_bulk({one.task.community_id for one in lines})
        refused = self.report.refused
        made = [(one, row) for one in lines if (row := self._row(one, places)) is not None]
        if not _written(made):
            for start in range(0, len(made), FEWER):
                few = made[start : start + FEWER]
                if not _written(few):
                    self._one_by_one(few)
        for _line, row in made:
            self.works[row.work_type] = self.works.get(row.work_type, 0) + 1
            if isinstance(row, Assignment):
                self.report.first_id = self.report.first_id or row.pk
        self.report.new += len(made) - (self.report.refused - refused)

    def look_up(self, lines: Sequence[Line]) -> None:
        """What of this was handed out before. Asked once, ahead of the lines: what they write themselves is ``seen``,
        and to read it back with every five hundred would take a time that grows by the square."""
        tasks = [one.task for one in lines]
        wanted = {(one.admission_id, one.community_id, one.title_zh.strip(), one.given_on) for one in tasks}
        alike: dict[str, Any] = {
            "sender": self.sender,
            "admission_id__in": {one.admission_id for one in tasks if one.admission_id},
            "given_on__in": {one.given_on for one in tasks},
        }
        columns = ("admission_id", "community_id", "given_on")
        works = Assignment.objects.filter(**alike).exclude(state=RowState.WITHDRAWN).values_list(*columns, "title_zh")
        books = Ledger.objects.filter(**alike, closed_on=None).values_list(*columns, "name_zh")
        found = chain(works.iterator(READ_AT_ONCE), books.iterator(READ_AT_ONCE))
        keys = ((admission, place, title, day) for admission, place, day, title in found)
        self.there = {key for key in keys if key in wanted}

    def _row(self, line: Line, places: dict[int, Unit]) -> Row | None:
        """The row of a line; None where it stands already or can't be, which the report then says."""
        task = line.task
        if task.community_id not in places:
            self.report.fault(line.number, "community", _("Name the communities that are concerned."))
            return None
        try:
            row = assignment_of(
                task, places, self.at, origin=Origin.OFFICE, sender_id=self.sender.pk, by=self.by
            )  # the same checks as for one piece of work
        except BadInput as bad:
            self.report.fault(line.number, "", bad.message)
            return None
        key = (task.admission_id, task.community_id, row.title_zh, task.given_on)
        if key in self.seen:
            says = _("The same work stands in line %(line)s already.") % {"line": self.seen[key]}
            self.report.fault(line.number, "", says)
            return None
        self.seen[key] = line.number
        if key in self.there:
            self.report.unchanged += 1
            return None
        return row if row.work_type != WorkType.LEDGER else _ledger(row)

    def _one_by_one(self, made: list[tuple[Line, Row]]) -> None:
        for line, row in made:
            if self.report.is_full:
                return
            try:
                with transaction.atomic():
                    row.pk = None
                    row.save(force_insert=True)
            except IntegrityError as error:
                why = refused_by(error)
                if why not in WHY:
                    raise
                self.stopped.append((row, why))
                self.report.refused += 1
                self.report.fault(line.number, "admission", _named(line, why))

    def refusals(self) -> list[dict[str, Any]]:
        """What is kept of each refused line. One kind of refusal is told once, be it of a thousand lines; the same
        lines sent again within the hour are the same attempt, and not counted anew."""
        told: set[tuple[str, int | None, str]] = set()
        found, lately = [], self._lately()
        for row, why in self.stopped:
            work = _work(row)
            if (why, work.title[:120], work.community_id, work.given_on) in lately:
                continue
            kind = (why, row.admission_id, work.title)
            whom = [] if kind in told else told_of(self.sender, row.community_id, timezone.localdate(self.at))
            told.add(kind)
            found.append({
                "why": why, "work_type": work.work_type, "title": work.title, "community_id": work.community_id,
                "sender_id": self.sender.pk, "admission_id": work.admission_id, "given_on": work.given_on,
                "door": DOOR, "actor": self.by.label, "told": whom, "at": self.at,
            })  # fmt: skip
        return found

    def _lately(self) -> set[tuple[str, str, int, date]]:
        """What was refused to the same actor for the same body within the hour."""
        rows = Refusal.objects.filter(
            sender=self.sender, door=DOOR, actor=self.by.label[:100], at__gt=self.at - SAME_ATTEMPT
        )
        return set(rows.values_list("why", "title", "community_id", "given_on"))


def _written(made: Sequence[tuple[Line, Row]]) -> bool:
    """All of these in two statements, or none of them: False where the gate refuses one."""
    try:
        with transaction.atomic():
            Assignment.objects.bulk_create([row for _line, row in made if isinstance(row, Assignment)])
            Ledger.objects.bulk_create([row for _line, row in made if isinstance(row, Ledger)])
    except IntegrityError as error:
        if refused_by(error) not in WHY:
            raise
        return False
    return True


def _ledger(row: Assignment) -> Ledger:
    """A ledger to be kept instead of a piece of work to be done; its columns are what the admission says."""
    shared = {one.attname: getattr(row, one.attname) for one in Gated._meta.local_fields}
    return Ledger(name_zh=row.title_zh, medium=Medium.ELECTRONIC, **shared)


def _work(row: Row) -> Work:
    title = row.title_zh if isinstance(row, Assignment) else row.name_zh
    facts = (row.community_id, row.given_on, DOOR, row.sender_id, row.admission_id)
    return Work(row.work_type, title, *facts)


def _named(line: Line, why: str) -> str:
    """Why a line is refused, and which admission it lacks."""
    number = line.task.admission_id
    known = Admission.objects.filter(pk=number or 0).first()
    if known is None:
        words = {"why": WHY[why], "named": line.called or _("nothing")}
        return _("%(why)s The line names: %(named)s.") % words
    return _("Admission %(number)d “%(title)s”: %(why)s") % {"number": known.pk, "title": known.title, "why": WHY[why]}
