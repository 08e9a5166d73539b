"""What runs by the clock: names of office-holders whose time is over."""

from __future__ import annotations

from datetime import datetime

from liren.foundation.bodies import services
from liren.foundation.kernel.jobs import job
from liren.foundation.kernel.rights import SystemActor


@job(name="bodies.forget_names", retry=3, cron="40 18 * * *")
def forget_names(at: datetime) -> None:
    """Every night at 02:40 in China (18:40 UTC)."""
    services.forget_names(by=SystemActor("retention"), at=at)
