"""New estates: what a planned one lacks around it and owes itself, phase by phase; kept, and laid out for print."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.development.lifecircle import queries, services
from liren.development.lifecircle.models import EstateCheck, Run
from liren.development.lifecircle.services import Phase, Plan
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.reply import done, show
from liren.front.desk.gate import FORM, actor_of, desk
from liren.front.desk.lifecircle.place import ACTION, NUMBER, Place, place_for
from liren.front.desk.lifecircle.whatif import categories
from liren.front.desk.refusals import accepted
from liren.front.kit import circles
from liren.front.kit.estates import told
from liren.front.kit.pages import Page, listed
from liren.front.kit.templatetags.kit import plain_name

PAGE = "desk/lifecircle/estates.html"
#: Rows for phases in the form; a single phase needs none of them.
PHASES, SIZE = 4, 20
MONTH = r"[0-9]{4}-[0-9]{2}"


class EstateForm(forms.Form):
    """A planned estate: where, how many households, how much service area, in which phases."""

    entry = forms.ChoiceField(label=gettext_lazy("From the register"), required=False)
    name = forms.CharField(label=gettext_lazy("Name of the estate"), max_length=100, required=False)
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Of a compound or facility on record; or point at the map."),
    )
    lon = forms.FloatField(label=gettext_lazy("Longitude"), min_value=-180, max_value=180, required=False)
    lat = forms.FloatField(label=gettext_lazy("Latitude"), min_value=-90, max_value=90, required=False)
    households = forms.IntegerField(label=gettext_lazy("Households"), min_value=1, max_value=200_000)
    people = forms.IntegerField(label=gettext_lazy("Planned population"), min_value=1, max_value=1_000_000)
    area = forms.IntegerField(
        label=gettext_lazy("Planned area of service facilities (m²)"), min_value=0, max_value=10_000_000
    )
    own = forms.MultipleChoiceField(
        label=gettext_lazy("Services that the estate builds itself"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, run: Run, entries: list[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.entries = {str(one.number): one for one in entries}
        choices = [("", _("None: a plan that is not in the register yet"))]
        choices += [(str(one.number), plain_name(one)) for one in entries]
        self.fields["entry"].choices = choices  # type: ignore[attr-defined]  # a choice field
        self.fields["entry"].needed = True  # type: ignore[attr-defined]  # "none" is a choice like the others
        self.fields["own"].choices = categories(run)  # type: ignore[attr-defined]  # a choice field
        self.run = run
        for number in range(1, PHASES + 1):
            self.fields |= phase_fields(number)

    def phases_in_rows(self) -> list[list[Any]]:
        """The fields of the phases, row by row."""
        return [[self[f"{name}_{number}"] for name in PHASE] for number in range(1, PHASES + 1)]

    def clean(self) -> dict[str, Any]:
        """A place is pointed at, named, or that of the entry; a name is typed or that of the entry."""
        found = super().clean() or {}
        entry = self.entries.get(found.get("entry") or "")
        if not found.get("name") and entry is None and "name" not in self.errors:
            self.add_error("name", _("Give the estate a name."))
        if entry is None and None in (found.get("lon"), found.get("lat")):
            self._find(found)
        return found

    def _find(self, found: dict[str, Any]) -> None:
        if not found.get("address"):
            self.add_error("address", _("Say where: point at the map, or write an address."))
            return
        try:
            found["lon"], found["lat"] = queries.place_named(self.run, found["address"])
        except BadInput as error:
            self.add_error("address", f"{error.message} {error.next_step}".strip())

    def plan(self) -> Plan:
        """What was entered, as the service takes it; an entry gives its name, and its place."""
        asked = self.cleaned_data
        entry = self.entries.get(asked["entry"])
        spot = (asked.get("lon"), asked.get("lat"))
        if entry is not None and None in spot:
            spot = (entry.lon, entry.lat)
        return Plan(
            name=asked["name"] or (plain_name(entry)[:100] if entry is not None else ""),
            lon=float(spot[0] or 0.0),
            lat=float(spot[1] or 0.0),
            households=asked["households"],
            people=asked["people"],
            phases=self.phases(asked),
            own=tuple(asked["own"]),
            register_number=None if entry is None else entry.number,
        )

    def phases(self, asked: dict[str, Any]) -> tuple[Phase, ...]:
        """The phases with households; all at once where none has any."""
        rows = [[asked.get(f"{name}_{number}") for name in PHASE] for number in range(1, PHASES + 1)]
        made = [Phase(row[0], row[1] or 0, row[2] or "", row[3] or "") for row in rows if row[0]]
        return tuple(made) or (Phase(asked["households"], asked["area"]),)


PHASE = ("households", "area", "starts", "ends")


def phase_fields(number: int) -> dict[str, forms.Field]:
    """The fields of one phase; those of a single one stay empty."""
    words = {
        "households": _("Phase %(n)d: households"),
        "area": _("Phase %(n)d: service area (m²)"),
        "starts": _("Phase %(n)d: work begins"),
        "ends": _("Phase %(n)d: handed over"),
    }
    labels = {name: text % {"n": number} for name, text in words.items()}
    month = forms.TextInput(attrs={"type": "month", "pattern": MONTH, "placeholder": "2027-03"})
    return {
        f"households_{number}": forms.IntegerField(label=labels["households"], min_value=0, required=False),
        f"area_{number}": forms.IntegerField(label=labels["area"], min_value=0, required=False),
        f"starts_{number}": forms.RegexField(MONTH, label=labels["starts"], required=False, widget=month),
        f"ends_{number}": forms.RegexField(MONTH, label=labels["ends"], required=False, widget=month),
    }


@desk(ACTION, *FORM)
def estates(request: HttpRequest, code: str) -> HttpResponseBase:
    place, posted = place_for(request, code), request.method == "POST"
    if not posted and request.GET.get("check"):
        return estate(request, place)
    context = place.context(title=_("New estates"), **listed_checks(request, place))
    if place.run is None or not place.may_ask:
        return show(request, PAGE, "", context, status=422 if posted else 200)
    form = form_for(request, place, place.run)
    made: list[EstateCheck] = []
    if form.is_valid() and accepted(form, lambda: made.append(checked(request, form))):
        to = f"{reverse('desk-circle-estates', args=[code])}?check={made[0].pk}"
        return done(request, PAGE, "", {}, to=to)
    return show(request, PAGE, "", context | drawn(place, form), status=422 if posted else 200)


def form_for(request: HttpRequest, place: Place, run: Run) -> EstateForm:
    """The form as it was sent; empty, or filled from the entry of ``?entry=``, when it is opened."""
    entries = queries.planned_entries(place.unit)
    if request.method == "POST":
        return EstateForm(request.POST, run=run, entries=entries)
    chosen = next((one for one in entries if str(one.number) == request.GET.get("entry", "")), None)
    return EstateForm(run=run, entries=entries, initial=initial_of(chosen))


def initial_of(entry: Any) -> dict[str, Any]:
    """What the register says of a planned estate already."""
    if entry is None:
        return {}
    own = ["nursery"] if entry.values.get("childcare_facility") is True else []
    return {
        "entry": entry.number,
        "name": plain_name(entry),
        "people": entry.values.get("planned_people"),
        "households": entry.values.get("planned_households"),
        "area": int(float(entry.values.get("service_area_planned") or 0)),
        "lon": entry.lon,
        "lat": entry.lat,
        "own": own,
    }


def checked(request: HttpRequest, form: EstateForm) -> EstateCheck:
    return services.check_estate(form.run, form.plan(), by=actor_of(request), at=timezone.now())


def drawn(place: Place, form: EstateForm) -> dict[str, Any]:
    return {
        "form": form,
        "entries": list(form.entries.values()),
        "map_url": reverse("desk-circle-map", args=[place.unit.code]) + place.query,
        "ground_url": reverse("unit-geo", args=[place.unit.code]),
        "legend": circles.legend(),
    }


def listed_checks(request: HttpRequest, place: Place) -> dict[str, Any]:
    """The checks so far, the newest first."""

    def fetch(after: Any, limit: int) -> list[EstateCheck]:
        return queries.estates(place.unit, actor=actor_of(request), after=after[0] if after else 0, limit=limit)

    page: Page[Any] = listed(request, fetch, lambda one: (one.pk,), shape="n", size=SIZE)
    return {"page": page}


def estate(request: HttpRequest, place: Place) -> HttpResponseBase:
    """The check of ``?check=``; 404 where there is none here that the planner sees."""
    number = request.GET.get("check", "")
    pk = int(number) if NUMBER.fullmatch(number) else 0
    found = queries.estate_of(place.unit, pk, actor=actor_of(request))
    if found is None:
        raise Http404
    context = place.context(title=found.name, **told(found))
    return show(request, "desk/lifecircle/estate.html", "", context)
