"""Keys for programs: which there are, making one (it is shown once), ending it, and where events are sent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from liren.foundation.bodies.models import Body
from liren.foundation.kernel.reply import done, show, shown_once
from liren.foundation.registers.models import Entry
from liren.front.desk.fields import CountField, DeskForm, TextField, UnitField
from liren.front.desk.gate import FORM, actor_of, desk, may
from liren.front.kit.pages import keyset
from liren.front.kit.refusals import accepted
from liren.service.cases import services
from liren.service.cases.models import ApiKey, Subscription, types
from liren.service.cases.services import webhooks

GIVE = "cases.keys"
PAGE = "desk/cases/{}.html"
SENSORS = "public_sensor"
KINDS = {
    "open311": gettext_lazy("Reports from other systems (Open311)"),
    "sensor": gettext_lazy("Alarms of a device"),
    "exchange": gettext_lazy("Telling another system what happens"),
    "partner": gettext_lazy("Exchanging cases with the system of a department"),
}


class KeyForm(DeskForm):
    """For whom a key is, what for, how far it reaches."""

    name = TextField(
        label=gettext_lazy("For whom"),
        max_length=100,
        help_text=gettext_lazy("The system and who runs it, so that others know it again."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("What for"), choices=list(KINDS.items()), widget=forms.RadioSelect)
    unit = UnitField(label=gettext_lazy("Reach: this unit and all below it"))
    device = CountField(
        label=gettext_lazy("Number of the device"),
        min_value=1,
        required=False,
        help_text=gettext_lazy("Only for alarms: its number in the register of public sensors."),
    )

    body = TextField(
        label=gettext_lazy("Department"),
        max_length=100,
        required=False,
        help_text=gettext_lazy(
            "Only for exchange with a department: its full name, or the number in the address of its page. Whoever has"
            " the key reads and moves on what was sent to this department, as its members do."
        ),
    )

    def clean_body(self) -> int | None:
        text = self.cleaned_data["body"]
        if not text:
            return None
        living = Body.objects.living_on(timezone.localdate())
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0
        found = list(living.filter(pk=number)[:1]) or list(living.filter(name_zh=text)[:2])
        if len(found) != 1:
            raise forms.ValidationError(_("No body has this name or number, or several have this name."), code="body")
        return found[0].pk

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        number = asked.get("device")
        entry = Entry.objects.filter(register__code=SENSORS, number=number).first() if number else None
        if number and entry is None:
            self.add_error("device", _("The register of public sensors has no such number."))
        return asked | {"sensor_id": entry.pk if entry else None}


class SubscribeForm(forms.Form):
    """Where events are sent, and of which kinds of case."""

    address = TextField(
        label=gettext_lazy("Address"),
        max_length=500,
        help_text=gettext_lazy("It begins with https:// and can be reached from everywhere."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    types = forms.MultipleChoiceField(
        label=pgettext_lazy("case", "What"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Nothing chosen means everything. Only public cases are ever told."),
    )

    def __init__(self, *args: Any, key: ApiKey, **options: Any) -> None:
        super().__init__(*args, **options)
        open_to = ("public", "limited") if key.body_id else ("public",)
        if key.body_id:
            self.fields["types"].help_text = _(
                "Nothing chosen means everything: the department's own cases in full, and what is public without words."
            )
        told = [(one.code, one.name) for one in types() if one.spec.confidentiality in open_to]
        self.fields["types"].choices = told  # type: ignore[attr-defined]  # a choice field


@desk(GIVE)
def key_list(request: HttpRequest) -> HttpResponseBase:
    may(request, GIVE)
    rows = ApiKey.objects.visible_to(actor_of(request)).select_related("unit")
    context = {"title": _("Keys for programs"), "page": keyset(request, rows, key="id"), "kinds": KINDS}
    return show(request, PAGE.format("keys"), "", context)


@desk(GIVE, *FORM)
def key_add(request: HttpRequest) -> HttpResponseBase:
    may(request, GIVE)
    form = KeyForm(request.POST if request.method == "POST" else None, actor=actor_of(request))
    made: list[services.Made] = []
    if form.is_valid() and accepted(form, lambda: made.append(make(form.cleaned_data, actor_of(request)))):
        home = reverse("desk-key", args=[made[0].key.pk])
        context = {"title": _("A new key"), "key": made[0].key, "secret": made[0].text, "home": home}
        return shown_once(request, PAGE.format("key_made"), context, to=home)
    context = {"title": _("Make a key"), "form": form, "button": _("Make a key"), "back": reverse("desk-keys")}
    return show(request, "desk/form.html", "", context, status=422 if form.is_bound else 200)


def make(asked: dict[str, Any], actor: Any) -> services.Made:
    facts = {name: asked[name] for name in ("name", "kind", "sensor_id")} | {"body_id": asked["body"]}
    return services.make_key(**facts, unit_id=asked["unit"].pk, by=actor, at=timezone.now())


def own_key(request: HttpRequest, pk: int) -> ApiKey:
    """A key that this actor gives out; 404 for every other."""
    found: ApiKey = get_object_or_404(
        ApiKey.objects.visible_to(actor_of(request)).select_related("unit", "body"), pk=pk
    )
    return found


@desk(GIVE)
def key(request: HttpRequest, pk: int) -> HttpResponseBase:
    it = own_key(request, pk)
    waiting = Count("deliveries", filter=Q(deliveries__done_at=None))
    lost = Count("deliveries", filter=Q(deliveries__given_up=True))
    named = {one.code: one.name for one in types()}
    told = it.subscriptions.annotate(waiting=waiting, lost=lost).order_by("-id")[:50]
    rows = [(one, [named.get(code, code) for code in one.types], webhooks.can_go_on(one)) for one in told]
    context = {"title": it.name, "key": it, "kind": KINDS[it.kind], "rows": rows, "is_open": it.ended_at is None}
    return show(request, PAGE.format("key"), "", context | {"may_subscribe": it.kind in webhooks.TOLD})


@desk(GIVE, *FORM)
def key_end(request: HttpRequest, pk: int) -> HttpResponseBase:
    it, form = own_key(request, pk), forms.Form(request.POST if request.method == "POST" else None)
    home = reverse("desk-key", args=[pk])
    if form.is_valid() and accepted(form, lambda: services.end_key(pk, by=actor_of(request), at=timezone.now())):
        return done(request, "", "", {}, to=home, message=_("The key is good for nothing from now on."))
    note = _("“%(name)s” can send nothing any more, and is told nothing. This can't be undone.") % {"name": it.name}
    context = {"title": _("Withdraw this key"), "form": form, "note": note, "button": _("Withdraw this key")}
    return show(request, "desk/form.html", "", context | {"back": home}, status=422 if form.is_bound else 200)


@desk(GIVE, *FORM)
def subscribe(request: HttpRequest, pk: int) -> HttpResponseBase:
    it, home = own_key(request, pk), reverse("desk-key", args=[pk])
    form, made = SubscribeForm(request.POST if request.method == "POST" else None, key=it), []
    if form.is_valid() and accepted(form, lambda: made.append(begin(pk, form.cleaned_data, actor_of(request)))):
        context = {"title": _("Events are sent from now on"), "key": it, "secret": made[0].secret, "home": home}
        return shown_once(
            request, PAGE.format("key_made"), context | {"address": form.cleaned_data["address"]}, to=home
        )
    context = {"title": _("Send events"), "form": form, "button": _("Send events"), "back": home}
    return show(request, "desk/form.html", "", context, status=422 if form.is_bound else 200)


def begin(pk: int, asked: dict[str, Any], actor: Any) -> webhooks.Subscribed:
    return webhooks.subscribe(pk, address=asked["address"], types=asked["types"], by=actor, at=timezone.now())


@desk(GIVE, *FORM)
def unsubscribe(request: HttpRequest, pk: int) -> HttpResponseBase:
    it = get_object_or_404(Subscription.objects.visible_to(actor_of(request)), pk=pk)
    form = forms.Form(request.POST if request.method == "POST" else None)
    home = reverse("desk-key", args=[it.key_id])
    if form.is_valid() and accepted(form, lambda: webhooks.unsubscribe(pk, by=actor_of(request), at=timezone.now())):
        return done(request, "", "", {}, to=home, message=_("Nothing more is sent there."))
    context = {"title": _("Stop sending"), "form": form, "note": it.address, "button": _("Stop sending"), "back": home}
    return show(request, "desk/form.html", "", context, status=422 if form.is_bound else 200)


@desk(GIVE, *FORM)
def send_again(request: HttpRequest, pk: int) -> HttpResponseBase:
    it = get_object_or_404(Subscription.objects.visible_to(actor_of(request)), pk=pk)
    form = forms.Form(request.POST if request.method == "POST" else None)
    home = reverse("desk-key", args=[it.key_id])
    if form.is_valid() and accepted(form, lambda: webhooks.send_again(pk, by=actor_of(request), at=timezone.now())):
        return done(request, "", "", {}, to=home, message=_("What was given up is sent again, in its order."))
    context = {"title": _("Send again"), "form": form, "note": it.address, "button": _("Send again"), "back": home}
    return show(request, "desk/form.html", "", context, status=422 if form.is_bound else 200)
