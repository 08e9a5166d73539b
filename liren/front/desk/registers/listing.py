"""The entries of one register, with the keeper's tools: what is stale, what is closed, which units have none."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.kernel.errors import NotAllowed
from liren.foundation.kernel.reply import show
from liren.foundation.people.models.reach import inside
from liren.foundation.registers import queries
from liren.foundation.registers.models import Entry, Register
from liren.foundation.registers.queries.overviews import KINDS
from liren.foundation.territory.models import Unit
from liren.front.desk.fields import DeskForm, TextField, UnitField
from liren.front.desk.gate import actor_of, desk
from liren.front.desk.registers.about import about
from liren.front.desk.registers.area import IMPORT, KEEP, Area, area_of, book_for
from liren.front.desk.registers.widgets import word
from liren.front.kit.pages import Page, keyset, listed

OPEN, STALE, CLOSED, MISSING = "", "stale", "closed", "missing"
STATES = [
    (OPEN, gettext_lazy("On the register")),
    (STALE, gettext_lazy("To be reviewed")),
    (CLOSED, gettext_lazy("Closed")),
    (MISSING, gettext_lazy("Units without an entry")),
]
FILTERED = ("choice", "choices", "yes_no")


class ListFilter(DeskForm):
    """Which entries; by default those of my own unit."""

    unit = UnitField(label=gettext_lazy("In the unit"), required=False, help_text="")
    q = TextField(label=gettext_lazy("Name, words or number"), max_length=60, required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), choices=STATES, required=False)

    def __init__(self, data: Any, *, book: Register, area: Area, actor: Any) -> None:
        super().__init__(_with_my_unit(data, area.of(book)), actor=actor)
        self.book, self.area = book, area
        if book.spec.expected is None:
            self.fields["state"].choices = STATES[:-1]  # type: ignore[attr-defined]  # a ChoiceField
        for one in book.spec.list_fields:
            if one.kind in FILTERED:
                choices = [("", "—"), *_choices(one)]
                self.fields[one.code] = forms.ChoiceField(label=word(one.name), choices=choices, required=False)

    def chosen(self) -> dict[str, Any]:
        """What was chosen, for the queries; whatever can't be chosen counts as not chosen."""
        data = self.cleaned_data if self.is_bound and self.is_valid() else getattr(self, "cleaned_data", {})
        codes = [one.code for one in self.book.spec.list_fields]
        filters = {code: data[code] for code in codes if data.get(code)}
        return {"unit": data.get("unit"), "q": data.get("q", ""), "filters": filters}

    @property
    def picked(self) -> str:
        self.is_valid()
        return str(self.cleaned_data.get("state", ""))


def _with_my_unit(data: Any, units: tuple[Unit, ...]) -> Any:
    """The address as it is, with my unit where it names none; an empty one means everywhere."""
    if "unit" in data or len(units) != 1:
        return data
    filled = data.copy()
    filled["unit"] = units[0].code
    return filled


def _choices(field: Any) -> list[tuple[str, Any]]:
    if field.kind == "yes_no":
        return [("true", _("yes")), ("false", _("no"))]
    return [(one.code, word(one.name)) for one in field.choices]


@desk(KEEP)
def register_list(request: HttpRequest, code: str) -> HttpResponseBase:
    book, area = book_for(request, code)
    chosen = ListFilter(request.GET, book=book, area=area, actor=actor_of(request))
    context = about(book, title=book.name, filter=chosen, state=chosen.picked)
    context["may_import"] = area_of(actor_of(request), IMPORT).keeps(book)
    context["export"] = f"{reverse('desk-register-export', args=[code])}?{_kept(request)}"
    context |= {"columns": [word(one.name) for one in book.spec.list_fields], "page": page_of(request, chosen)}
    context["unit"] = chosen.chosen()["unit"]
    return show(request, "desk/registers/list.html", "", context)


def _kept(request: HttpRequest) -> str:
    kept = request.GET.copy()
    kept.pop("after", None)
    return kept.urlencode()


def page_of(request: HttpRequest, chosen: ListFilter) -> Page[Any]:
    if chosen.picked == MISSING:
        return keyset(request, without_entry(chosen), key="code")
    if chosen.picked == STALE:
        return _stale(request, chosen)
    closed, facts = chosen.picked == CLOSED, chosen.chosen()

    def fetch(after: Any, limit: int) -> list[Any]:
        return queries.entries(chosen.book, chosen.actor, closed=closed, after=after, limit=limit, **facts).rows

    return listed(request, fetch, lambda row: (row.entry.pinyin, row.entry.pk), shape="tn")


def _stale(request: HttpRequest, chosen: ListFilter) -> Page[Any]:
    """Those that nobody has reviewed in time, the longest unreviewed first; the other filters rest meanwhile."""
    unit = chosen.chosen()["unit"]

    def fetch(after: Any, limit: int) -> list[Any]:
        key = _day_key(after)
        return queries.stale(chosen.book, chosen.actor, unit=unit, after=key, limit=limit)

    return listed(request, fetch, lambda row: (row.entry.reviewed_on.isoformat(), row.entry.pk), shape="tn")


def _day_key(after: Any) -> tuple[dt.date, int] | None:
    try:
        return (dt.date.fromisoformat(after[0]), after[1]) if after else None
    except ValueError:
        return None


def without_entry(chosen: ListFilter) -> QuerySet[Unit]:
    """Units of my area that should have an entry of this register and have none."""
    unit, level, today = chosen.chosen()["unit"], chosen.book.spec.expected, timezone.localdate()
    if level is None:
        return Unit.objects.none()
    rank, of = level
    units = Unit.objects.existing_on(today).filter(inside(chosen.area.paths, "path"), level=rank)
    units = units.filter(kind__in=KINDS[of]) if of in KINDS else units
    units = units.inside(unit) if unit else units
    there = Entry.objects.visible_in(chosen.book, chosen.actor).open_on(today)
    return units.filter(~Exists(there.filter(unit=OuterRef("pk")))).select_related("parent")


@desk(KEEP)
def register_export(request: HttpRequest, code: str) -> HttpResponseBase:
    """The list as a table that the import takes back: change it in a spreadsheet and bring it in again."""
    book, area = book_for(request, code)
    if book.spec.visible == "sealed":
        raise NotAllowed(_("What is sealed is read entry by entry, and never leaves in a file."))
    chosen = ListFilter(request.GET, book=book, area=area, actor=actor_of(request))
    choice = queries.Choice(**chosen.chosen(), closed=chosen.picked == CLOSED)
    lines = queries.csv_export(book, actor_of(request), choice)
    reply = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    reply["Content-Disposition"] = f'attachment; filename="{book.code}.csv"'
    return reply
