"""Units of territory: today, on a past day, over time, and on the map."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from liren.foundation.bodies.queries import acting
from liren.foundation.kernel.reply import show
from liren.foundation.kernel.rights import as_actor, guarded_by
from liren.foundation.policy.queries import pinned
from liren.foundation.territory import queries
from liren.foundation.territory.models import Level, Unit, Zone
from liren.front.kit.coverage import coverage
from liren.front.kit.pages import keyset
from liren.front.portal import facts, outlines, words
from liren.front.portal.cases import listing
from liren.front.portal.cases.entrances import entrances
from liren.front.portal.forms import BetweenForm, OnForm, today
from liren.front.portal.registers import catalogue

#: Levels whose page says how many grids, buildings and organisations have a named contact; above, it costs too much.
WITH_COVERAGE = (Level.STREET, Level.COMMUNITY)


def visible(request: HttpRequest, code: str) -> Unit:
    """The unit of this code, if the visitor may see it; else 404."""
    return get_object_or_404(Unit.objects.visible_to(as_actor(request.user)), code=code)


@guarded_by("public")
@require_safe
def unit_list(request: HttpRequest) -> HttpResponse:
    tops = Unit.objects.visible_to(as_actor(request.user)).filter(parent=None, closed_on=None)
    return show(
        request, "portal/unit_list.html", "", {"page": keyset(request, tops), "zones": queries.zones_on(today())}
    )


@guarded_by("public")
@require_safe
@pinned()
def unit(request: HttpRequest, code: str) -> HttpResponse:
    it = visible(request, code)
    form = OnForm(request.GET)
    on = form.cleaned_data["on"] if form.is_valid() else None
    context = facts.unit_page(request, it, on)
    context["acting"] = acting(it, as_actor(request.user), on or today())
    context["coverage"] = coverage(it, on or today()) if it.level in WITH_COVERAGE else []
    context["cases"] = {} if on else listing.panel(it, as_actor(request.user))
    context["entrances"] = [] if on or it.closed_on else entrances(it)
    context["registers"] = [] if on else catalogue.panel(it, as_actor(request.user))
    return show(request, "portal/unit.html", "", {**context, "on_form": form}, status=200 if form.is_valid() else 422)


@guarded_by("public")
@require_safe
def unit_history(request: HttpRequest, code: str) -> HttpResponse:
    it = visible(request, code)
    context = {"unit": it, "chain": facts.chain(it), "lines": words.story(it), "spans": facts.spans(it)}
    return show(request, "portal/unit_history.html", "", context)


@guarded_by("public")
@require_safe
def unit_changes(request: HttpRequest, code: str) -> HttpResponse:
    it = visible(request, code)
    form = BetweenForm(request.GET or None, initial=facts.last_ten_years())
    asked = form.is_bound and form.is_valid()
    rows = facts.compared(it, **form.cleaned_data) if asked else []
    context = {"unit": it, "chain": facts.chain(it), "form": form, "compared": asked, "rows": rows}
    context["years"] = facts.by_year(it)
    return show(request, "portal/unit_changes.html", "", context, status=422 if form.errors else 200)


@guarded_by("public")
@require_safe
def unit_streets(request: HttpRequest, code: str) -> HttpResponse:
    it = visible(request, code)
    context = {"unit": it, "chain": facts.chain(it), "page": facts.streets(request, it)}
    return show(request, "portal/unit_streets.html", "", context)


@guarded_by("public")
@require_safe
def unit_geo(request: HttpRequest, code: str) -> HttpResponse:
    form = OnForm(request.GET)
    on = form.cleaned_data["on"] if form.is_valid() else None
    return outlines.answer(request, visible(request, code), on)


@guarded_by("public")
@require_safe
def zone(request: HttpRequest, slug: str) -> HttpResponse:
    it = get_object_or_404(Zone, slug=slug)
    return show(request, "portal/zone.html", "", {"zone": it, "page": facts.members(request, it)})
