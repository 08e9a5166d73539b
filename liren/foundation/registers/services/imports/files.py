"""A file of entries taken over: every line, or none and a list of what is wrong where.

One transaction: a fault, an interruption or a refusal leaves the register as it was. Two imports into one register wait
for each other at its book.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.registers.engine.columns import Columns, find_columns
from liren.foundation.registers.engine.tables import Line, opened
from liren.foundation.registers.engine.wording import BadTable
from liren.foundation.registers.models import Book, ImportBatch, Register
from liren.foundation.registers.models import register as register_of
from liren.foundation.registers.services.checks import held_book, said
from liren.foundation.registers.services.coverage import count_registers, ground_on
from liren.foundation.registers.services.imports.compare import Incoming
from liren.foundation.registers.services.imports.lines import Reader
from liren.foundation.registers.services.imports.report import ImportReport, Progress, silent
from liren.foundation.registers.services.imports.slices import look_up_at_once, sliced
from liren.foundation.registers.services.imports.units import Units


@dataclass(frozen=True)
class Origin:
    """Where lines come from, as the batch will name it."""

    file_name: str
    written: str
    source: str
    digest: str


def import_entries(
    register: str,
    path: Path | str,
    *,
    by: Actor,
    at: datetime,
    dry_run: bool = False,
    source: str = "",
    progress: Progress | None = None,
) -> ImportReport:
    """Take over a CSV (UTF-8, GBK) or XLSX file, at most 300,000 lines.

    The first line names the columns, by code or by their Chinese or English names. A line with a number is that entry;
    one without is the open entry of the same name in the same unit, or a new one: so the same file again changes
    nothing. With any fault nothing is written, and the report says what is wrong in which line. ``dry_run`` writes
    nothing at all.

    Raises:
        NoRegister. NotAllowed: the actor holds the power to import nowhere. BadInput: the file can't be read.
    """
    book_of, path = register_of(register), Path(path)
    require(by, "registers.import")
    report = ImportReport(register)
    try:
        with opened(path) as table:
            report.written = table.written
            lines = iter(table)
            header = next(lines, None)
            if header is None:
                raise BadTable(_("The file is empty."))
            columns = find_columns(book_of.spec, header.cells)
            for fault in columns.faults:
                report.fault(header.number, fault.field, said(fault))
            if not columns.faults:
                origin = Origin(path.name[-200:], table.written, source, digest_of(path))
                _take(book_of, columns, lines, report, origin, by, at, dry_run, progress or silent)
    except BadTable as error:
        raise BadInput(f"{path.name}: {_(error.message) % error.facts}") from error
    return report


def digest_of(path: Path) -> str:
    """By which the same file is known again."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            found.update(chunk)
    return found.hexdigest()


def _take(
    register: Register,
    columns: Columns,
    lines: Iterable[Line],
    report: ImportReport,
    origin: Origin,
    by: Actor,
    at: datetime,
    dry_run: bool,
    progress: Progress,
) -> None:
    today = timezone.localdate(at)
    with transaction.atomic():
        with connection.cursor() as cursor:
            # A whole city's entries take longer than any page may.
            cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SET LOCAL lock_timeout = '10min'")
        book = held_book(register)
        base = connections[DEFAULT_DB_ALIAS]
        look_up_at_once(base)
        reader = Reader(register, Units(register, by, today), columns, report, today)
        batch = None if dry_run else _next_batch()
        incoming = Incoming(reader, register, today, at, by, book.last_number, batch, base)
        with sliced(incoming.advance) as slices:
            reader.pour(lines, progress, slices)
        with incoming.planned():
            incoming.match()
            if not report.fault_count:
                incoming.compare()
                incoming.pass_gates()
        if report.fault_count or dry_run:
            transaction.set_rollback(True)
            return
        if report.new or report.changed:
            _write(incoming, book, report, origin, progress)
        incoming.forget()


def _next_batch() -> int:
    """The key of a batch whose row is written in the end, when it is known how many lines it has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('registers_importbatch', 'id'))")
        return int(cursor.fetchone()[0])


def _write(incoming: Incoming, book: Book, report: ImportReport, origin: Origin, progress: Progress) -> None:
    register, by, at = incoming.register, incoming.by, incoming.at
    progress("writing", 0, 0)
    batch = ImportBatch.objects.create(
        pk=incoming.batch,
        register_id=register.pk,
        at=at,
        actor=by.label,
        file_name=origin.file_name,
        written=origin.written,
        source=origin.source,
        digest=origin.digest,
        lines=report.new + report.changed + report.unchanged,
        new=report.new,
        changed=report.changed,
        unchanged=report.unchanged,
    )
    with incoming.planned():
        incoming.change()
    book.last_number += incoming.added
    book.save(update_fields=["last_number"])
    report.batch = batch.pk
    facts: dict[str, Any] = {
        "register": register.code,
        "new": report.new,
        "changed": report.changed,
        "source": origin.source,
    }
    audit.record("registers.import", batch, by=by, at=at, **facts)
    progress("coverage", 0, 0)
    count_registers([register], ground_on(incoming.today), by=by, at=at)


def import_lines(
    register: str,
    header: list[str],
    rows: Iterable[list[object]],
    *,
    origin: Origin,
    report: ImportReport,
    by: Actor,
    at: datetime,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """The same for lines that a program has read from somewhere else (an extract of a map)."""
    book_of = register_of(register)
    require(by, "registers.import")
    columns = find_columns(book_of.spec, list(header))
    for fault in columns.faults:
        report.fault(0, fault.field, said(fault))
    if not columns.faults:
        _take(book_of, columns, _numbered(rows), report, origin, by, at, dry_run, progress or silent)
    return report


def _numbered(rows: Iterable[list[object]]) -> Iterator[Line]:
    yield from (Line(number, list(cells)) for number, cells in enumerate(chain(rows), 1))
