"""Tables out: CSV that a spreadsheet opens as it is, XLSX, GeoJSON; row by row, so that size costs no memory."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

# A cell that begins so would be run as a formula by a spreadsheet (OWASP: CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")
CHUNK = 500
SHEET_ROWS = 1_000_000
# Characters that XML can't hold.
UNWRITABLE = {code: " " for code in (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)}


def safe(value: Any) -> Any:
    """A number as it is; a text that would run gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_lines(header: Iterable[Any], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The file in pieces of some hundred lines: UTF-8 with byte order mark, for Excel."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([safe(cell) for cell in header])
    for number, row in enumerate(rows, 1):
        writer.writerow([safe(cell) for cell in row])
        if number % CHUNK == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def write_xlsx(path: Path, title: str, header: Iterable[Any], rows: Iterable[Iterable[Any]]) -> None:
    """A workbook with one sheet; texts stay texts, whatever they begin with."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("".join(" " if sign in "[]:*?/\\'" else sign for sign in title)[:31] or "entries")
    bold = Font(bold=True)
    heads = []
    for cell in header:
        head = WriteOnlyCell(sheet, _sheet_cell(sheet, cell).value)
        head.font = bold
        heads.append(head)
    sheet.append(heads)
    for row in rows:
        sheet.append([_sheet_cell(sheet, cell) for cell in row])
    book.save(path)


def _sheet_cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, value.translate(UNWRITABLE))
        cell.data_type = "s"  # never a formula
        return cell
    return WriteOnlyCell(sheet, value)


def geojson_pieces(features: Iterable[dict[str, Any]], **members: Any) -> Iterator[str]:
    """A FeatureCollection in pieces; ``members`` stand beside its features (source, notes)."""
    head = json.dumps({"type": "FeatureCollection", **members}, ensure_ascii=False)
    yield head[:-1] + ', "features": ['
    batch: list[str] = []
    first = True
    for feature in features:
        batch.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
        if len(batch) == CHUNK:
            yield ("" if first else ",\n") + ",\n".join(batch)
            first, batch = False, []
    if batch:
        yield ("" if first else ",\n") + ",\n".join(batch)
    yield "]}"
