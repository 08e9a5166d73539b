"""The addresses of GeoReport v2."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import LirenError
from liren.foundation.kernel.rights import guarded_by
from liren.front.open311 import asking, cap, discovering, sending, showing
from liren.front.open311.replies import answered, written
from liren.service.cases.queries import NoCase, feeds, warnings

LIST = ("service_requests", "request")


@guarded_by("public")
@answered("GET", "HEAD")
def discovery(request: HttpRequest, notation: str) -> HttpResponse:
    return written(discovering.document(request), notation, "discovery")


@guarded_by("public")
@answered("GET", "HEAD")
def services(request: HttpRequest, notation: str) -> HttpResponse:
    asking.jurisdiction(request.GET.dict())
    return written([showing.service(one) for one in feeds.services()], notation, "services", "service")


@guarded_by("public")
@answered("GET", "HEAD")
def service(request: HttpRequest, code: str, notation: str) -> HttpResponse:
    asking.jurisdiction(request.GET.dict())
    return written(showing.definition(showing.service_of(code)), notation, "service_definition")


@guarded_by("cases.report")
@answered("GET", "HEAD", "POST")
def requests(request: HttpRequest, notation: str) -> HttpResponse:
    if request.method == "POST":
        return written(sending.taken(request), notation, *LIST)
    found = feeds.cases_for_programs(asking.wanted(request.GET.dict(), timezone.now()))
    return written(showing.cases(request, found), notation, *LIST)


@guarded_by("cases.view")
@answered("GET", "HEAD")
def one_request(request: HttpRequest, number: str, notation: str) -> HttpResponse:
    asking.jurisdiction(request.GET.dict())
    found = feeds.cases_for_programs(feeds.Wanted(numbers=(number,)))
    if not found.rows:
        raise NoCase.unknown()
    return written(showing.cases(request, found), notation, *LIST)


@guarded_by("cases.view")
@answered("GET", "HEAD")
def token(request: HttpRequest, token: UUID, notation: str) -> HttpResponse:
    number = feeds.number_of_token(str(token))
    if number is None:
        raise LirenError(_("Nothing was sent under this token."), status=404)
    return written([{"service_request_id": number, "token": str(token)}], notation, *LIST)


@guarded_by("public")
@answered("GET", "HEAD")
def alerts(request: HttpRequest, notation: str) -> HttpResponse:
    return HttpResponse(cap.feed(request, warnings.warnings_in_force()), content_type="application/atom+xml")


@guarded_by("cases.view")
@answered("GET", "HEAD")
def alert(request: HttpRequest, number: str, notation: str) -> HttpResponse:
    found = warnings.warning_by_number(number)
    return HttpResponse(cap.message(request, found), content_type="application/cap+xml")
