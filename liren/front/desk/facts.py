"""Facts recorded about one unit, all in one way: a form above, what was recorded before below."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.kernel.reply import done, show
from liren.foundation.territory import queries, services
from liren.foundation.territory.models import (
    GridProfile,
    Management,
    ManagementForm,
    Occupancy,
    Population,
    ServiceContact,
    Street,
    StreetChief,
    Unit,
)
from liren.front.desk.fields import CountField, DayField, DeskForm, LongTextField, TextField
from liren.front.desk.gate import FORM, View, actor_of, desk, unit_for
from liren.front.desk.refusals import accepted

PAGE = "desk/fact.html"
#: Lines of earlier entries; a unit's whole story is on its page for residents.
EARLIER = 50
Table = tuple[list[Any], list[list[Any]]]


@dataclass(frozen=True)
class Link:
    """A cell of a table that leads to what can be done with its row."""

    url: str
    words: str


class FactForm(DeskForm):
    """A form about a unit. ``facts`` is what the service wants to be told."""

    def __init__(self, *args: Any, unit: Unit, **options: Any) -> None:
        super().__init__(*args, **options)
        self.unit = unit

    def facts(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


@dataclass(frozen=True)
class Fact:
    """One kind of fact: words, the action that guards it, form, service, and the table of what was recorded before."""

    title: Promise
    lede: Promise
    action: str
    form: type[FactForm]
    save: Callable[..., Any]
    earlier: Callable[[Unit], Table]
    url_name: str


def page(fact: Fact) -> View:
    """The view of one kind of fact."""

    @desk(fact.action, *FORM)
    def view(request: HttpRequest, code: str) -> HttpResponseBase:
        unit = unit_for(request, code, fact.action)
        form = fact.form(request.POST if request.method == "POST" else None, unit=unit, actor=actor_of(request))
        if form.is_valid() and accepted(form, lambda: _save(fact, form, unit)):
            return done(request, PAGE, "", {}, to=reverse(fact.url_name, args=[code]), message=_("It is recorded."))
        head, rows = fact.earlier(unit)
        context = {"title": fact.title, "lede": fact.lede, "unit": unit, "chain": queries.chain(unit), "form": form}
        context |= {"head": head, "rows": rows, "button": _("Record"), "back": reverse("desk-unit", args=[code])}
        return show(request, PAGE, "", context, status=422 if form.is_bound else 200)

    return view


def _save(fact: Fact, form: FactForm, unit: Unit) -> None:
    fact.save(unit.pk, by=form.actor, at=timezone.now(), **form.facts())


def first_day(during: Any) -> Any:
    return during.lower


def last_day(during: Any) -> Any:
    """The last day of a dated entry; None while it has no end."""
    return None if during.upper is None else during.upper - timedelta(days=1)


# --- counts of people (R033) ---


class PopulationForm(FactForm):
    """Counts of a year, official figures or returns; never persons."""

    year = CountField(label=gettext_lazy("Year"), min_value=1949, max_value=2100)
    households = CountField(label=gettext_lazy("Permanent households"), required=False)
    residents = CountField(label=gettext_lazy("Permanent residents"), required=False)
    urban_residents = CountField(label=gettext_lazy("Urban permanent residents"), required=False)
    source = TextField(label=gettext_lazy("Source"), max_length=300)
    published_on = DayField(label=gettext_lazy("Published on"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        counts = [data.get(name) for name in ("households", "residents", "urban_residents")]
        if counts == [None, None, None]:
            self.add_error(None, _("Enter at least one count."))
        if None not in counts[1:] and counts[2] > counts[1]:  # type: ignore[operator]  # both are numbers here
            self.add_error("urban_residents", _("Urban residents are a part of all residents; they can't be more."))
        return data


def populations(unit: Unit) -> Table:
    head = [
        _("Year"),
        _("Revision"),
        _("Households"),
        _("Residents"),
        _("Urban residents"),
        _("Source"),
        _("Published on"),
    ]
    rows = Population.objects.filter(unit=unit).order_by("-year", "-revision")[:EARLIER]
    return head, [
        [str(row.year), row.revision, row.households, row.residents, row.urban_residents, row.source, row.published_on]
        for row in rows
    ]


# --- grids and service contacts (R028, R029) ---


class GridForm(FactForm):
    """What a grid works with, so that one grid serves all departments."""

    effective_on = DayField(label=gettext_lazy("From"))
    systems = LongTextField(label=gettext_lazy("Information systems used"), help_text=gettext_lazy("One on each line."))
    rules = TextField(
        label=gettext_lazy("Rules"),
        max_length=500,
        help_text=gettext_lazy("Document or address where the rules stand."),
    )
    rules_url = forms.URLField(
        label=gettext_lazy("Address of the rules"), max_length=500, required=False, assume_scheme="https"
    )
    extent = LongTextField(label=gettext_lazy("Extent in words"), required=False)

    def clean_systems(self) -> list[str]:
        names = [line.strip() for line in self.cleaned_data["systems"].splitlines() if line.strip()]
        if len(names) > 20 or any(len(name) > 100 for name in names):
            raise forms.ValidationError(_("At most 20 systems, each with at most 100 characters."))
        return names


def profiles(unit: Unit) -> Table:
    head = [_("From"), _("Last day"), _("Systems"), _("Rules")]
    rows = GridProfile.objects.filter(unit=unit).order_by("-during")[:EARLIER]
    return head, [[first_day(row.during), last_day(row.during), ", ".join(row.systems), row.rules] for row in rows]


class ServiceContactForm(FactForm):
    """Whom to ask: a post, a public name, an office telephone."""

    effective_on = DayField(label=gettext_lazy("From"))
    post = TextField(label=gettext_lazy("Post"), max_length=100)
    name = TextField(label=gettext_lazy("Name"), max_length=100)
    telephone = TextField(label=gettext_lazy("Office telephone"), max_length=30, required=False)


def service_contacts(unit: Unit) -> Table:
    head = [_("From"), _("Last day"), _("Post"), _("Name"), _("Office telephone")]
    rows = ServiceContact.objects.filter(unit=unit).order_by("-during")[:EARLIER]
    return head, [[first_day(row.during), last_day(row.during), row.post, row.name, row.telephone] for row in rows]


# --- compounds (R027, R032) ---


class OccupancyForm(FactForm):
    """How many homes are lived in."""

    measured_on = DayField(label=gettext_lazy("Measured on"))
    homes_planned = CountField(label=gettext_lazy("Homes planned"), min_value=1)
    homes_occupied = CountField(label=gettext_lazy("Homes lived in"))
    source = TextField(label=gettext_lazy("Source"), max_length=300)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        planned, occupied = data.get("homes_planned"), data.get("homes_occupied")
        if planned is not None and occupied is not None and occupied > planned:
            self.add_error("homes_occupied", _("There can't be more homes lived in than planned."))
        return data


def occupancies(unit: Unit) -> Table:
    head = [_("Measured on"), _("Homes planned"), _("Homes lived in"), _("Percent"), _("Source")]
    rows = Occupancy.objects.filter(unit=unit).order_by("-measured_on", "-pk")[:EARLIER]
    return head, [[row.measured_on, row.homes_planned, row.homes_occupied, row.percent, row.source] for row in rows]


class ManagementFactForm(FactForm):
    """How a compound is managed, and by whom."""

    effective_on = DayField(label=gettext_lazy("From"))
    form = forms.ChoiceField(label=gettext_lazy("Form of management"), choices=ManagementForm.choices)
    manager = TextField(label=gettext_lazy("Managed by"), required=False)
    source = TextField(label=gettext_lazy("Source"), max_length=300)


def managements(unit: Unit) -> Table:
    head = [_("From"), _("Last day"), _("Form of management"), _("Managed by"), _("Source")]
    rows = Management.objects.filter(unit=unit).order_by("-during")[:EARLIER]
    return head, [
        [first_day(row.during), last_day(row.during), row.get_form_display(), row.manager, row.source] for row in rows
    ]


# --- streets (R034) ---


class StreetForm(FactForm):
    """A street or lane in the care of the unit."""

    name_zh = TextField(label=gettext_lazy("Chinese name"), max_length=100)
    name_en = TextField(label=gettext_lazy("English name"), max_length=200, required=False)
    start = TextField(label=gettext_lazy("Starts at"), required=False)
    end = TextField(label=gettext_lazy("Ends at"), required=False)
    length_m = CountField(label=gettext_lazy("Length in metres"), min_value=1, max_value=500_000)
    opened_on = DayField(label=gettext_lazy("Exists since"))


class ChiefForm(FactForm):
    """Who answers for a street: a post, published on the spot and online."""

    street = forms.ModelChoiceField(label=gettext_lazy("Street or lane"), queryset=Street.objects.none())
    effective_on = DayField(label=gettext_lazy("From"))
    post = TextField(label=gettext_lazy("Post"), max_length=100)
    name = TextField(label=gettext_lazy("Name"), max_length=100)
    telephone = TextField(label=gettext_lazy("Office telephone"), max_length=30)
    duties = LongTextField(label=gettext_lazy("Duties"))
    sign_place = TextField(label=gettext_lazy("Where the sign stands"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        streets = Street.objects.filter(unit=self.unit, closed_on=None).order_by("pinyin", "pk")
        self.fields["street"].queryset = streets  # type: ignore[attr-defined]  # a ModelChoiceField


def streets(unit: Unit) -> Table:
    head = [_("Name"), _("Starts at"), _("Ends at"), _("Length in metres"), _("Exists since"), _("Next step")]
    rows = Street.objects.filter(unit=unit, closed_on=None).order_by("pinyin", "pk")[:EARLIER]
    return head, [[row.name, row.start, row.end, row.length_m, row.opened_on, _closing(row)] for row in rows]


def _closing(street: Street) -> Link:
    return Link(reverse("desk-street-close", args=[street.pk]), _("Close %(name)s") % {"name": street.name})


def chiefs(unit: Unit) -> Table:
    head = [_("Street or lane"), _("From"), _("Last day"), _("Post"), _("Name"), _("Office telephone")]
    rows = StreetChief.objects.filter(street__unit=unit).select_related("street").order_by("-during")[:EARLIER]
    return head, [
        [row.street.name, first_day(row.during), last_day(row.during), row.post, row.name, row.telephone]
        for row in rows
    ]


population = page(
    Fact(
        gettext_lazy("Counts of households and residents"),
        gettext_lazy(
            "Only counts, from official statistics or the community's return. A later figure is a new revision."
        ),
        "territory.population",
        PopulationForm,
        services.record_population,
        populations,
        "desk-population",
    )
)
grid = page(
    Fact(
        gettext_lazy("Grid profile"),
        gettext_lazy("One grid serves all departments: which systems and which rules it works with."),
        "territory.grid",
        GridForm,
        services.describe_grid,
        profiles,
        "desk-grid",
    )
)
service_contact = page(
    Fact(
        gettext_lazy("Service contact"),
        gettext_lazy("Whom residents ask. A post, a public name and an office telephone; it is published."),
        "territory.grid",
        ServiceContactForm,
        lambda pk, **facts: services.name_service_contact(unit_id=pk, **facts),
        service_contacts,
        "desk-service-contact",
    )
)
occupancy = page(
    Fact(
        gettext_lazy("Occupancy"),
        gettext_lazy("How many homes of the compound are planned and lived in."),
        "territory.compound",
        OccupancyForm,
        services.record_occupancy,
        occupancies,
        "desk-occupancy",
    )
)
management = page(
    Fact(
        gettext_lazy("Management of the compound"),
        gettext_lazy("Who manages the compound, and in which form."),
        "territory.compound",
        ManagementFactForm,
        services.record_management,
        managements,
        "desk-management",
    )
)
street = page(
    Fact(
        gettext_lazy("Streets and lanes"),
        gettext_lazy("Streets and lanes in the care of this unit."),
        "territory.street",
        StreetForm,
        services.register_street,
        streets,
        "desk-streets",
    )
)
chief = page(
    Fact(
        gettext_lazy("Street chiefs"),
        gettext_lazy(
            "Who answers for a street; published on a sign and online. Appointing another ends the office of the one"
            " before on that day."
        ),
        "territory.street",
        ChiefForm,
        lambda _pk, *, street, **facts: services.appoint_street_chief(street.pk, **facts),
        chiefs,
        "desk-street-chief",
    )
)
