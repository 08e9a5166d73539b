"""What runs by the clock: names of office-holders whose time is over, and following units that have closed."""

from __future__ import annotations

from datetime import datetime

from liren.foundation.bodies import services
from liren.foundation.kernel.jobs import job
from liren.foundation.kernel.rights import SystemActor


@job(name="bodies.forget_names", retry=3, cron="40 18 * * *")
def forget_names(at: datetime) -> None:
    """Every night at 02:40 in China (18:40 UTC)."""
    services.forget_names(by=SystemActor("retention"), at=at)


@job(name="bodies.follow_units", retry=3, cron="20 * * * *")
def follow_units(at: datetime) -> None:
    """Every hour, behind the residents, since a merger may take effect at any time of the day."""
    while services.follow_units(by=SystemActor("succession"), at=at):
        pass
