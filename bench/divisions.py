"""How long the whole country takes: every committee of the national list into an empty database.

    script/bench divisions

Makes a database of its own beside the real one and drops it. Prints seconds, rows a second and peak memory.
"""

import argparse
import resource
import time
from datetime import date
from pathlib import Path

from scratch import SHARED, scratch_database


class Clock:
    """Prints the seconds that each stage took."""

    def __init__(self) -> None:
        self.start = self.last = time.perf_counter()
        self.stage = ""

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage != self.stage:
            self.finish()
            self.stage = stage

    def finish(self) -> None:
        now = time.perf_counter()
        if self.stage:
            print(f"  {self.stage:<18} {now - self.last:7.2f} s")
        self.last = now


def peak_mb(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


def measure(folder: Path, city: str | None) -> None:
    from django.utils import timezone

    from liren.foundation.kernel.rights import SystemActor
    from liren.foundation.territory.models import Level, Unit
    from liren.foundation.territory.services.imports.divisions import import_divisions

    for turn in ("first", "second"):
        clock = Clock()
        report = import_divisions(
            folder,
            city=city,
            effective_on=date(2023, 6, 30),
            by=SystemActor("bench"),
            at=timezone.now(),
            progress=clock,
        )
        clock.finish()
        seconds = time.perf_counter() - clock.start
        count = report.new + report.unchanged
        print(f"{turn} import: {seconds:.1f} s, {count} units, {count / seconds:.0f} a second; {report.new} new")
        if report.faults:
            raise SystemExit(f"{report.fault_count} faults, first: {report.faults[0]}")
    print(f"committees in the register: {Unit.objects.filter(level=Level.COMMUNITY).count()}")
    own, helper = peak_mb(resource.RUSAGE_SELF), peak_mb(resource.RUSAGE_CHILDREN)
    print(f"peak memory: {own:.0f} MB, largest helper {helper:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=SHARED / "divisions")
    parser.add_argument("--city")
    options = parser.parse_args()
    with scratch_database():
        measure(options.folder, options.city)


if __name__ == "__main__":
    main()
