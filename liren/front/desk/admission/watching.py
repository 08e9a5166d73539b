"""Whoever watches: refusals counted by sender and what was told, inventories with their cuts, agreements by date."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.admission import queries, services
from liren.foundation.admission.models import Burden, Fate, Stock
from liren.foundation.bodies.models import Body
from liren.foundation.kernel.reply import show
from liren.foundation.kernel.rights import Actor
from liren.foundation.territory.models import Unit
from liren.front.desk.admission import reading
from liren.front.desk.admission.outside import seen
from liren.front.desk.admission.steps import Deed, GateForm
from liren.front.desk.body_forms import BodyField
from liren.front.desk.fields import DayField, DeskForm, LongTextField, TextField
from liren.front.desk.gate import actor_of, desk, may
from liren.front.desk.registers.area import area_of
from liren.front.kit.pages import keyset

#: Refusals are counted over so many days.
WINDOW = 365
BODIES = 50


@desk("signed_in")
def refusals(request: HttpRequest) -> HttpResponseBase:
    actor, now = actor_of(request), timezone.now()
    tallies = queries.counted_against(now - timedelta(days=WINDOW), now + timedelta(minutes=1))[:BODIES]
    names = Body.objects.select_related("unit").in_bulk([one.sender_id for one in tallies])
    page = keyset(request, queries.notices(actor), key="id", down=True)
    queries.parties(page.rows)
    context: dict[str, Any] = {"title": _("Refused by the gate"), "page": page}
    told_of = {one.report_id for one in page.rows if one.report_id}
    context["readable"] = set(seen(actor).filter(pk__in=told_of).values_list("pk", flat=True)) if told_of else set()
    context["tallies"] = [(names[one.sender_id], one) for one in tallies if one.sender_id in names]
    return show(request, "desk/admission/refusals.html", "", context)


# --- inventories ---


class InventoryFilter(DeskForm):
    stock = forms.ChoiceField(label=gettext_lazy("Inventory"), choices=Stock.choices, required=False)
    fate = forms.ChoiceField(
        label=gettext_lazy("State"), choices=[("", gettext_lazy("All")), *Fate.choices], required=False
    )

    @property
    def of(self) -> str:
        """The inventory asked for, else the first."""
        return (self.cleaned_data["stock"] if self.is_valid() else "") or Stock.ORGANISATION

    def rows(self) -> Any:
        found = reading.burdens(self.actor).filter(stock=self.of)
        fate = self.cleaned_data.get("fate") if self.is_valid() else ""
        return found.filter(fate=fate) if fate else found


@desk(reading.BURDEN)
def inventory(request: HttpRequest) -> HttpResponseBase:
    may(request, reading.BURDEN)
    actor = actor_of(request)
    chosen, area = InventoryFilter(request.GET, actor=actor), area_of(actor, reading.BURDEN).units
    page = keyset(request, chosen.rows(), key="id")
    context: dict[str, Any] = {"title": _("Inventories of what communities carry"), "filter": chosen, "page": page}
    context["areas"] = [(one, counted(one)) for one in area[:3]]
    context["stock"] = Stock(chosen.of).label
    return show(request, "desk/admission/inventory.html", "", context)


def counted(unit: Unit) -> list[queries.Cut]:
    """The cuts of a unit; none where nothing was counted yet, instead of a picture of noughts."""
    found = queries.cuts(unit)
    return found if any(one.base for one in found) else []


class CountForm(GateForm):
    """Something that communities of a unit have to carry."""

    stock = forms.ChoiceField(label=gettext_lazy("Inventory"), choices=Stock.choices)
    name_zh = TextField(label=gettext_lazy("Chinese name"), max_length=120)
    name_en = TextField(label=gettext_lazy("English name"), max_length=200, required=False)
    demanded_by = BodyField(label=gettext_lazy("Asked for by"), required=False)
    basis = TextField(label=gettext_lazy("Legal basis"), max_length=300, required=False)
    counted_on = DayField(label=gettext_lazy("Counted on"))

    def fit(self) -> None:
        self.initial.setdefault("counted_on", timezone.localdate())

    def facts(self) -> dict[str, Any]:
        facts = super().facts()
        body = facts.pop("demanded_by", None)
        return facts | {"demanded_by_id": body.pk if body else None}


class FateForm(GateForm):
    """What becomes of it, by which document."""

    fate = forms.ChoiceField(label=gettext_lazy("What becomes of it"), choices=Fate.choices, widget=forms.RadioSelect)
    effective_on = DayField(label=gettext_lazy("Effective on"))
    instrument = TextField(label=gettext_lazy("Document that orders it"), max_length=300)
    route_zh = LongTextField(
        label=gettext_lazy("Where residents turn instead (Chinese)"),
        required=False,
        help_text=gettext_lazy("Needed for a certificate that is cancelled: nobody is to stand before a closed door."),
    )
    route_en = LongTextField(label=gettext_lazy("Where residents turn instead (English)"), required=False)

    def fit(self) -> None:
        self.initial.setdefault("effective_on", timezone.localdate())
        self.initial.setdefault("fate", self.row.fate)
        if self.row.stock != Stock.STAMP:
            del self.fields["route_zh"], self.fields["route_en"]


def _count(row: Unit, *, by: Actor, at: datetime, stock: str, **facts: Any) -> None:
    services.count_burden(stock, unit_id=row.pk, by=by, at=at, **facts)


def to_inventory(row: Any) -> str:
    where = reverse("desk-gate-inventory")
    return f"{where}?stock={row.stock}" if isinstance(row, Burden) else where


DEEDS = (
    Deed(
        "desk-gate-count",
        gettext_lazy("Enter into an inventory"),
        gettext_lazy("What communities have to carry today; then it is decided what becomes of it."),
        gettext_lazy("Enter"),
        CountForm,
        _count,
        reading.BURDEN,
        reading.places,
        lambda row: row,
        to_inventory,
        lambda row: row.name,
    ),
    Deed(
        "desk-gate-fate",
        gettext_lazy("Decide what becomes of it"),
        gettext_lazy(
            "What is stopped or cancelled takes its ledgers along on the same day: nothing is entered any more."
        ),
        gettext_lazy("Record the decision"),
        FateForm,
        lambda row, **facts: services.decide_fate(row.pk, **facts),
        reading.BURDEN,
        lambda actor: Burden.objects.select_related("unit"),
        lambda row: row.unit,
        to_inventory,
        lambda row: row.name,
    ),
)
VIEWS = {deed.url_name: deed.view for deed in DEEDS}
