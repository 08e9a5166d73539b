"""What runs by the clock: coverage of all registers, and following units that have closed."""

from __future__ import annotations

from datetime import datetime

from liren.foundation.kernel.jobs import job
from liren.foundation.kernel.rights import SystemActor
from liren.foundation.registers import services


@job(name="registers.count", retry=3, cron="40 18 * * *")
def count(at: datetime) -> None:
    """Every night at 02:40 in China (18:40 UTC), after the census of the day is in."""
    services.recompute_coverage(by=SystemActor("coverage"), at=at)


@job(name="registers.follow_units", retry=3, cron="25 * * * *")
def follow_units(at: datetime) -> None:
    """Every hour, since a merger may be recorded, and take effect, at any time of the day."""
    while services.follow_units(by=SystemActor("succession"), at=at):
        pass
