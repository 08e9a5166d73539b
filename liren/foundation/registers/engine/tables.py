"""Reads the lines of a table, CSV or XLSX, one after another: a file of any size takes the same memory.

How a file was written is found out and said; what can't be read is refused with the place in the file.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from liren.foundation.registers.engine.sheets import Sheet
from liren.foundation.registers.engine.wording import BadTable, gettext_noop
from liren.foundation.registers.engine.writing import FORMULA

MOST_BYTES = 400_000_000
MOST_LINES = 300_000
MOST_COLUMNS = 300
CHUNK = 1 << 20
LONGEST_ROW = 1 << 20
UTF8, UTF8_BOM, GB, XLSX = "UTF-8", "UTF-8 with byte order mark", "GB18030 (GBK)", "XLSX"
CODECS = {UTF8: "utf-8", UTF8_BOM: "utf-8-sig", GB: "gb18030"}


@dataclass(slots=True)  # not frozen: a table makes one for each line
class Line:
    """One line of the table. ``faults``: (column from 0, sentence, facts) for cells that can't be taken as they are."""

    number: int
    cells: list[Any]
    faults: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any(cell is not None and str(cell).strip() for cell in self.cells)


class Table:
    """An opened table: how it was written, and its lines, the header first."""

    def __init__(self, path: Path, written: str, lines: Iterator[Line]) -> None:
        self.path, self.written, self._lines = path, written, lines

    def __iter__(self) -> Iterator[Line]:
        """Lines that hold something. BadTable where the file breaks off or holds more lines than can be taken."""
        count = 0
        for line in self._lines:
            if not line and not line.faults:
                continue
            if len(line.cells) > MOST_COLUMNS:
                raise BadTable(gettext_noop("Line %(line)s has more columns than any register."), line=line.number)
            count += 1
            if count > MOST_LINES + 1:
                raise BadTable(
                    gettext_noop("The file has more than %(most)s lines; split it and import the parts one by one."),
                    most=MOST_LINES,
                )
            yield line


@contextmanager
def opened(path: Path) -> Iterator[Table]:
    """The table in a file; BadTable when it is neither CSV nor XLSX."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadTable(gettext_noop("The file is larger than %(most)s MB."), most=MOST_BYTES // 1_000_000)
        with path.open("rb") as raw:
            start = raw.read(8)
            raw.seek(0)
            if start.startswith(b"PK"):
                with Sheet(raw) as sheet:
                    yield Table(path, XLSX, _sheet_lines(sheet))
                return
            _refuse_others(start)
            written = _written(raw)
            raw.seek(0)
            yield Table(path, written, _csv_lines(raw, CODECS[written]))
    except OSError as error:
        raise BadTable(gettext_noop("The file can't be read: %(why)s."), why=error.strerror or str(error)) from error


def _refuse_others(start: bytes) -> None:
    if not start:
        raise BadTable(gettext_noop("The file is empty."))
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadTable(gettext_noop("This is an old Excel file (.xls); save it as .xlsx or CSV."))
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadTable(gettext_noop("The file is written in UTF-16; save it as “CSV UTF-8”."))


def _written(raw: IO[bytes]) -> str:
    """UTF-8 if all of it is, else GB18030 if all of it is; BadTable with the line where it is neither."""
    found: tuple[str, int] | None = None
    for name in (UTF8, GB):
        raw.seek(0)
        decoder, lines, has_mark = codecs.getincrementaldecoder(CODECS[name])(), 1, raw.read(3) == codecs.BOM_UTF8
        raw.seek(0)
        try:
            while chunk := raw.read(CHUNK):
                if b"\0" in chunk:
                    line = lines + chunk.count(b"\n", 0, chunk.index(b"\0"))
                    raise BadTable(gettext_noop("Line %(line)s holds a NUL character."), line=line)
                decoder.decode(chunk)
                lines += chunk.count(b"\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            found = found or (name, lines + chunk.count(b"\n", 0, max(error.start, 0)))
            continue
        return UTF8_BOM if has_mark and name == UTF8 else name
    raise BadTable(
        gettext_noop("Line %(line)s is written neither in UTF-8 nor in GBK; save the file as “CSV UTF-8”."),
        line=found[1] if found else 1,
    )


def _csv_lines(raw: IO[bytes], codec: str) -> Iterator[Line]:
    text = io.TextIOWrapper(raw, codec, newline="")
    try:
        first = text.readline(LONGEST_ROW)
        text.seek(0)
        separator = "," if "," in first else max(",\t;", key=first.count)
        records = csv.reader(_rows(text), delimiter=separator, strict=True)
        for record in records:
            yield Line(records.line_num, [_unmarked(cell) for cell in record])
    except csv.Error as error:
        raise BadTable(
            gettext_noop("Line %(line)s is no line of CSV (a quotation mark that never ends?)."), line=records.line_num
        ) from error
    finally:
        text.detach()


def _unmarked(cell: str) -> str:
    """Without the apostrophe that our own exports put before what a spreadsheet would run."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def _rows(text: io.TextIOWrapper) -> Iterator[str]:
    """Lines, none so long that it fills the memory."""
    number = 0
    while row := text.readline(LONGEST_ROW):
        number += 1
        if len(row) == LONGEST_ROW:
            raise BadTable(gettext_noop("Line %(line)s is longer than any line of a table."), line=number)
        yield row


def _sheet_lines(sheet: Sheet) -> Iterator[Line]:
    for number, cells, faults in sheet.rows():
        yield Line(number, cells, faults)
