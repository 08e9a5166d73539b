"""Taking in for others: at the counter, on the telephone, at a visit. Search on one side, the form on the other."""

from __future__ import annotations

import math
import uuid
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from liren.foundation.bodies.models import Body
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.reply import done, show
from liren.foundation.people.models.reach import inside, paths_of
from liren.foundation.territory.models import Level, Unit
from liren.front.desk.cases import words
from liren.front.desk.cases.forms import FilesField, asked_field, refuse
from liren.front.desk.fields import DeskForm, LongTextField, TextField, UnitField
from liren.front.desk.gate import FORM, desk
from liren.front.kit.kinds import grouped
from liren.front.kit.qr import qr_svg
from liren.front.kit.suggesting import community_at, has_sorter, suggestions, top
from liren.front.kit.templatetags.kit import plain_name
from liren.service.cases import queries, services
from liren.service.cases.models import MOST_TEXT, Case, DeclaredType, by_version, types
from liren.service.cases.queries import items

PAGE = "desk/cases/{}.html"
CHANNELS = ("phone", "counter", "visit", "meeting", "forum")
SESSION, MOST_KEPT = "desk_taken", 20
#: Farther away it is hardly the same lamp, in metres.
METRES, HITS, MOST_BODIES = 150, 8, 300


def degrees_field(label: Any, most: int) -> forms.FloatField:
    """Degrees of WGS 84, typed or filled in by the map."""
    widget = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal", "autocomplete": "off"})
    return forms.FloatField(label=label, required=False, min_value=-most, max_value=most, widget=widget)


class IntakeForm(DeskForm):
    """One matter as somebody tells it. ``again``: it is known that neighbours reported the same nearby."""

    channel = forms.ChoiceField(label=gettext_lazy("How it came in"), widget=forms.RadioSelect)
    text = LongTextField(label=gettext_lazy("What is the matter?"), max_length=MOST_TEXT)
    category = forms.ChoiceField(label=gettext_lazy("Kind of matter"), required=False)
    address = TextField(label=gettext_lazy("Where is it?"), required=False)
    unit = UnitField(label=pgettext_lazy("form", "Community"), required=False)
    lon = degrees_field(gettext_lazy("Longitude"), 180)
    lat = degrees_field(gettext_lazy("Latitude"), 90)
    about = forms.ChoiceField(label=gettext_lazy("Which office is it about?"), required=False)
    name = TextField(label=gettext_lazy("How the reporter is called"), max_length=40, required=False)
    phone = TextField(label=pgettext_lazy("form", "Telephone"), max_length=40, required=False)
    papers = FilesField(label=gettext_lazy("Photographs or papers"))
    again = forms.BooleanField(label=gettext_lazy("It is another matter: take it in all the same"), required=False)
    client_key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kind: DeclaredType, actor: Any, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        self.kind = kind
        self.hints: list[Any] = []
        spec, here = kind.spec, words.language()
        open_ways = [(one, queries.channel_words(one)) for one in CHANNELS if one in spec.channels]
        self.fields["channel"].choices = open_ways  # type: ignore[attr-defined]  # a choice field
        named = [(one.code, one.name.text(here)) for one in spec.categories]
        self.fields["category"].choices = [("", "—"), *named]  # type: ignore[attr-defined]
        self.fields["text"].help_text = spec.text_help.text(here)
        if not spec.about_body:
            del self.fields["about"]
        else:
            self.fields["about"].choices = [("", "—"), *bodies_of(actor)]  # type: ignore[attr-defined]
        for one in spec.intake_fields:
            self.fields[f"ask_{one.code}"] = asked_field(one, offered_for(one, actor))
        self.fit(named)

    def fit(self, named: list[Any]) -> None:
        """What this type does not know is not asked; the rest begins with what is likely."""
        spec = self.kind.spec
        placed = spec.place != "none"
        parts = (("category", named), ("papers", spec.files), ("lon", placed), ("lat", placed))
        gone = [name for name, stays in parts if not stays]
        for name in gone:
            del self.fields[name]
        asks = [name for name in self.fields if name.startswith("ask_")]
        first = [
            "channel",
            "text",
            "category",
            *asks,
            "address",
            "unit",
            "lon",
            "lat",
            "about",
            "name",
            "phone",
            "papers",
        ]
        self.order_fields(first)
        self.initial.setdefault("client_key", uuid.uuid4())
        if not self.data.get("again") and not self.data.get("hinted"):
            self.fields["again"].widget = forms.HiddenInput()

    @property
    def answers(self) -> dict[str, Any]:
        found = {one.code: self.cleaned_data.get(f"ask_{one.code}") or "" for one in self.kind.spec.intake_fields}
        return {code: value.isoformat() if hasattr(value, "isoformat") else value for code, value in found.items()}


