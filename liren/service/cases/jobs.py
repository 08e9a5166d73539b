"""What runs by the clock: destruction of what has been kept for its full period."""

from __future__ import annotations

from datetime import datetime

from liren.foundation.kernel.jobs import job
from liren.foundation.kernel.rights import SystemActor
from liren.service.cases import services


@job(name="cases.destroy_due", retry=3, cron="50 18 * * *")
def destroy_due(at: datetime) -> None:
    """Every night at 02:50 in China (18:50 UTC), some hundreds in one transaction."""
    while services.destroy_due(at=at, by=SystemActor("retention")):
        pass
