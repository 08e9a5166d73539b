"""What if: a facility opens, closes, moves, keeps other hours, or a way is made. Nothing is written."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.development.lifecircle import queries
from liren.development.lifecircle.models import Run
from liren.development.lifecircle.queries import Wish
from liren.foundation.kernel.errors import LirenError
from liren.foundation.kernel.reply import show, wants_part
from liren.foundation.territory.models import Unit
from liren.front.desk.gate import actor_of, desk
from liren.front.desk.lifecircle.place import ACTION, Place, place_for
from liren.front.desk.lifecircle.setting import Asked, asked_of, under
from liren.front.kit import circles
from liren.front.kit.templatetags.kit import plain_name

PAGE = "desk/lifecircle/whatif.html"
#: As many as the query takes at once, one of which the form adds.
MOST, SHOWN = 20, 40
NOT_ALLOWED = 403
NUMBER = r"-?[0-9]{1,3}(?:\.[0-9]{1,7})?"
TRIED = re.compile(
    rf"(add|close|move|open|hours)~([a-z0-9_]{{0,40}})~({NUMBER})~({NUMBER})(?:~({NUMBER})~({NUMBER}))?(?:~~(.{{1,100}}))?"
)
KINDS = (
    ("add", gettext_lazy("Open a new facility")),
    ("close", gettext_lazy("Close the nearest facility")),
    ("move", gettext_lazy("Move the nearest facility")),
    ("open", gettext_lazy("Make a gate, a path or a crossing")),
    ("hours", gettext_lazy("Other opening hours of the nearest facility")),
)


class WishForm(forms.Form):
    """One change. Places are picked on the map, or typed as degrees in WGS 84."""

    kind = forms.ChoiceField(label=gettext_lazy("What"), choices=KINDS, initial="add")
    category = forms.ChoiceField(label=gettext_lazy("Service"), required=False)
    lon = forms.FloatField(label=gettext_lazy("Longitude"), min_value=-180, max_value=180)
    lat = forms.FloatField(label=gettext_lazy("Latitude"), min_value=-90, max_value=90)
    to_lon = forms.FloatField(label=gettext_lazy("To: longitude"), min_value=-180, max_value=180, required=False)
    to_lat = forms.FloatField(label=gettext_lazy("To: latitude"), min_value=-90, max_value=90, required=False)
    hours = forms.CharField(
        label=gettext_lazy("Opening hours"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Such as “Mo-Fr 08:00-18:00; Sa 09:00-12:00”, or “24/7”."),
    )

    def __init__(self, *args: Any, run: Run, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["category"].choices = categories(run)  # type: ignore[attr-defined]  # a choice field
        self.fields["category"].needed = True  # type: ignore[attr-defined]  # of all changes but a gate
        for name in ("lon", "lat", "to_lon", "to_lat"):
            self.fields[name].widget.attrs.update({"step": "any", "inputmode": "decimal"})

    def clean(self) -> dict[str, Any]:
        """A move and a gate need a second place; all but a gate a service."""
        found = super().clean() or {}
        kind, to = found.get("kind"), (found.get("to_lon"), found.get("to_lat"))
        if kind in ("move", "open") and None in to:
            self.add_error("to_lon", _("Say where to, too."))
        if kind != "open" and not found.get("category"):
            self.add_error("category", _("Choose a service."))
        if kind == "hours" and not found.get("hours"):
            self.add_error("hours", _("Say the opening hours, too."))
        return found

    def wish(self) -> Wish:
        asked = self.cleaned_data
        to = (asked["to_lon"], asked["to_lat"]) if asked["kind"] in ("move", "open") else None
        category = "" if asked["kind"] == "open" else asked["category"]
        hours = asked["hours"] if asked["kind"] == "hours" else ""
        return Wish(asked["kind"], (asked["lon"], asked["lat"]), category, to, hours)


def categories(run: Run) -> list[tuple[str, Any]]:
    """The services of a run, circle by circle."""
    standard = queries.standard_of(run)
    return [
        (
            circles.says(circle.name),
            [(one.code, circles.says(one.name)) for one in standard.categories if one.circle == circle.code],
        )
        for circle in standard.circles
    ]


@desk(ACTION)
def whatif(request: HttpRequest, code: str) -> HttpResponseBase:
    place = place_for(request, code)
    context = place.context(title=_("What if"))
    if place.run is None or not place.may_ask:
        return show(request, PAGE, "", context)
    circumstances = asked_of(request, place.run)
    context |= asked(request, place, place.run, circumstances)
    context |= under(place.run, place.unit, circumstances, actor_of(request))
    part = "paced" if request.GET.get("only") == "paced" else "answer"
    context["only_part"] = part == "paced" and wants_part(request)
    return show(request, PAGE, part, context, status=422 if context["form"].errors or context["refusal"] else 200)


def asked(request: HttpRequest, place: Place, run: Run, circumstances: Asked) -> dict[str, Any]:
    """What was tried so far, and what all of it together does."""
    sent = request.GET if request.GET.get("lon") or request.GET.get("kind") else None
    form, wishes = WishForm(sent, run=run), tried(request)
    if form.is_bound and form.is_valid():
        wishes = [*wishes, form.wish()][:MOST]
    answer, refusal = answered(request, run, wishes, circumstances)
    return {
        "form": form,
        "refusal": refusal,
        "wishes": [said(run, wishes, one) for one in wishes],
        "answer": None if answer is None else told(run, answer, wishes),
        "map_url": reverse("desk-circle-map", args=[place.unit.code]) + place.query,
        "ground_url": reverse("unit-geo", args=[place.unit.code]),
        "legend": circles.legend(),
    }


def answered(
    request: HttpRequest, run: Run, wishes: list[Wish], circumstances: Asked
) -> tuple[queries.WhatIfAnswer | None, str]:
    """What the changes would do; else why they can't be meant. A missing right goes on to its own page (403)."""
    if not wishes:
        return None, ""
    try:
        return queries.what_if(run, wishes, by=actor_of(request), setting=circumstances.setting), ""
    except LirenError as error:
        if error.status == NOT_ALLOWED:
            raise
        return None, f"{error.message} {error.next_step}".strip()


