"""The library of the city's documents: by place, one by one, provision by provision, and two places side by side."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from liren.foundation.kernel.reply import show
from liren.foundation.kernel.rights import as_actor, guarded_by
from liren.foundation.policy import queries
from liren.front.portal import documents as facts
from liren.front.portal.forms import CompareForm, OnForm, StateForm, today


@guarded_by("policy.view")
@require_safe
def document_list(request: HttpRequest) -> HttpResponse:
    return show(request, "portal/document_list.html", "", facts.shelves(as_actor(request.user), today()))


@guarded_by("policy.view")
@require_safe
def place(request: HttpRequest, jur: str) -> HttpResponse:
    form = OnForm(request.GET)
    context = facts.place_page(jur, form.cleaned_data["on"] if form.is_valid() else None)
    return show(request, "portal/document_place.html", "", {**context, "on_form": form}, status=status_of(form))


@guarded_by("policy.view")
@require_safe
def document(request: HttpRequest, jur: str, doc: str) -> HttpResponse:
    form = OnForm(request.GET)
    context = facts.document_page(f"{jur}/{doc}", form.cleaned_data["on"] if form.is_valid() else None)
    return show(request, "portal/document.html", "", {**context, "on_form": form}, status=status_of(form))


@guarded_by("policy.view")
@require_safe
def provision(request: HttpRequest, jur: str, doc: str, number: str) -> HttpResponse:
    actor = as_actor(request.user)
    form = StateForm(request.GET, actor=actor)
    asked = form.cleaned_data if form.is_valid() else {}
    context = facts.provision_page(f"{jur}/{doc}#{number}", asked.get("on"), asked.get("unit"), actor)
    return show(request, "portal/provision.html", "", {**context, "form": form}, status=status_of(form))


@guarded_by("policy.view")
@require_safe
def document_compare(request: HttpRequest) -> HttpResponse:
    places = facts.with_documents(queries.library())
    chosen = facts.pair(places, request.GET.dict(), as_actor(request.user))
    form = CompareForm({**request.GET.dict(), **chosen} if chosen else None, places=places)
    context = facts.compare_page(form.cleaned_data) if form.is_valid() else {}
    return show(request, "portal/document_compare.html", "", {**context, "form": form}, status=status_of(form))


def status_of(form: OnForm) -> int:
    """A form that fails its check is shown again with 422."""
    return 422 if form.errors else 200
