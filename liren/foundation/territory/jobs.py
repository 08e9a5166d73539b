"""What runs by the clock."""

from datetime import datetime

from django.utils import timezone

from liren.foundation.kernel.jobs import job
from liren.foundation.territory.services import refresh_today


@job(name="territory.refresh_today", cron="5 16 * * *", retry=3)
def follow_the_day(at: datetime) -> None:
    """Five past midnight in China (16:05 UTC): what was decided ahead for today becomes visible."""
    refresh_today(timezone.localdate(at))