def tried(request: HttpRequest) -> list[Wish]:
    """The changes that the page carries along; what can't be meant is left out."""
    found = []
    for text in request.GET.getlist("tried")[:MOST]:
        if match := TRIED.fullmatch(text):
            kind, category, lon, lat, to_lon, to_lat, hours = match.groups()
            to = None if to_lon is None else (float(to_lon), float(to_lat))
            if bool(hours) == (kind == "hours"):
                found.append(Wish(kind, (float(lon), float(lat)), category, to, hours or ""))
    return found


def written(wish: Wish) -> str:
    """A change as the address carries it."""
    parts = [wish.kind, wish.category, f"{wish.place[0]:.6f}", f"{wish.place[1]:.6f}"]
    return "~".join([*parts, *(f"{one:.6f}" for one in wish.to or ()), *(("", wish.hours) if wish.hours else ())])


def said(run: Run, wishes: list[Wish], wish: Wish) -> dict[str, Any]:
    """A change in words, and the others without it."""
    category = queries.standard_of(run).category(wish.category)
    words = str(dict(KINDS)[wish.kind]) + (f"：{circles.says(category.name)}" if category else "")
    words += f"（{wish.hours}）" if wish.hours else ""
    return {
        "words": words,
        "written": written(wish),
        "rest": [written(one) for one in wishes if one is not wish],
        "wish": wish,
    }


def told(run: Run, answer: queries.WhatIfAnswer, wishes: list[Wish]) -> dict[str, Any]:
    """The answer for the page: people by service, compounds with their names, units that gain or lose, and the map."""
    standard = queries.standard_of(run)
    named = {one.code for one in answer.moved} | set(answer.gained_by_unit)
    units = {one.code: one for one in Unit.objects.filter(code__in=named)} if named else {}
    served = [(standard.category(code), was, now, diff(was, now)) for code, (was, now) in answer.served.items()]
    sums = [(units[code], sum(by.values())) for code, by in answer.gained_by_unit.items() if code in units]
    return {
        "served": served,
        "moved": [(units.get(one.code), one) for one in answer.moved[:SHOWN]],
        "more": max(0, len(answer.moved) - SHOWN) + answer.more,
        "units": sorted((pair for pair in sums if pair[1]), key=lambda pair: (pair[0].level, -abs(pair[1])))[:12],
        "ms": round(answer.seconds * 1000, 1),
        "things": things(answer, wishes, units),
    }


def diff(was: int | None, now: int | None) -> int | None:
    return None if was is None or now is None else now - was


def things(answer: queries.WhatIfAnswer, wishes: list[Wish], units: dict[str, Unit]) -> dict[str, Any]:
    """GeoJSON of what changes: compounds that come within reach or fall out of it, and the places of the changes."""
    changed = [one for one in answer.moved if one.was_reached != one.is_reached and one.code in units]
    features = [
        circles.point(
            one.lon,
            one.lat,
            kind="better" if one.is_reached else "worse",
            code=one.code,
            name=plain_name(units[one.code]),
        )
        for one in changed
    ]
    for wish in wishes:
        features += [
            circles.point(*spot, kind="wish", code="", name=str(dict(KINDS)[wish.kind]))
            for spot in (wish.place, wish.to)
            if spot
        ]
    return {"type": "FeatureCollection", "features": features}
