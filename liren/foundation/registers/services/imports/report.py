"""What an import did, or would do, line by line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from liren.foundation.kernel.tables import LineFault

MOST_FAULTS = 1000
Progress = Callable[[str, int, int], None]


def silent(stage: str, done: int, total: int) -> None:
    """The progress of whoever does not look."""


@dataclass(slots=True)
class ImportReport:
    """With any fault nothing was written. ``outside``: places that lie in no unit, and were left out."""

    register: str
    written: str = ""
    lines: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    outside: int = 0
    skipped: int = 0
    batch: int | None = None
    faults: list[LineFault] = field(default_factory=list)
    fault_count: int = 0

    def fault(self, line: int, name: str, says: str | Callable[[], str]) -> None:
        """Count a fault; the first thousand are kept. A sentence that takes time is made for these alone."""
        self.fault_count += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(LineFault(line, name, says if isinstance(says, str) else says()))
