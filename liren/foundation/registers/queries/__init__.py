"""Reads worth a name. Every path to entries goes through ``visible_to``, or ``visible_in`` of one register."""

from liren.foundation.registers.models.declared import by_id, register, registers
from liren.foundation.registers.queries.coverage import (
    Covered,
    coverage,
    coverage_at,
    coverage_below,
    coverage_of,
    missed,
    series,
    uncovered,
)
from liren.foundation.registers.queries.details import (
    Detail,
    Story,
    attachment,
    detail,
    entry_on,
    history,
    looks,
    typed_values,
)
from liren.foundation.registers.queries.exports import (
    Choice,
    batches,
    csv_export,
    features,
    geojson_export,
    sources,
    xlsx_export,
)
from liren.foundation.registers.queries.lists import Page, Row, count, entries, stale
from liren.foundation.registers.queries.overviews import is_live, overview

__all__ = [
    "Choice",
    "Covered",
    "Detail",
    "Page",
    "Row",
    "Story",
    "attachment",
    "batches",
    "by_id",
    "count",
    "coverage",
    "coverage_at",
    "coverage_below",
    "coverage_of",
    "csv_export",
    "detail",
    "entries",
    "entry_on",
    "features",
    "geojson_export",
    "history",
    "is_live",
    "looks",
    "missed",
    "overview",
    "register",
    "registers",
    "series",
    "sources",
    "stale",
    "typed_values",
    "uncovered",
    "xlsx_export",
]
