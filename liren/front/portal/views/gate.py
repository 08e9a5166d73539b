"""The admission gate as everybody reads it: lists, who asked for what, cuts, certificates, what was refused."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from liren.foundation.kernel.reply import done, show
from liren.foundation.kernel.rights import as_actor, guarded_by
from liren.front.portal.admission import pages
from liren.front.portal.admission.forms import CertificateForm, CommentForm, PlaceForm
from liren.front.portal.admission.lists import open_versions

PAGE = "portal/admission/{}.html"


@guarded_by("admission.view")
@require_safe
def gate(request: HttpRequest) -> HttpResponse:
    form = PlaceForm(request.GET)
    return show(request, PAGE.format("gate"), "", pages.overview(form), status=form.status)


@guarded_by("admission.view")
@require_safe
def gate_list(request: HttpRequest, kind: str) -> HttpResponse:
    form = PlaceForm(request.GET)
    context = pages.one_list(form, kind, as_actor(request.user))
    return show(request, PAGE.format("list"), "", context, status=form.status)


@guarded_by("admission.comment")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(open_versions(), pk=pk)
    form = CommentForm(request.POST if request.method == "POST" else None)
    if not (form.is_valid() and pages.commented(row, form, as_actor(request.user), at=timezone.now())):
        context = {"row": row, "form": form}
        return show(request, PAGE.format("comment"), "", context, status=422 if form.is_bound else 200)
    to = f"{reverse('gate-list', args=[row.kind])}?unit={row.unit.code}"
    return done(request, "", "", {}, to=to, message=_("Thank you. It is read before the list is published."))


@guarded_by("admission.view")
@require_safe
def admitted(request: HttpRequest) -> HttpResponse:
    form = PlaceForm(request.GET)
    return show(request, PAGE.format("admitted"), "", pages.admitted(request, form), status=form.status)


@guarded_by("admission.view")
@require_safe
def admission(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, PAGE.format("admission"), "", pages.one_admission(request, pk, as_actor(request.user)))


@guarded_by("admission.view")
@require_safe
def cuts(request: HttpRequest) -> HttpResponse:
    form = PlaceForm(request.GET)
    return show(request, PAGE.format("cuts"), "", pages.cuts(form), status=form.status)


@guarded_by("admission.view")
@require_safe
def certificates(request: HttpRequest) -> HttpResponse:
    form = CertificateForm(request.GET)
    return show(request, PAGE.format("certificates"), "found", pages.certificates(form), status=form.status)


@guarded_by("admission.view")
@require_safe
def refused(request: HttpRequest) -> HttpResponse:
    return show(request, PAGE.format("refused"), "", pages.refused(request))
