"""What runs by the clock: destruction of what has been kept for its full period, and following units that closed."""

from __future__ import annotations

from datetime import datetime

from liren.foundation.kernel.jobs import job
from liren.foundation.kernel.rights import SystemActor
from liren.foundation.people import services


@job(name="people.destroy_expired", retry=3, cron="30 18 * * *")
def destroy_expired(at: datetime) -> None:
    """Every night at 02:30 in China (18:30 UTC)."""
    services.destroy_expired(by=SystemActor("retention"), at=at)


@job(name="people.follow_units", retry=3, cron="10 * * * *")
def follow_units(at: datetime) -> None:
    """Every hour, since a merger may be recorded, and take effect, at any time of the day."""
    while services.follow_units(by=SystemActor("succession"), at=at):
        pass
