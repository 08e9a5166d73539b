"""The queue: what waits at my desk, filtered, page by page; and the same as a table, a sheet of paper, a map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from liren.foundation.kernel.reply import done, show
from liren.front.desk.cases import words
from liren.front.desk.export import LIMIT, csv_reply
from liren.front.desk.fields import DeskForm, TextField, UnitField
from liren.front.desk.gate import desk
from liren.front.kit.pages import Page, listed
from liren.front.kit.suggesting import top
from liren.service.cases import queries, services
from liren.service.cases.models import DeclaredType, types
from liren.service.cases.queries import Row

PAGE = "desk/cases/{}.html"
SIZE, ON_MAP, ON_PAPER, STEP = 30, 200, 200, 200
#: So many parts of a list are searched for a sheet or a map.
LOOKS = 5
#: What stands in a key for "it has no due moment".
STANDING = "-"


class QueueForm(DeskForm):
    """Which cases. What can't be chosen counts as not chosen."""

    q = TextField(label=gettext_lazy("Number, or words"), max_length=60, required=False)
    type = forms.ChoiceField(label=pgettext_lazy("case", "What"), required=False)
    category = forms.ChoiceField(label=gettext_lazy("Kind of matter"), required=False)
    severity = forms.ChoiceField(label=gettext_lazy("Urgency"), required=False)
    unit = UnitField(label=pgettext_lazy("case", "In the place"), required=False, help_text="")
    view = forms.ChoiceField(choices=list(words.VIEWS.items()), required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, actor: Any) -> None:
        super().__init__(data, actor=actor)
        self.types = types()
        every = [("", pgettext_lazy("filter", "Any"))]
        self.fields["type"].choices = [*every, *((one.code, one.name) for one in self.types)]  # type: ignore[attr-defined]
        self.fields["severity"].choices = [*every, *words.SEVERITIES.items()]  # type: ignore[attr-defined]
        chosen = next((one for one in self.types if one.code == self.data.get("type")), None)
        if chosen is None or not chosen.spec.categories:
            del self.fields["category"]
        else:
            named = [(one.code, one.name.text(words.language())) for one in chosen.spec.categories]
            self.fields["category"].choices = [*every, *named]  # type: ignore[attr-defined]  # a choice field

    @property
    def asked(self) -> Asked:
        self.is_valid()
        data = self.cleaned_data
        kind = next((one for one in self.types if one.code == data.get("type")), None)
        facts = {name: data.get(name) or "" for name in ("category", "severity")}
        return Asked(self.actor, data.get("view") or "unit", data.get("unit"), kind, **facts, q=data.get("q") or "")


@dataclass(frozen=True)
class Asked:
    """What was asked of the queue, and by whom."""

    actor: Any
    view: str
    unit: Any
    kind: DeclaredType | None
    category: str
    severity: str
    q: str

    def rows(self, after: Any, limit: int) -> queries.Page:
        """Rows behind a key, the most urgent first."""
        kind = self.kind.pk if self.kind else None
        facts = {"unit": self.unit, "type": kind, "category": self.category, "severity": self.severity}
        return queries.desk_list(self.actor, view=self.view, words=self.q, after=after, limit=limit, **facts)

    def open_rows(self, most: int) -> Iterator[Row]:
        """Rows that may leave the desk in a file: none that is sealed."""
        return (row for page in self.pages(most) for row in unsealed(page))

    def first_rows(self, most: int) -> tuple[list[Row], bool]:
        """The same for a sheet or a map, and whether the list goes on behind them. Where words are frequent, so many
        parts of the list are searched and no more: nobody waits for paper while a whole city is gone through."""
        pages = list(islice(self.pages(most), LOOKS))
        return [row for page in pages for row in unsealed(page)], pages[-1].after is not None

    def pages(self, most: int) -> Iterator[queries.Page]:
        """Page by page until there are so many rows, or no more."""
        after: Any = None
        while most > 0:
            page = self.rows(after, min(STEP, most))
            yield page
            most, after = most - len(page.rows), page.after
            if after is None:
                return


def unsealed(page: queries.Page) -> list[Row]:
    """What is sealed stays on the screen of whoever works on it."""
    return [row for row in page.rows if row.case.confidentiality != "sealed"]


def _key(after: Any) -> tuple[datetime | None, int] | None:
    """Where the next page begins; None for what is no key of ours."""
    if not after:
        return None
    if after[0] == STANDING:
        return (None, after[1])
    try:
        moment = datetime.fromisoformat(after[0])
    except ValueError:
        return None
    return (moment, after[1]) if timezone.is_aware(moment) else None


def _key_of(asked: Asked, row: Row) -> tuple[str, int]:
    return _said(None if asked.view == "closed" else row.case.due_at, row.case.pk)


def _said(due: datetime | None, pk: int) -> tuple[str, int]:
    return (due.isoformat() if due else STANDING, pk)


def page_of(request: HttpRequest, asked: Asked) -> Page[Row]:
    ends: list[Any] = []

    def fetch(after: Any, limit: int) -> list[Row]:
        page = asked.rows(_key(after), limit)
        ends.append(page.after)
        return page.rows

    def beyond() -> tuple[str, int] | None:
        return _said(*ends[-1]) if ends[-1] else None

    return listed(request, fetch, lambda row: _key_of(asked, row), shape="tn", size=SIZE, beyond=beyond)


