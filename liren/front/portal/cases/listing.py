"""What is open and closed: the public list with its map, and one's own cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liren.foundation.kernel.rights import Actor
from liren.front.kit.pages import Page, listed
from liren.front.portal.cases import places
from liren.front.portal.registers.forms import UnitField
from liren.front.portal.registers.places import scope
from liren.service.cases.models import Case, DeclaredType, types
from liren.service.cases.queries import Row, followed_list, own_list, public_list, within

SIZE, ON_MAP, MOST_COUNTED = 30, 200, 1000
LATELY = timedelta(days=30)
PHASES = [
    ("", _("Open and closed")),
    ("open", pgettext_lazy("cases", "Open")),
    ("answered", pgettext_lazy("cases", "Answered")),
    ("closed", pgettext_lazy("cases", "Closed")),
]


class ListForm(forms.Form):
    """A place, a type with its categories, and whether it is open. A point stands for the community that holds it."""

    unit = UnitField(label=_("Place"))
    type = forms.ChoiceField(label=pgettext_lazy("case", "What"), required=False)
    phase = forms.ChoiceField(label=pgettext_lazy("case", "State"), choices=PHASES, required=False)
    lon = forms.FloatField(min_value=-180, max_value=180, required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(min_value=-90, max_value=90, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.types = [one for one in types() if one.spec.confidentiality == "public"]
        choices = [("", _("Everything")), *((one.code, one.name) for one in self.types)]
        self.fields["type"].choices = choices  # type: ignore[attr-defined]  # a choice field

    @property
    def kind(self) -> DeclaredType | None:
        return next((one for one in self.types if one.code == self.cleaned_data.get("type")), None)

    @property
    def place(self) -> Any:
        """The unit that was asked for, or the community at the point."""
        asked = self.cleaned_data
        return asked.get("unit") or places.community_at(asked.get("lon"), asked.get("lat"))

    @property
    def is_narrowed(self) -> bool:
        return any(self.cleaned_data.get(name) for name in ("type", "phase"))


@dataclass(frozen=True)
class Choice:
    """What was asked for."""

    unit: Any = None
    kind: DeclaredType | None = None
    phase: str = ""

    def rows(self, actor: Actor, after: tuple[datetime, int] | None, limit: int) -> list[Row]:
        kind = self.kind.pk if self.kind else None
        facts = {"unit": self.unit, "type": kind, "phase": self.phase}
        return public_list(**facts, actor=actor, after=after, limit=limit).rows


def choice(form: ListForm) -> Choice:
    """What the form says; nothing in particular where it says what can't be."""
    if not form.is_valid():
        return Choice()
    return Choice(form.place, form.kind, form.cleaned_data["phase"])


def page(request: HttpRequest, form: ListForm, actor: Actor) -> dict[str, Any]:
    """The list: page by page, with the addresses of its map."""
    asked = choice(form)
    where = scope(asked.unit)
    parts = [one for one in where.options if one[0] != (asked.unit.code if asked.unit else None)]
    here = [(asked.unit.code, asked.unit.name)] if asked.unit else []
    form.fields["unit"].widget = forms.Select(choices=[*parts[:1], *here, *parts[1:]])
    kept = {"unit": asked.unit.code if asked.unit else "", "type": form["type"].value(), "phase": form["phase"].value()}
    return {
        "form": form,
        "page": rows(request, asked, actor) if form.is_valid() else Page([], "", ""),
        "unit": asked.unit,
        "here": where.here,
        "map_url": reverse("case-map") + "?" + "&".join(f"{key}={value}" for key, value in kept.items() if value),
        "ground_url": reverse("unit-geo", args=[where.here.code]) if where.here else "",
    }


def rows(request: HttpRequest, asked: Choice, actor: Actor) -> Page[Row]:
    """A page of the list, the newest first; the next begins behind a key."""

    def fetch(after: Any, limit: int) -> list[Row]:
        return asked.rows(actor, key(after), limit)

    return listed(request, fetch, lambda row: (row.case.received_at.isoformat(), row.case.pk), shape="tn", size=SIZE)


def key(after: Any) -> tuple[datetime, int] | None:
    """Where the next page begins; None for what is no moment."""
    try:
        moment = datetime.fromisoformat(after[0]) if after else None
    except ValueError:
        return None
    return (moment, after[1]) if moment is not None and timezone.is_aware(moment) else None


def points(form: ListForm, actor: Actor) -> JsonResponse:
    """The newest of the same cases that have a place, as everybody sees it (GeoJSON, RFC 7946)."""
    found = choice(form).rows(actor, None, ON_MAP) if form.is_valid() else []
    features = [_feature(row) for row in found if row.public_point[0] is not None]
    return JsonResponse({"type": "FeatureCollection", "features": features}, content_type="application/geo+json")


def _feature(row: Row) -> dict[str, Any]:
    facts = {"code": row.case.number, "name": row.category_words or row.type_words, "phase": row.case.phase}
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": list(row.public_point)},
        "properties": facts | {"url": reverse("case", args=[row.case.number])},
    }


def panel(unit: Any, actor: Actor) -> dict[str, str]:
    """For the page of a unit: public cases that are not closed, and those closed lately; "1,000+" beyond."""
    rows = within(Case.objects.visible_to(actor).filter(confidentiality="public", is_hidden=False), unit)
    lately = rows.filter(closed_at__gte=timezone.now() - LATELY)
    return {"open": _counted(rows.exclude(phase="closed")), "closed": _counted(lately)}


def _counted(rows: Any) -> str:
    counted = rows.order_by()[: MOST_COUNTED + 1].count()
    return f"{min(counted, MOST_COUNTED):,}{'+' if counted > MOST_COUNTED else ''}"


def mine(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """What I reported, and what I joined: two lists, each page by page."""
    return {"own": _mine(request, actor, own_list, "after"), "followed": _mine(request, actor, followed_list, "joined")}


def _mine(request: HttpRequest, actor: Actor, ask: Any, name: str) -> Page[Row]:
    def fetch(after: tuple[int] | None, limit: int) -> list[Row]:
        return list(ask(actor, after=after[0] if after else None, limit=limit).rows)

    return listed(request, fetch, lambda row: (row.case.pk,), shape="n", size=SIZE, name=name)
