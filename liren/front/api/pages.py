"""The documentation for people, and the same for programs."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import conditional_page, require_safe

from liren.foundation.kernel.reply import show
from liren.foundation.kernel.rights import SIGNED_IN, guarded_by
from liren.front.api import openapi
from liren.front.api.endpoints import Endpoint
from liren.front.api.table import ENDPOINTS, EXCHANGE, EXCHANGE_WRITES, WRITES


@guarded_by("public")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    writes = [{"endpoint": one, "pattern": openapi.pattern(one)} for one in WRITES]
    context = {
        "lines": [line(request, one) for one in ENDPOINTS],
        "writes": writes,
        "exchange": [{"verb": "GET", "endpoint": one, "pattern": openapi.pattern(one)} for one in EXCHANGE]
        + [{"verb": "POST", "endpoint": one, "pattern": openapi.pattern(one)} for one in EXCHANGE_WRITES],
        "base": request.build_absolute_uri(reverse("api")),
    }
    return show(request, "api/index.html", "", context)


@guarded_by("public")
@conditional_page
@require_safe
def description(request: HttpRequest) -> HttpResponse:
    return JsonResponse(openapi.document(), json_dumps_params={"ensure_ascii": False, "indent": 1})


def line(request: HttpRequest, endpoint: Endpoint) -> dict[str, Any]:
    """One address as the page shows it, with an example that works now for everybody."""
    example = endpoint.example() if endpoint.guards != SIGNED_IN else None
    address = reverse(endpoint.name, kwargs=example) if example is not None else ""
    return {
        "endpoint": endpoint,
        "pattern": openapi.pattern(endpoint),
        "example": address,
        "is_closed": endpoint.guards == SIGNED_IN,
    }
