"""What runs behind the page and by the clock: runs that were asked for, and giving up those whose process has gone."""

from __future__ import annotations

from datetime import datetime

from liren.development.lifecircle import services
from liren.development.lifecircle.services.queue import work_out
from liren.foundation.kernel.jobs import job
from liren.foundation.kernel.rights import SystemActor

__all__ = ["give_up", "work_out"]


@job(name="lifecircle.give_up", retry=3, cron="*/10 * * * *")
def give_up(at: datetime) -> None:
    """Every ten minutes: what has not been heard of for half an hour is not coming any more."""
    while services.give_up_silent(by=SystemActor("lifecircle"), at=at):
        pass
