"""What runs by the clock: reports of communities that nobody acts on."""

from __future__ import annotations

from datetime import datetime

from liren.foundation.admission import services
from liren.foundation.kernel.jobs import job
from liren.foundation.kernel.rights import SystemActor


@job(name="admission.remind", retry=3, cron="20 0 * * *")
def remind(at: datetime) -> None:
    """Every morning at 08:20 in China (00:20 UTC), before the offices begin."""
    services.remind(by=SystemActor("reminders"), at=at)
