"""Who acts where: the list of bodies, the page of one body, and what is counted of bodies in a place."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from liren.foundation.bodies.models import Body
from liren.foundation.kernel.reply import show
from liren.foundation.kernel.rights import as_actor, guarded_by
from liren.front.portal import body_facts
from liren.front.portal.body_forms import BodyFilter
from liren.front.portal.forms import OnForm
from liren.front.portal.views.units import visible


@guarded_by("public")
@require_safe
def body_list(request: HttpRequest) -> HttpResponse:
    form = BodyFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    context = {"form": form, **body_facts.listing(request, asked, as_actor(request.user))}
    return show(request, "portal/bodies.html", "", context, status=200 if form.is_valid() else 422)


@guarded_by("public")
@require_safe
def body(request: HttpRequest, pk: int) -> HttpResponse:
    actor = as_actor(request.user)
    it = get_object_or_404(Body.objects.visible_to(actor).select_related("unit", "parent", "zone"), pk=pk)
    form = OnForm(request.GET)
    on = form.cleaned_data["on"] if form.is_valid() else None
    context = {**body_facts.body_page(it, actor, on), "on_form": form}
    return show(request, "portal/body.html", "", context, status=200 if form.is_valid() else 422)


@guarded_by("public")
@require_safe
def unit_bodies(request: HttpRequest, code: str) -> HttpResponse:
    it = visible(request, code)
    return show(request, "portal/unit_bodies.html", "", body_facts.unit_page(it, as_actor(request.user)))
