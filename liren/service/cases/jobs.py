"""What runs by the clock: what is late goes up, deadlines follow notices, what comes round, figures, destruction."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from liren.foundation.kernel.jobs import job
from liren.foundation.kernel.rights import SystemActor
from liren.service.cases import services
from liren.service.cases.services import calendars, escalation, figures, repeats, topics, webhooks

#: A late word on the last days of a month is still counted, until this day of the next.
LAST_MONTH_UNTIL = 10


@job(name="cases.escalate", cron="* * * * *")
def escalate(at: datetime) -> None:
    """Every minute, until nothing is due any more. A run that dies is made up for by the next."""
    while escalation.escalate_due(at):
        pass


@job(name="cases.follow_calendar", retry=3, cron="*/10 * * * *")
def follow_calendar(at: datetime) -> None:
    """Every ten minutes: a notice recorded meanwhile changes the deadlines that run."""
    calendars.follow_notices(by=SystemActor("calendar"), at=at)


@job(name="cases.destroy_due", retry=3, cron="50 18 * * *")
def destroy_due(at: datetime) -> None:
    """Every night at 02:50 in China (18:50 UTC), some hundreds in one transaction."""
    while services.destroy_due(at=at, by=SystemActor("retention")):
        pass


@job(name="cases.open_repeats", retry=3, cron="5 18 * * *")
def open_repeats(at: datetime) -> None:
    """Every night at 02:05 in China (18:05 UTC): what comes round, and what a lost night left."""
    repeats.open_repeats(by=SystemActor("repeats"), at=at)


@job(name="cases.count_figures", retry=3, cron="10 19 * * *")
def count_figures(at: datetime) -> None:
    """Every night at 03:10 in China (19:10 UTC): the month that runs, so far; in its first days also the one before."""
    today = timezone.localdate(at)
    month = figures.month_of(today)
    first = figures.before(month) if today.day <= LAST_MONTH_UNTIL else month
    figures.count_months(first, month, by=SystemActor("figures"), at=at)


@job(name="cases.group_topics", retry=3, cron="40 19 * * *")
def group_topics(at: datetime) -> None:
    """Every night at 03:40 in China (19:40 UTC)."""
    topics.group_topics(by=SystemActor("topics"), at=at)


@job(name="cases.tell_subscribers", cron="* * * * *")
def tell_subscribers(at: datetime) -> None:
    """Every minute, until nothing is due any more."""
    while webhooks.deliver_due(timezone.now()):
        pass
