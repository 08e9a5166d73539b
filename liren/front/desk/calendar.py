"""The work calendar of a place: a year at a glance, where each day comes from, and recording a notice of one's own."""

import calendar as months
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from liren.foundation.kernel import queries, services
from liren.foundation.kernel.engine.worktime import Calendar
from liren.foundation.kernel.models import CalendarDay
from liren.foundation.kernel.reply import done, show
from liren.foundation.territory.models import Unit
from liren.front.desk.export import csv_reply, export_url
from liren.front.desk.fields import CountField, DayField, DeskForm, LongTextField, TextField, UnitField
from liren.front.desk.gate import FORM, actor_of, desk, may
from liren.front.desk.refusals import accepted

FIRST_YEAR, LAST_YEAR = 1949, 2200
WORK, REST = "work", "rest"
#: Words that a clerk may write behind a day.
WORDS = {"work": True, "rest": False, "班": True, "休": False, "上班": True, "放假": False}


@dataclass(frozen=True)
class Cell:
    """One day on the page. ``word`` is set where a notice differs from the plain week, or names the day."""

    day: date
    is_working: bool
    word: str = ""
    name: str = ""

    @property
    def is_special(self) -> bool:
        return bool(self.word)


@dataclass(frozen=True)
class Year:
    """Twelve months of weeks; ``None`` fills up a week at the edges of a month."""

    year: int
    is_provisional: bool
    working_days: int
    months: list[tuple[date, list[list[Cell | None]]]]
    special: list[tuple[Cell, CalendarDay]] = field(default_factory=list)


class YearForm(DeskForm):
    """Which year, and of which place; without a place, the nation's."""

    year = CountField(label=gettext_lazy("Year"), min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False)
    unit = UnitField(label=gettext_lazy("In the unit"), required=False, help_text="")

    def chosen(self) -> tuple[int, Unit | None]:
        data: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        return data.get("year") or timezone.localdate().year, data.get("unit")


class NoticeForm(DeskForm):
    """A notice of holidays and make-up working days, as it was published."""

    unit = UnitField(label=gettext_lazy("For the unit"))
    year = CountField(label=gettext_lazy("Year"), min_value=FIRST_YEAR, max_value=LAST_YEAR)
    title = TextField(label=gettext_lazy("Title of the notice"), max_length=300)
    document = TextField(label=gettext_lazy("Document number"), required=False)
    issued_on = DayField(label=gettext_lazy("Issued on"), required=False)
    settles_year = forms.BooleanField(
        label=gettext_lazy("With this notice the year is settled"),
        required=False,
        help_text=gettext_lazy("Leave empty for a notice on single days."),
    )
    days = LongTextField(
        label=gettext_lazy("Days"),
        max_length=20_000,
        # Translators: 班 marks a make-up working day (调休上班), 休 a day off.
        help_text=gettext_lazy(
            "One line for each day: date, “rest” or “work”, name; for example 2027-02-05 rest 春节."
        ),
    )

    def clean_days(self) -> dict[date, services.DayRule]:
        lines = [line for line in self.cleaned_data["days"].splitlines() if line.strip()]
        if len(lines) > 400:
            raise forms.ValidationError(_("A year has no more than 366 days."))
        return dict(_read_line(number, line) for number, line in enumerate(lines, start=1))


def _read_line(number: int, line: str) -> tuple[date, services.DayRule]:
    day, word, name = (line.split(None, 2) + ["", "", ""])[:3]
    try:
        return date.fromisoformat(day), services.DayRule(WORDS[word], name.strip()[:100])
    except (ValueError, KeyError) as wrong:
        message = _("Line %(number)d can't be read. Write date, “rest” or “work”, and the name.")
        raise forms.ValidationError(message % {"number": number}) from wrong


def year_of(place: str, year: int) -> Year:
    """The whole year of a place, in three queries."""
    plan = queries.calendar(place)
    said = {day.day: day for day in queries.named_days(place, year)}
    cells = {day: _cell(plan, day, said.get(day)) for day in _days(year)}
    return Year(
        year=year,
        is_provisional=plan.is_provisional(date(year, 1, 1)),
        working_days=sum(cell.is_working for cell in cells.values()),
        months=[(date(year, month, 1), _weeks(year, month, cells)) for month in range(1, 13)],
        special=[(cells[day], said[day]) for day in sorted(said)],
    )


def _days(year: int) -> Iterator[date]:
    return (date.fromordinal(n) for n in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1))


def _cell(plan: Calendar, day: date, said: CalendarDay | None) -> Cell:
    works = plan.is_working(day)
    if said is None:
        return Cell(day, works)
    is_chinese = (get_language() or "zh").startswith("zh")
    # Translators: shown beside a day in the calendar: 班 (make-up working day) and 休 (day off).
    word = _("work") if works else _("rest")
    return Cell(day, works, word, said.name_zh if is_chinese else said.name_en or said.name_zh)


def _weeks(year: int, month: int, cells: dict[date, Cell]) -> list[list[Cell | None]]:
    return [
        [cells[date(year, month, day)] if day else None for day in week]
        for week in months.Calendar().monthdayscalendar(year, month)
    ]


def _place(unit: Unit | None) -> str:
    return unit.code if unit else queries.NATION


@desk("signed_in")
def calendar_year(request: HttpRequest) -> HttpResponseBase:
    form = YearForm(request.GET, actor=actor_of(request))
    year, unit = form.chosen()
    context = {
        "title": _("Work calendar"),
        "filter": form,
        "unit": unit,
        "year": year_of(_place(unit), year),
        "weekdays": list(WEEKDAYS_ABBR.values()),
        "notices": queries.notices(_place(unit)).filter(year=year),
        "may_add": actor_of(request).holds(services.PUBLISH),
        "export": export_url(request, "desk-calendar-csv"),
    }
    return show(request, "desk/calendar.html", "", context)


@desk("signed_in")
def calendar_csv(request: HttpRequest) -> HttpResponseBase:
    year, unit = YearForm(request.GET, actor=actor_of(request)).chosen()
    plan = year_of(_place(unit), year)
    lines = (cell for _first, weeks in plan.months for week in weeks for cell in week if cell)
    rows = ([cell.day, _("work") if cell.is_working else _("rest"), cell.name] for cell in lines)
    return csv_reply(f"calendar-{year}", [_("Day"), _("Work or rest"), _("Name")], rows)


@desk("calendar.publish", *FORM)
def calendar_add(request: HttpRequest) -> HttpResponseBase:
    may(request, services.PUBLISH)
    form = NoticeForm(request.POST if request.method == "POST" else None, actor=actor_of(request))
    if form.is_valid() and accepted(form, lambda: _publish(request, **form.cleaned_data)):
        return done(request, "desk/form.html", "", {}, to="desk-calendar", message=_("The notice is recorded."))
    context = {"title": _("Record a notice"), "form": form, "button": _("Record"), "back": reverse("desk-calendar")}
    return show(request, "desk/form.html", "", context, status=422 if form.is_bound else 200)


def _publish(request: HttpRequest, *, unit: Unit, year: int, days: dict[date, services.DayRule], **facts: Any) -> None:
    by: Any = actor_of(request)
    services.publish_notice(unit, year, days, by=by, at=timezone.now(), **facts)