def kept(request: HttpRequest, *dropped: str, **changes: str) -> str:
    """The filter of this page as a query string, with changes; where one was in the list does not travel."""
    found = request.GET.copy()
    for name in ("after", *dropped):
        found.pop(name, None)
    for name, value in changes.items():
        found[name] = value
    return found.urlencode()


@desk("cases.move")
def queue(request: HttpRequest) -> HttpResponseBase:
    actor = words.enter(request, words.DESK)
    form = QueueForm(request.GET, actor=actor)
    asked = form.asked
    page, on_map = page_of(request, asked), "map" in request.GET
    context = {"title": _("Cases"), "filter": form, "view": asked.view, "page": page, "listed": kept(request, "map")}
    context |= {"tabs": [(code, name, kept(request, view=code)) for code, name in words.VIEWS.items()]}
    context |= {"saved": queries.saved_views(actor), "query": kept(request), "me": actor.pk, "now": timezone.now()}
    context |= {"goes_on": bool(page.next_query) and len(page) < SIZE}
    context |= {"is_narrowed": any((asked.q, asked.kind, asked.severity, asked.unit)), "map": on_map}
    context |= {"on_map": ON_MAP, "in_file": f"{LIMIT:,}"}
    context |= {"ground": ground_of(asked, page) if on_map else ""}
    return show(request, PAGE.format("queue"), "", context | {"also": words.also(actor)})


def ground_of(asked: Asked, page: Page[Row]) -> str:
    """Code of the unit whose outline lies under the points: the one that was asked for, or where all of them are."""
    units = {row.case.unit_id: row.case.unit for row in page.rows}
    unit = asked.unit or (next(iter(units.values())) if len(units) == 1 else top())
    return str(unit.code) if unit else ""


@desk("cases.move")
def queue_csv(request: HttpRequest) -> HttpResponseBase:
    asked = QueueForm(request.GET, actor=words.enter(request, words.DESK)).asked
    header = [_("Number"), _("What"), _("Kind of matter"), _("Urgency"), _("State"), _("Unit"), _("Body")]
    header += [_("Received"), _("Due"), _("Handed on"), _("Level above"), _("Joined")]
    return csv_reply("cases", header, (_line(row) for row in asked.open_rows(LIMIT)))


def _line(row: Row) -> list[Any]:
    case = row.case
    due = timezone.localtime(case.due_at).strftime("%Y-%m-%d %H:%M") if case.due_at else ""
    received = timezone.localtime(case.received_at).strftime("%Y-%m-%d %H:%M")
    what = [case.number, row.type_words, row.category_words, words.SEVERITIES[case.severity], row.state_words]
    return [*what, case.unit.name, case.body.name if case.body else "", received, due, case.hops, case.level,
            case.followers]  # fmt: skip


@desk("cases.move")
def queue_print(request: HttpRequest) -> HttpResponseBase:
    asked = QueueForm(request.GET, actor=words.enter(request, words.DESK)).asked
    rows, goes_on = asked.first_rows(ON_PAPER)
    context = {"title": words.VIEWS[asked.view], "rows": rows, "now": timezone.now(), "goes_on": goes_on}
    return show(request, PAGE.format("print"), "", context | {"back": f"{reverse('desk-cases')}?{kept(request)}"})


@desk("cases.move")
def queue_map(request: HttpRequest) -> HttpResponseBase:
    """The same cases that have a place, where they are (GeoJSON, RFC 7946)."""
    asked = QueueForm(request.GET, actor=words.enter(request, words.DESK)).asked
    features = [_feature(row) for row in asked.first_rows(ON_MAP)[0] if row.case.lon is not None]
    return JsonResponse({"type": "FeatureCollection", "features": features}, content_type="application/geo+json")


def _feature(row: Row) -> dict[str, Any]:
    case = row.case
    facts = {"code": case.number, "name": row.category_words or row.type_words, "url": words.home_of(case.number)}
    place = {"type": "Point", "coordinates": [case.lon, case.lat]}
    return {"type": "Feature", "geometry": place, "properties": facts}


class ViewForm(forms.Form):
    """The name of a view, and the filter that it keeps."""

    name = TextField(label=gettext_lazy("Name of this view"), max_length=40)
    query = TextField(max_length=500, required=False, widget=forms.HiddenInput)


@desk("cases.move", "POST")
def view_save(request: HttpRequest) -> HttpResponseBase:
    actor, form = words.enter(request, words.DESK), ViewForm(request.POST)
    query = form.data.get("query", "")[:500]
    if form.is_valid():
        services.save_view(form.cleaned_data["name"], query=query, by=actor, at=timezone.now())
    message = _("The view is kept.") if form.is_valid() else _("Give the view a name.")
    return done(request, "", "", {}, to=f"{reverse('desk-cases')}?{_safe(query)}", message=message)


def _safe(query: str) -> str:
    """Only a query string of ours: nothing that would begin another address."""
    return "".join(sign for sign in query if sign.isprintable() and sign not in "#\\")


@desk("cases.move", "POST")
def view_drop(request: HttpRequest, pk: int) -> HttpResponseBase:
    services.drop_view(pk, by=words.enter(request, words.DESK), at=timezone.now())
    return done(request, "", "", {}, to=reverse("desk-cases"), message=_("The view is dropped."))
