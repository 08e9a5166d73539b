"""The burden ledger of a community: what was asked of it in a month and by whom, over months, and in a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.admission import queries
from liren.foundation.admission.models import Assignment, RowState, WorkType
from liren.foundation.bodies.models import Body
from liren.foundation.kernel.reply import show
from liren.foundation.kernel.rights import can
from liren.foundation.territory import queries as territory
from liren.foundation.territory.models import Level, Unit
from liren.front.desk.admission import reading
from liren.front.desk.admission.committee import SPENT
from liren.front.desk.gate import actor_of, desk, may

MONTHS = 12
#: Kinds of work in columns of their own; the others are counted together.
COLUMNS = (WorkType.TASK, WorkType.FORM, WorkType.MEETING, WorkType.INSPECTION, WorkType.CERTIFICATE)


class MonthForm(forms.Form):
    """A month as YYYY-MM."""

    month = forms.DateField(
        label=gettext_lazy("Month"),
        input_formats=["%Y-%m"],
        required=False,
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
    )

    def first(self) -> date:
        """The first day of the month asked for, else of this one; nothing before the gate or after today is asked."""
        today = timezone.localdate()
        asked = self.cleaned_data.get("month") if self.is_valid() else None
        return asked if asked and date(2000, 1, 1) <= asked <= today else today.replace(day=1)


@dataclass(frozen=True)
class Row:
    """What one body asked: counts by column, what is left over, ledgers, repeated questions, hours thought."""

    sender: Body | None
    counts: list[tuple[str, int]]
    other: int
    ledgers: int
    repeated: int
    hours: float

    @property
    def total(self) -> int:
        return sum(number for _label, number in self.counts) + self.other


def rows_of(month: queries.Month) -> list[Row]:
    """The ledger of a month, the most burdensome body first."""
    senders = Body.objects.in_bulk([one.sender_id for one in month.loads if one.sender_id])
    found = []
    for one in month.loads:
        counts = [(str(kind.label), one.counts.get(kind, 0)) for kind in COLUMNS]
        other = sum(one.counts.values()) - sum(number for _label, number in counts)
        sender = senders.get(one.sender_id) if one.sender_id else None
        found.append(Row(sender, counts, other, one.ledgers, one.repeated, round(one.minutes / 60, 1)))
    return sorted(found, key=lambda row: (-row.total, -row.ledgers))


def by_month(community: Unit, last: date) -> list[tuple[date, int, int]]:
    """Pieces of work that offices asked for and that residents asked for, by month, the newest first. One statement."""
    since = date(last.year - 1, last.month, 1)
    asked = Assignment.objects.filter(community=community, given_on__gte=since, given_on__lt=month_after(last))
    rows = asked.exclude(state=RowState.REFUSED).order_by().annotate(first=TruncMonth("given_on"))
    found: dict[date, dict[str, int]] = {}
    for first, origin, number in rows.values_list("first", "origin").annotate(n=Count("pk")):
        found.setdefault(first, {})[origin] = number
    return [(first, found[first].get("office", 0), found[first].get("resident", 0)) for first in sorted(found)[::-1]]


def month_after(first: date) -> date:
    """The first day of the month after."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


@desk("signed_in")
def ledger(request: HttpRequest, code: str) -> HttpResponseBase:
    unit = get_object_or_404(Unit.objects.select_related("parent"), code=code, level=Level.COMMUNITY)
    if not any(can(actor_of(request), power, unit) for power in (reading.ANSWER, reading.DECIDE, reading.BURDEN)):
        may(request, reading.ANSWER, unit)
    form = MonthForm(request.GET if request.GET.get("month") else {"month": f"{timezone.localdate():%Y-%m}"})
    context = {"title": _("Burden of the community"), "unit": unit, "chain": territory.chain(unit), "form": form}
    context |= facts(unit, form.first()) | {"may_fill": can(actor_of(request), reading.ANSWER, unit)}
    return show(request, "desk/admission/burden.html", "", context)


def facts(unit: Unit, first: date) -> dict[str, Any]:
    """Everything that the page shows of a month."""
    month, today = queries.month(unit, first), timezone.localdate()
    return {
        "month": month,
        "first": first,
        "rows": rows_of(month),
        "columns": [one.label for one in COLUMNS],
        "months": by_month(unit, first),
        "years": [(year, queries.year(unit, year)) for year in (first.year, first.year - 1)],
        "capacity": queries.capacity(unit, today),
        "hours": [(SPENT[name], value) for name, value in (month.hours or {}).items()],
    }
