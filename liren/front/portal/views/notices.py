"""Notices: the public list and its feed, and the page where a resident chooses topics and reads what they chose."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from liren.foundation.kernel.reply import done, show
from liren.foundation.kernel.rights import guarded_by
from liren.foundation.policy.queries import pinned
from liren.front.portal import oneself
from liren.front.portal.cases import notices
from liren.service.cases import services

PAGE = "portal/me/notices.html"


@guarded_by("cases.view")
@require_safe
@pinned()
def notice_list(request: HttpRequest) -> HttpResponse:
    form = notices.ListForm(request.GET)
    context = notices.page(request, form)
    return show(request, "portal/cases/notices.html", "", context, status=200 if form.is_valid() else 422)


@guarded_by("cases.view")
@require_safe
@pinned()
def notice_feed(request: HttpRequest) -> HttpResponse:
    return notices.feed(request, notices.ListForm(request.GET))


@guarded_by("cases.subscribe")
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@pinned()
def mine(request: HttpRequest) -> HttpResponse:
    me, form, now = oneself.person(request), notices.choosing(request), timezone.now()
    if form.is_bound and notices.subscribed(form, by=me, at=now):
        return done(request, PAGE, "", {}, to="me-notices", message=_("Noted: these topics arrive here."))
    context = notices.own(request, form, by=me, at=now)
    if request.method == "GET":
        services.note_read(by=me, at=now)
    return show(request, PAGE, "", context, status=422 if form.is_bound else 200)


@guarded_by("cases.subscribe")
@login_required
@require_http_methods(["POST"])
def end(request: HttpRequest) -> HttpResponse:
    notices.unsubscribed(notices.EndForm(request.POST), by=oneself.person(request), at=timezone.now())
    return done(request, PAGE, "", {}, to="me-notices", message=_("Ended. Nothing of this topic arrives any more."))
