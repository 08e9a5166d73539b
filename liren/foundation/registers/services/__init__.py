"""Every write of this room. Functions, keyword-only, with the actor and the moment passed in; one transaction each."""

from liren.foundation.registers.engine.tables import Table, opened
from liren.foundation.registers.engine.wording import BadTable
from liren.foundation.registers.services.checks import BadEntry
from liren.foundation.registers.services.coverage import recompute_coverage
from liren.foundation.registers.services.entries import (
    add_entry,
    change_entry,
    close_entry,
    reopen_entry,
    review_entry,
)
from liren.foundation.registers.services.files import add_file
from liren.foundation.registers.services.imports.files import import_entries
from liren.foundation.registers.services.imports.osm import import_osm
from liren.foundation.registers.services.imports.report import ImportReport, LineFault
from liren.foundation.registers.services.sealed import open_sealed
from liren.foundation.registers.services.succession import follow_units

__all__ = [
    "BadEntry",
    "BadTable",
    "ImportReport",
    "LineFault",
    "Table",
    "add_entry",
    "add_file",
    "change_entry",
    "close_entry",
    "follow_units",
    "import_entries",
    "import_osm",
    "open_sealed",
    "opened",
    "recompute_coverage",
    "reopen_entry",
    "review_entry",
]
