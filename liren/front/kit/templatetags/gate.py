"""Words of the admission gate on pages: why it refused, what an inventory is called, the last day of a period."""

import datetime as dt
from typing import Any

from django import template
from django.utils.safestring import SafeString

from liren.foundation.admission.models import Refusal, Stock
from liren.foundation.admission.services.gate import SAID_NO, WHY
from liren.front.kit.templatetags.kit import day

register = template.Library()


@register.filter
def why_refused(row: Refusal) -> str:
    """Why the gate or the community said no, in the reader's language."""
    return str({**WHY, **SAID_NO}.get(row.why, row.why))


@register.filter
def stock_name(code: str) -> str:
    """What an inventory counts."""
    return str(Stock(code).label)


@register.filter
def last_day(period: Any) -> str | SafeString:
    """The last day of a period, as people say it; kept is the first day without it."""
    return day(period.upper - dt.timedelta(days=1)) if period and period.upper else ""
