"""Where it is: the community by its name or from a point, and the home of whoever is signed in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from liren.foundation.bodies.models import Body
from liren.foundation.bodies.queries import bodies
from liren.foundation.kernel.rights import Actor
from liren.foundation.people.queries import my_residency
from liren.foundation.territory.models import Level, Unit
from liren.foundation.territory.queries import search_units, unit_of_today
from liren.front.kit.suggesting import community_at
from liren.front.portal.cases.forms import ReportForm
from liren.front.portal.forms import today
from liren.front.portal.registers.forms import CODE

#: Communities offered where several fit what was typed.
OFFERED = 6


class PointForm(forms.Form):
    """A point in WGS 84 degrees, or a name: what the page asks while the form is filled in."""

    q = forms.CharField(max_length=60, required=False)
    community = forms.CharField(max_length=60, required=False)
    lon = forms.FloatField(min_value=-180, max_value=180, required=False)
    lat = forms.FloatField(min_value=-90, max_value=90, required=False)


def unit_of_code(code: str) -> Unit | None:
    """The place of today with this code; None for anything else."""
    known = CODE.fullmatch(code)
    return Unit.objects.filter(code=code, closed_on=None).select_related("parent").first() if known else None


def communities(text: str, actor: Actor) -> list[Unit]:
    """Communities (or what stands above them) whose name fits; one alone where it fits wholly."""
    hits = search_units(text, actor, today(), limit=OFFERED * 2)
    units = [one.unit for one in hits if Level.CITY <= one.unit.level <= Level.COMMUNITY]
    exact = [one for one in units if text.strip() in (one.name_zh, one.code, one.name_en)]
    return exact[:1] if len(exact) == 1 else units[:OFFERED]


def home_of(user: Any) -> Unit | None:
    """The community of whoever is signed in and told where they live."""
    if not getattr(user, "is_authenticated", False):
        return None
    home = my_residency(user)
    return Unit.objects.filter(pk=home.unit_id).first() if home else None


def looked_up(form: PointForm, actor: Actor) -> dict[str, Any]:
    """What to offer below the field of the community."""
    asked = form.cleaned_data if form.is_valid() else {}
    at = community_at(asked.get("lon"), asked.get("lat"))
    text = asked.get("community") or asked.get("q") or ""
    places = [at] if at else communities(text, actor) if text.strip() else []
    outside = at is None and asked.get("lon") is not None
    return {"places": places, "outside": outside, "typed": text}


def chosen(form: forms.Form, actor: Actor) -> tuple[Unit | None, list[Unit]]:
    """The community of a report, or several to choose from; what is wrong is said beside the field.

    What was typed counts before what was ticked earlier, unless the tick is one of what fits.
    """
    asked = form.cleaned_data
    text, code = asked.get("community", "").strip(), asked.get("unit", "")
    ticked = unit_of_today(code) if CODE.fullmatch(code) else None
    if not text or asked.get("lon") is not None:
        return ticked, []
    fitting = communities(text, actor)
    if ticked in fitting:
        return ticked, []
    if len(fitting) == 1:
        return fitting[0], []
    several = _("Several places bear such a name: choose one.")
    form.add_error("community", several if fitting else _("No community has such a name. Try a part of the name."))
    return None, fitting


def body_of(form: ReportForm, unit: Unit | None, actor: Actor) -> tuple[int | None, list[Body]]:
    """The body complained of, by its name or as it was ticked; several to choose from where the name fits several."""
    asked = form.cleaned_data
    text, ticked = asked.get("about", "").strip(), asked.get("body", "")
    if not text:
        return (int(ticked) if ticked.isascii() and ticked.isdigit() else None), []
    found = bodies(actor, q=text, on=today(), limit=OFFERED)
    exact = [one for one in found if one.name_zh == text]
    fitting = exact if len(exact) == 1 else found
    for one in fitting:
        if str(one.pk) == ticked or len(fitting) == 1:
            return one.pk, []
    several = _("Several offices bear such a name: choose one.")
    form.add_error("about", several if fitting else _("No office has such a name. Try a part of the name."))
    return None, fitting
