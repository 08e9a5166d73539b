"""Registers: the catalogue, lists, entries, coverage, what each register is, and its files."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from liren.foundation.kernel.reply import show
from liren.foundation.kernel.rights import Actor, as_actor, guarded_by
from liren.foundation.registers.models import Register
from liren.foundation.registers.queries import shelf
from liren.front.portal.registers import about, catalogue, entry, exports, figures, listing
from liren.front.portal.registers.forms import CatalogueForm, PlaceForm

PAGE = "portal/registers/{}.html"


def readable(request: HttpRequest, code: str) -> tuple[Register, Actor]:
    """The register of this code with its reader; 404 where it is not for this reader to know of."""
    actor = as_actor(request.user)
    return shelf.readable_register(code, actor), actor


def status_of(form: CatalogueForm | PlaceForm) -> int:
    return 422 if form.errors else 200


@guarded_by("registers.view")
@require_safe
def register_list(request: HttpRequest) -> HttpResponse:
    form = CatalogueForm(request.GET)
    context = catalogue.page(form, as_actor(request.user))
    return show(request, PAGE.format("catalogue"), "found", context, status=status_of(form))


@guarded_by("registers.view")
@require_safe
def register(request: HttpRequest, code: str) -> HttpResponse:
    context = listing.page(request, *readable(request, code))
    return show(request, PAGE.format("list"), "", context, status=status_of(context["form"]))


@guarded_by("registers.view")
@require_safe
def register_entry(request: HttpRequest, code: str, number: int) -> HttpResponse:
    it, actor = readable(request, code)
    context = entry.page(request, it, number, actor)
    return show(request, PAGE.format("entry"), "", context, status=status_of(context["on_form"]))


@guarded_by("registers.view")
@require_safe
def register_coverage(request: HttpRequest, code: str) -> HttpResponse:
    form = PlaceForm(request.GET)
    unit = form.cleaned_data["unit"] if form.is_valid() else None
    it, actor = readable(request, code)
    context = figures.page(request, it, unit, actor)
    return show(request, PAGE.format("coverage"), "", {**context, "form": form}, status=status_of(form))


@guarded_by("registers.view")
@require_safe
def register_about(request: HttpRequest, code: str) -> HttpResponse:
    it, actor = readable(request, code)
    return show(request, PAGE.format("about"), "", about.page(it, actor))


@guarded_by("registers.view")
@require_safe
def register_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    return exports.table(request, *readable(request, code))


@guarded_by("registers.view")
@require_safe
def register_geo(request: HttpRequest, code: str) -> HttpResponseBase:
    return exports.places(request, *readable(request, code))


@guarded_by("registers.view")
@require_safe
def register_map(request: HttpRequest, code: str) -> HttpResponse:
    return exports.points(request, *readable(request, code))


@guarded_by("registers.view")
@require_safe
def register_file(request: HttpRequest, code: str, number: int, key: int) -> HttpResponse:
    it, actor = readable(request, code)
    return exports.attached(it, number, key, actor)
