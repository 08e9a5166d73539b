"""An empty workbook to be filled in for an import: its columns, an example line, and the words that may be chosen.

The example stands on a sheet of its own, so that nobody imports it by forgetting it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

#: Lines of the empty sheet that offer the allowed words.
LINES = 5000
NEEDED = PatternFill("solid", fgColor="FFE8F3EC")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Column:
    """A column to be filled in: its title, what to write, the words that it takes (one, or several), an example."""

    title: str
    says: str
    example: Any = ""
    words: Sequence[str] = ()
    takes_several: bool = False
    is_needed: bool = False


def workbook(columns: Sequence[Column]) -> bytes:
    """Sheet one empty to be filled in, sheet two the example, sheet three what each column takes."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = _("Fill in here")
    _head(sheet, columns)
    other = book.create_sheet(_("Example"))
    _head(other, columns)
    other.append([one.example for one in columns])
    _offer(sheet, columns, _explain(book.create_sheet(_("What to write")), columns))
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _head(sheet: Any, columns: Sequence[Column]) -> None:
    sheet.append([one.title for one in columns])
    for place, one in enumerate(columns, 1):
        cell = sheet.cell(1, place)
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        if one.is_needed:
            cell.fill = NEEDED
        sheet.column_dimensions[get_column_letter(place)].width = 16
    sheet.freeze_panes = "A2"


def _explain(sheet: Any, columns: Sequence[Column]) -> dict[int, str]:
    """A line for each column; gives back where the allowed words of a column stand, for the lists to choose from."""
    sheet.append([_("Column"), _("What to write"), _("Words to choose from")])
    places = {}
    for place, one in enumerate(columns):
        sheet.append([one.title, one.says, *one.words])
        if one.words and not one.takes_several:
            last = get_column_letter(2 + len(one.words))
            title = sheet.title.replace("'", "''")
            places[place] = f"'{title}'!$C${sheet.max_row}:${last}${sheet.max_row}"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 26, 60
    return places


def _offer(sheet: Any, columns: Sequence[Column], places: dict[int, str]) -> None:
    """Lists to choose from in the cells below the header."""
    for place in range(len(columns)):
        if place in places:
            letter = get_column_letter(place + 1)
            rule = DataValidation(type="list", formula1=places[place], allow_blank=True, showErrorMessage=False)
            rule.add(f"{letter}2:{letter}{LINES}")
            sheet.add_data_validation(rule)
