"""Finding a place by its name or by a point."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from liren.foundation.kernel.reply import show
from liren.foundation.kernel.rights import as_actor, guarded_by
from liren.front.portal import facts
from liren.front.portal.forms import SearchForm, WhereForm


@guarded_by("public")
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    q = form.cleaned_data["q"] if form.is_valid() else ""
    page = facts.found(request, q, as_actor(request.user)) if q else None
    context = {"form": form, "q": q, "page": page}
    return show(request, "portal/search.html", "found", context, status=200 if form.is_valid() else 422)


@guarded_by("public")
@require_safe
def where(request: HttpRequest) -> HttpResponse:
    form = WhereForm(request.GET or None)
    asked = form.is_bound and form.is_valid()
    units, zones = facts.at(**form.cleaned_data) if asked else (None, [])
    context = {"form": form, "units": units, "zones": zones}
    return show(request, "portal/where.html", "", context, status=422 if form.errors else 200)