def bodies_of(actor: Any) -> list[tuple[str, str]]:
    """Bodies in the units where the actor takes in, below them, and on the way up."""
    paths = paths_of(actor, "cases.take")
    above = {int(part) for path in paths for part in path.strip("/").split("/") if part}
    rows = Body.objects.living_on(timezone.localdate()).filter(inside(paths) | Q(unit_id__in=above))
    rows = rows.select_related("unit").order_by("unit__level", "name_zh", "pk")[:MOST_BODIES]
    return [(str(one.pk), f"{plain_name(one)} · {plain_name(one.unit)}") for one in rows]


def offered_for(one: Any, actor: Any) -> list[tuple[str, str]]:
    """What a question is answered from: bodies, or what the worker's unit and those above it keep in a register."""
    if one.kind == "entry":
        return items.offered(one, my_unit(actor))
    return bodies_of(actor) if one.kind == "body" else []


def open_types() -> list[DeclaredType]:
    """Types that are taken in for others."""
    return [one for one in types() if set(CHANNELS) & set(one.spec.channels) and not one.spec.journey]


def my_unit(actor: Any) -> Unit | None:
    """The unit in which the actor takes in, where it is one alone."""
    units = list(Unit.objects.filter(path__in=list(paths_of(actor, "cases.take")))[:2])
    return units[0] if len(units) == 1 else None


@desk("cases.take", *FORM)
def intake(request: HttpRequest) -> HttpResponseBase:
    actor, kinds = words.enter(request, words.TAKE), open_types()
    code = request.GET.get("type", "")
    kind = next((one for one in kinds if one.code == code), None)
    if kind is None:
        context = {"groups": grouped(kinds), "channel": request.GET.get("channel", "phone")[:10]}
        return show(request, PAGE.format("choose"), "", {"title": _("Take in for somebody"), **context})
    form = form_for(request, kind, actor)
    taken = taken_in(form, actor) if form.is_bound and form.is_valid() else None
    if taken is not None:
        remember(request, taken)
        return done(request, "", "", {}, to=reverse("desk-intake-receipt", args=[taken.case.number]))
    return show(request, PAGE.format("intake"), "", beside(form, actor), status=422 if form.is_bound else 200)


def beside(form: IntakeForm, actor: Any) -> dict[str, Any]:
    """What the page shows beside the form: what the words may be about, the unit at the point, where the map begins."""
    kind, asks = form.kind, form.initial.get("step") == "look"
    around = my_unit(actor) or top()
    context = {"title": kind.name, "form": form, "kind": kind, "notice": kind.spec.notice.text(words.language())}
    context |= {"around": around.code if around else "", "has_sorter": has_sorter(kind), "asked": asks}
    return context | (looked(kind, form.initial) if asks else {})


class LookForm(forms.Form):
    """What was written so far. It travels in the body: words and places would stand in logs."""

    text = forms.CharField(required=False)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90)


def looked(kind: DeclaredType, typed: Any) -> dict[str, Any]:
    """Kinds of matter with the words that speak for them, and the unit at the point. A person chooses."""
    form = LookForm(typed)
    form.is_valid()
    lon, lat = form.cleaned_data.get("lon"), form.cleaned_data.get("lat")
    unit = community_at(lon, lat)
    outside = unit is None and lon is not None and lat is not None
    return {"suggestions": suggestions(kind, form.cleaned_data.get("text", "")), "unit": unit, "outside": outside}


@desk("cases.take", "POST")
def look(request: HttpRequest) -> HttpResponseBase:
    """The same while somebody types: one of the two parts of the page."""
    words.enter(request, words.TAKE)
    kind = next((one for one in open_types() if one.code == request.POST.get("type", "")), None)
    part = "unit" if request.POST.get("part") == "unit" else "kinds"
    return show(request, PAGE.format("looked"), part, looked(kind, request.POST) if kind else {})


def form_for(request: HttpRequest, kind: DeclaredType, actor: Any) -> IntakeForm:
    looks = request.POST.get("step") == "look" or "choose" in request.POST
    sent = (request.POST, request.FILES) if request.method == "POST" and not looks else (None, None)
    unit = my_unit(actor)
    ways = [one for one in CHANNELS if one in kind.spec.channels]
    way = request.GET.get("channel", "")
    initial = {"channel": way if way in ways else ways[0], "unit": begun_with(unit)}
    if looks:  # nothing is taken in: what was written comes back, with what it may be about
        initial |= request.POST.dict() | {"step": "look"}
        initial["category"] = request.POST.get("choose") or initial.get("category", "")
    return IntakeForm(*sent, kind=kind, actor=actor, initial=initial)


