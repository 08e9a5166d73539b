"""The first sheet of a workbook, row by row. Merged cells and formulas without a result are told, not guessed."""

import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

import openpyxl
from openpyxl.utils import get_column_letter, range_boundaries

from liren.foundation.registers.engine.wording import BadTable, gettext_noop

MOST_UNPACKED = 1_500_000_000
MOST_TIMES = 200  # no honest sheet shrinks so much when it is packed
CHUNK = 1 << 20
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')
MOST_MERGED = 50_000
FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
Fault = tuple[int, str, dict[str, Any]]
TAIL = 300


class Sheet:
    """The first sheet of an opened workbook."""

    def __init__(self, raw: IO[bytes]) -> None:
        self.raw = raw
        self.books: list[Any] = []

    def __enter__(self) -> "Sheet":
        _check_size(self.raw)
        return self

    def __exit__(self, *_error: object) -> None:
        for book in self.books:
            book.close()

    def _first(self, *, results: bool) -> Any:
        try:
            self.raw.seek(0)
            book = openpyxl.load_workbook(self.raw, read_only=True, data_only=results, keep_links=False)
            self.books.append(book)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what the file says about its size may be wrong
        except Exception as error:  # a damaged workbook fails in more ways than can be listed
            raise BadTable(gettext_noop("The workbook is damaged or cut off.")) from error
        return sheet

    def rows(self) -> Iterator[tuple[int, list[Any], list[Fault]]]:
        """Number, cells and faults of every row."""
        sheet = self._first(results=True)
        merged, has_formulas = _scanned(self.raw, sheet)
        second = iter(self._first(results=False).iter_rows(values_only=True)) if has_formulas else None
        try:
            for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
                formulas = next(second, ()) if second is not None else ()
                faults = [*_unsolved(number, cells, formulas), *merged.get(number, [])]
                yield number, [_cell(value) for value in cells], faults
        except BadTable:
            raise
        except Exception as error:  # as above, in the middle of the file
            raise BadTable(gettext_noop("The workbook is damaged or cut off.")) from error


def _check_size(raw: IO[bytes]) -> None:
    """Refuse what would unpack to more than can be taken, before anything is unpacked."""
    try:
        with zipfile.ZipFile(raw) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise BadTable(gettext_noop("The workbook is damaged or cut off.")) from error
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if unpacked > MOST_UNPACKED or (unpacked > 50_000_000 and unpacked > MOST_TIMES * max(packed, 1)):
        raise BadTable(gettext_noop("The workbook unpacks to more than can be taken."))


def _scanned(raw: IO[bytes], sheet: Any) -> tuple[dict[int, list[Fault]], bool]:
    try:
        return _scan(raw, sheet)
    except BadTable:
        raise
    except Exception as error:  # a damaged archive fails in many ways
        raise BadTable(gettext_noop("The workbook is damaged or cut off.")) from error


def _scan(raw: IO[bytes], sheet: Any) -> tuple[dict[int, list[Fault]], bool]:
    """Rows that merged cells cover, and whether there are formulas; read from the sheet's own XML in one pass."""
    merged: dict[int, list[Fault]] = {}
    has_formulas, count, tail, total = False, 0, b"", 0
    with zipfile.ZipFile(raw) as archive, archive.open(sheet._worksheet_path) as xml:
        while chunk := xml.read(CHUNK):
            total += len(chunk)
            if total > MOST_UNPACKED:
                raise BadTable(gettext_noop("The workbook unpacks to more than can be taken."))
            seen = tail + chunk
            has_formulas = has_formulas or FORMULA.search(seen) is not None
            for found in MERGED.finditer(seen):
                if found.end() <= len(tail):
                    continue  # found with the chunk before
                count += 1
                if count > MOST_MERGED:
                    raise BadTable(gettext_noop("The sheet has more merged cells than can be told; unmerge them."))
                _cover(merged, found[1].decode())
            tail = seen[-TAIL:]
    return merged, has_formulas


def _cover(merged: dict[int, list[Fault]], reference: str) -> None:
    """A fault for each covered row but the one that holds the value, where the range spans several."""
    left, top, right, bottom = (int(edge or 0) for edge in range_boundaries(reference))
    sentence = gettext_noop(
        "The cells %(cells)s are merged: only the first holds the value. Unmerge them and fill in every line."
    )
    rows = range(top, min(bottom, top + 2000) + 1)
    for row in rows:
        if row > top or right > left:
            merged.setdefault(row, []).append((left - 1, sentence, {"cells": reference}))


def _unsolved(number: int, cells: tuple[Any, ...], formulas: tuple[Any, ...]) -> Iterator[Fault]:
    for place, formula in enumerate(formulas):
        is_formula = isinstance(formula, str) and formula.startswith("=") or type(formula).__name__ == "ArrayFormula"
        value = cells[place] if place < len(cells) else None
        if is_formula and value is None:
            cell = f"{get_column_letter(place + 1)}{number}"
            sentence = gettext_noop(
                "Cell %(cell)s is a formula without a result: open the file, save it, or paste the value."
            )
            yield place, sentence, {"cell": cell}


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.date() if value.time() == datetime.min.time() else value
    return value
