"""The life circle of a place: choosing it, its page, its map, and its report for print."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from liren.foundation.kernel.reply import show
from liren.foundation.kernel.rights import as_actor, guarded_by
from liren.front.kit import answers
from liren.front.portal import facts
from liren.front.portal.lifecircle import choosing, maps, page, report
from liren.front.portal.views.units import visible

PAGE = "portal/lifecircle/{}.html"


@guarded_by("lifecircle.view")
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    context: dict[str, Any] = choosing.page(request, as_actor(request.user))
    status = 422 if context["search"].errors or context["form"].errors else 200
    return show(request, PAGE.format("choose"), "found", context, status=status)


@guarded_by("lifecircle.view")
@require_safe
def circle(request: HttpRequest, code: str) -> HttpResponse:
    return show(request, PAGE.format("circle"), "", page.page(request, visible(request, code), as_actor(request.user)))


@guarded_by("lifecircle.view")
@require_safe
def circle_map(request: HttpRequest, code: str) -> HttpResponseBase:
    return maps.answer(request, visible(request, code), as_actor(request.user))


@guarded_by("lifecircle.view")
@require_safe
def circle_report(request: HttpRequest, code: str) -> HttpResponse:
    return show(
        request, PAGE.format("report"), "", report.page(request, visible(request, code), as_actor(request.user))
    )


@guarded_by("lifecircle.view")
@require_safe
def answers_of(request: HttpRequest, code: str) -> HttpResponse:
    unit, spec = visible(request, code), answers.asked(request)
    context = {"unit": unit, "chain": facts.chain(unit), "link": "life-circle-answers"}
    if spec is None:
        return show(request, PAGE.format("answers"), "", context | {"shelf": answers.shelf()})
    context |= answers.page(request, spec, unit, as_actor(request.user))
    return show(request, PAGE.format("answer"), "", context)


@guarded_by("lifecircle.view")
@require_safe
def answers_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    return answers.file_of(request, visible(request, code), as_actor(request.user))


@guarded_by("lifecircle.view")
@require_safe
def answers_map(request: HttpRequest, code: str) -> HttpResponseBase:
    return answers.points(answers.asked(request), visible(request, code))
