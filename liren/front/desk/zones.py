"""Functional zones laid over the tree: found one, put units in and take them out, draw it, end it (R031)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.kernel.reply import done, show
from liren.foundation.territory import queries, services
from liren.foundation.territory.models import Boundary, Zone, ZoneKind
from liren.front.desk.boundary import boundary_page
from liren.front.desk.fields import DayField, DeskForm, TextField, UnitField
from liren.front.desk.gate import FORM, View, actor_of, desk, may
from liren.front.desk.refusals import accepted
from liren.front.kit.pages import Page, keyset, listed

ACTION, DRAW = "territory.zone", "territory.boundary"
PAGE = "desk/zone.html"
#: Units of a zone on one page.
UNITS = 50


class ZoneForm(DeskForm):
    """A new zone and the body that manages it."""

    name_zh = TextField(label=gettext_lazy("Chinese name"), max_length=100)
    name_en = TextField(label=gettext_lazy("English name"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=ZoneKind.choices)
    managing_body = TextField(label=gettext_lazy("Body that manages it"))
    slug = TextField(
        label=gettext_lazy("Short name in addresses"),
        max_length=60,
        help_text=gettext_lazy("Small letters, digits and hyphens, for example qingshui-park. It can't be changed."),
    )
    effective_on = DayField(label=gettext_lazy("From"))


class EndForm(DeskForm):
    """From which day the zone exists no more."""

    effective_on = DayField(label=gettext_lazy("First day without the zone"))

    def facts(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class TakeOutForm(DeskForm):
    """Which unit lies in the zone no longer."""

    unit = UnitField(label=gettext_lazy("Unit"))
    effective_on = DayField(label=gettext_lazy("First day outside the zone"))

    def facts(self) -> dict[str, Any]:
        facts = dict(self.cleaned_data)
        facts["unit_id"] = facts.pop("unit").pk
        return facts


class PutInForm(TakeOutForm):
    """Which unit lies in the zone, wholly or in part."""

    effective_on = DayField(label=gettext_lazy("From"))
    whole = forms.BooleanField(label=gettext_lazy("It lies wholly inside the zone"), required=False, initial=True)


@dataclass(frozen=True)
class Step:
    """One thing to do with a zone: its words, its form, its service, and what is said when it is done."""

    title: Promise
    lede: Promise
    button: Promise
    message: Promise
    form: type[EndForm] | type[TakeOutForm]
    save: Callable[..., Any]


def zone_for(request: HttpRequest, pk: int, action: str = ACTION) -> Zone:
    """The zone, for whoever may do this with zones at all. What is done with a unit in it, the service asks again."""
    zone: Zone = get_object_or_404(Zone, pk=pk)
    may(request, action, zone if action == DRAW else None)
    return zone


@desk(ACTION)
def zone_list(request: HttpRequest) -> HttpResponseBase:
    may(request, ACTION)
    context = {"title": _("Zones"), "page": keyset(request, Zone.objects.all(), key="slug")}
    return show(request, "desk/zones.html", "", context)


@desk(ACTION, *FORM)
def zone_create(request: HttpRequest) -> HttpResponseBase:
    may(request, ACTION)
    form = ZoneForm(request.POST if request.method == "POST" else None, actor=actor_of(request))
    if form.is_valid() and accepted(form, lambda: _create(form)):
        return done(request, "desk/form.html", "", {}, to="desk-zones", message=_("The zone is founded."))
    context = {"title": _("Found a zone"), "form": form, "button": _("Found the zone"), "back": reverse("desk-zones")}
    return show(request, "desk/form.html", "", context, status=422 if form.is_bound else 200)


def _create(form: ZoneForm) -> None:
    services.create_zone(**form.cleaned_data, by=form.actor, at=timezone.now())


@desk(ACTION)
def zone(request: HttpRequest, pk: int) -> HttpResponseBase:
    it = zone_for(request, pk)
    today = timezone.localdate()
    context = {"title": it.name, "zone": it, "page": _members(request, it), "exists": today in it.during}
    context["boundary"] = Boundary.objects.filter(zone=it, during__upper_inf=True).defer("wkb").first()
    context["may_draw"] = actor_of(request).holds(DRAW)
    return show(request, PAGE, "", context)


def _members(request: HttpRequest, zone: Zone) -> Page[Any]:
    """What lies in the zone today, page by page."""

    def fetch(after: Any, limit: int) -> list[Any]:
        return queries.zone_units(zone, timezone.localdate(), after=after[0] if after else 0, limit=limit)

    return listed(request, fetch, lambda row: (row.unit_id,), shape="n", size=UNITS)


def page(step: Step) -> View:
    """The view of one thing to do with a zone."""

    @desk(ACTION, *FORM)
    def view(request: HttpRequest, pk: int) -> HttpResponseBase:
        it, back = zone_for(request, pk), reverse("desk-zone", args=[pk])
        sent = request.POST if request.method == "POST" else None
        form = step.form(sent, initial={"unit": request.GET.get("unit", "")[:20]}, actor=actor_of(request))
        if form.is_valid() and accepted(form, lambda: _save(step, it, form)):
            return done(request, "desk/form.html", "", {}, to=back, message=str(step.message))
        context = {"title": step.title, "lede": step.lede, "form": form, "button": step.button, "back": back}
        return show(request, "desk/form.html", "", context, status=422 if form.is_bound else 200)

    return view


def _save(step: Step, zone: Zone, form: EndForm | TakeOutForm) -> None:
    step.save(zone.pk, by=form.actor, at=timezone.now(), **form.facts())


@desk(DRAW, *FORM)
def zone_boundary(request: HttpRequest, pk: int) -> HttpResponseBase:
    return boundary_page(request, zone_for(request, pk, DRAW))


zone_put = page(
    Step(
        gettext_lazy("Put a unit in the zone"),
        gettext_lazy("The unit stays where it is in the tree. Saying it again from a later day replaces the word."),
        gettext_lazy("Put in"),
        gettext_lazy("The unit lies in the zone."),
        PutInForm,
        services.put_in_zone,
    )
)
zone_take_out = page(
    Step(
        gettext_lazy("Take a unit out of the zone"),
        gettext_lazy("From that day on the unit no longer lies in the zone; that it did stays recorded."),
        gettext_lazy("Take out"),
        gettext_lazy("The unit is out of the zone."),
        TakeOutForm,
        services.take_out_of_zone,
    )
)
zone_close = page(
    Step(
        gettext_lazy("End the zone"),
        gettext_lazy("The zone ends, and no unit lies in it any more. Its record stays."),
        gettext_lazy("End"),
        gettext_lazy("The zone is ended."),
        EndForm,
        services.close_zone,
    )
)
