"""Tables as officials keep them: the lines of a CSV (UTF-8) or XLSX file, by the names of its columns."""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from liren.foundation.kernel.errors import BadInput

MAX_BYTES = 100_000_000
#: Why a file is no table that can be read, by code, with holes for the facts.
SAYS = {
    "table_too_large": _("%(file)s is larger than the %(most)d MB that are taken."),
    "table_missing": "%(file)s: %(reason)s.",
    "table_not_utf8": _("%(file)s:%(line)d: not UTF-8 at byte %(byte)d; save the file as UTF-8."),
    "table_nul": _("%(file)s:%(line)d: NUL character."),
    "table_no_csv": _("%(file)s:%(line)d: not a line of CSV."),
    "table_unpacks": _("%(file)s unpacks to more than can be taken."),
    "table_no_xlsx": _("%(file)s can't be read as XLSX: damaged or cut off."),
    "table_empty": _("%(file)s is empty."),
    "table_columns": _("%(file)s:1: the first line must name the columns; missing: %(columns)s."),
}


class NoTable(BadInput):
    """A file that can't be read as a table: a code of ``SAYS`` and its facts, so that who reads it later reads it in
    their own language."""

    def __init__(self, code: str, **facts: Any) -> None:
        self.code, self.facts = code, facts
        super().__init__(refused(code, facts))


def refused(code: str, facts: Mapping[str, Any]) -> str:
    """What a code of ``SAYS`` says in the reader's language. Columns are pairs of their English and Chinese titles."""
    words = dict(facts)
    if "columns" in words:
        is_chinese = (get_language() or "zh").startswith("zh")
        words["columns"] = ", ".join(titles[is_chinese] for titles in words["columns"])
    return gettext(SAYS[code]) % words


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table as it was read."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class LineFault:
    """What is wrong in a line of a file (0: the file as a whole), in the reader's language; ``field``: the column."""

    line: int
    field: str
    says: str

    def __str__(self) -> str:
        return f"{self.line}: {self.says}" if self.line else self.says


def read_table(path: Path, columns: Mapping[str, Sequence[str]], needed: Sequence[str]) -> list[Row]:
    """The lines of a CSV (UTF-8, GBK) or XLSX file (its first sheet), by known column; NoTable for what can't be read.

    ``columns`` gives each column the titles it may bear, in small letters; without the ``needed`` ones it is refused.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise NoTable("table_too_large", file=path.name, most=100)
        raw = path.read_bytes()
    except OSError as error:
        raise NoTable("table_missing", file=str(path), reason=str(error.strerror or error)) from error
    titles = {title for known in columns.values() for title in known}
    numbered = _sheet(raw, path.name) if raw.startswith(b"PK") else _csv(raw, path.name, titles)
    return list(_rows(numbered, path.name, columns, needed))


def _text(raw: bytes, file: str, titles: set[str]) -> str:
    """The text of a CSV: UTF-8, or GB18030 as spreadsheets in China save it, where its first line is known by that."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        head = raw.partition(b"\n")[0].decode("gb18030", errors="replace").strip().lower()
        if titles & {one.strip(' "') for one in head.split(",")}:
            with suppress(UnicodeDecodeError):
                return raw.decode("gb18030")
        line = raw.count(b"\n", 0, error.start) + 1
        raise NoTable("table_not_utf8", file=file, line=line, byte=error.start) from error


def _csv(raw: bytes, file: str, titles: set[str]) -> Iterator[tuple[int, list[str]]]:
    text = _text(raw, file, titles)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise NoTable("table_nul", file=file, line=line)
    records = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for record in records:
            yield records.line_num, record
    except csv.Error as error:
        raise NoTable("table_no_csv", file=file, line=records.line_num) from error


def _sheet(raw: bytes, file: str) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if sum(member.file_size for member in archive.infolist()) > 10 * MAX_BYTES:
                raise NoTable("table_unpacks", file=file)
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
            yield number, [_cell(value) for value in cells]
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, IndexError, EOFError) as error:
        raise NoTable("table_no_xlsx", file=file) from error


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value).strip()


def _rows(
    numbered: Iterator[tuple[int, list[str]]], file: str, columns: Mapping[str, Sequence[str]], needed: Sequence[str]
) -> Iterator[Row]:
    header = next(numbered, None)
    if header is None:
        raise NoTable("table_empty", file=file)
    titles = [title.strip().lower() for title in header[1]]
    places = {name: titles.index(title) for name, known in columns.items() for title in known if title in titles}
    absent = [name for name in needed if name not in places]
    if absent:
        raise NoTable("table_columns", file=file, columns=[_both(columns[name]) for name in absent])
    for line, record in numbered:
        if any(cell.strip() for cell in record):
            yield Row(line, {name: record[at].strip() if at < len(record) else "" for name, at in places.items()})


def _both(titles: Sequence[str]) -> tuple[str, str]:
    """The English and the Chinese title by which a column is asked for: the first of each."""
    return titles[0], next((one for one in titles if not one.isascii()), titles[0])