def begun_with(unit: Unit | None) -> str:
    """What the field of the community begins with: the name of a worker's own community, or its code where others bear
    the same name. A whole city or street is nobody's guess."""
    if unit is None or unit.level != Level.COMMUNITY:
        return ""
    alike = Unit.objects.filter(name_zh=unit.name_zh, closed_on=None)[:2]
    return unit.name_zh if len(alike) == 1 else unit.code


def taken_in(form: IntakeForm, actor: Any) -> services.Taken | None:
    """Take it in; None where something has to be said on the form first."""
    asked = form.cleaned_data
    form.hints = hints(form, actor)
    if form.hints and not asked["again"]:
        form.fields["again"].widget = forms.CheckboxInput()
        form.add_error("again", _("Neighbours reported the same close by. Look first whether it is the same matter."))
        return None
    unit, about = asked["unit"], asked.get("about")
    facts: dict[str, Any] = {name: asked[name] for name in ("text", "address", "channel", "client_key")}
    facts |= {"lon": asked.get("lon"), "lat": asked.get("lat")}
    facts |= {"unit_id": unit.pk if unit else None, "about_body_id": int(about) if about else None}
    facts |= {"category": asked.get("category", ""), "values": form.answers}
    facts |= {"contact": {"name": asked["name"], "phone": asked["phone"]}, "language": words.language()}
    facts |= {"files": services.uploads(asked.get("papers", [])), "by": actor, "at": timezone.now()}
    try:
        with transaction.atomic():
            return services.report(form.kind.code, taken_by_desk=True, **facts)
    except services.BadReport as bad:
        beside = {"place": "address", "about_body": "about"}
        refuse(form, {beside.get(code, code): sentences for code, sentences in bad.by_field.items()})
    except BadInput as bad:
        form.add_error(None, bad.said)
    return None


def hints(form: IntakeForm, actor: Any) -> list[Any]:
    """Open cases of the same kind near the place, the nearest first."""
    lon, lat, category = (form.cleaned_data.get(name) for name in ("lon", "lat", "category"))
    if not category or lon is None or lat is None or not (math.isfinite(lon) and math.isfinite(lat)):
        return []
    return queries.near(lon, lat, category, metres=METRES, actor=actor, type=form.kind.pk, limit=5)


@desk("cases.move")
def find(request: HttpRequest) -> HttpResponseBase:
    """What fits while somebody types: a number, an address, words; the most urgent first, and whether there is more."""
    actor = words.enter(request, (*words.DESK, *words.TAKE, *words.CALL_BACK))
    typed = request.GET.get("q", "")[:60]
    works = any(actor.holds(power) for power in words.DESK)
    found = fitting(actor, typed, works) if typed.strip() else queries.Page([], None)
    context = {"rows": found.rows, "typed": typed, "title": _("Find a case"), "works": works}
    context |= {"has_more": found.after is not None, "is_full": len(found.rows) >= HITS}
    return show(request, PAGE.format("find"), "hits", context)


def fitting(actor: Any, typed: str, works: bool) -> queries.Page:
    """Whoever only listens finds the public face of what others work on: enough to say that it is known."""
    if works:
        return queries.desk_list(actor, view="all", words=typed, limit=HITS)
    return queries.heard_list(actor, typed, limit=HITS)


def remember(request: HttpRequest, taken: services.Taken) -> None:
    """The receipt is for whoever stands at the counter: shown to the browser it was signed in with, and to no other."""
    kept = {**request.session.get(SESSION, {}), str(taken.case.pk): taken.receipt_key}
    request.session[SESSION] = dict(list(kept.items())[-MOST_KEPT:])


@desk("cases.take")
def receipt(request: HttpRequest, number: str) -> HttpResponseBase:
    words.enter(request, words.TAKE)
    case, key = held(request, number)
    url = request.build_absolute_uri(reverse("case-receipt", args=[case.number, key]))
    spec, here = by_version(case.written_as_id), words.language()
    named = {one.code: one.name.text(here) for one in spec.clocks}
    running = case.clocks.filter(stopped_at=None).order_by("plain_due_at", "id")
    context = {"title": _("Taken in"), "case": case, "kind": spec.name.text(here), "url": url, "qr": qr_svg(url)}
    context |= {"dues": [(named.get(one.code, ""), one.due_at) for one in running]}
    context |= {"key": "-".join(key[at : at + 4] for at in range(0, len(key), 4)), "aloud": " ".join(case.number)}
    return show(request, PAGE.format("receipt"), "", context)


def held(request: HttpRequest, number: str) -> tuple[Case, str]:
    """A case taken in from this browser, with the key of its receipt; NoCase for every other."""
    for pk, key in request.session.get(SESSION, {}).items():
        case = Case.objects.select_related("unit", "body").filter(pk=int(pk)).first()
        if case is not None and case.number == number:
            return case, str(key)
    raise queries.NoCase.unknown()
