"""The one address at which a device speaks: its key says which it is, and all that it may say is a reading."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from liren.foundation.kernel.errors import Malformed
from liren.foundation.kernel.idempotency import repeat_is_harmless
from liren.foundation.kernel.rights import guarded_by
from liren.front.kit.limits import within_limit
from liren.front.kit.senders import client_key
from liren.service.cases.queries.keys import key_by_text
from liren.service.cases.services import note_use
from liren.service.cases.services.alarms import take_alarm

KNOWN = {"reading"}
PER_MINUTE = 30
MOST_OCTETS = 1000
#: The name of a device's key among the ways of showing who one is.
DEVICE = "device"


def operation(taken: dict[str, Any], failure: dict[str, Any]) -> dict[str, Any]:
    """What openapi.json says of it; ``taken`` and ``failure`` are the contents of the two kinds of answers."""
    refusals = {
        "400": "What was sent can't be read.",
        "403": "No key, or not the key of a device.",
        "409": "The register does not say that this device raises alarms.",
        "422": "More than one number with its unit, or a number that can't be meant.",
        "429": "More than a device has to say in a minute.",
    }
    key = {"type": "string", "format": "uuid"}
    return {
        "operationId": "api-alarms",
        "summary": "An alarm of a registered device, by its own key. Equipment and place only.",
        "security": [{DEVICE: []}],
        "parameters": [
            {"name": "Idempotency-Key", "in": "header", "schema": key, "description": "makes a repeat harmless"},
        ],
        "requestBody": {"content": {"application/json": {"schema": {
            "type": "object", "additionalProperties": False,
            "properties": {"reading": {"type": "string", "description": "one number, with its unit if need be"}},
        }}}},
        "responses": {
            "200": {"description": "An alarm of this device is open already; its number.", "content": taken},
            "201": {"description": "Taken in; the number of the case.", "content": taken},
            **{status: {"description": words, "content": failure} for status, words in refusals.items()},
        },
    }  # fmt: skip


# A device shows its key and no cookie. One alarm of one device is open at a time, so that a repeat adds nothing.
@csrf_exempt
@repeat_is_harmless
@guarded_by("cases.report")
@require_POST
def alarms(request: HttpRequest) -> HttpResponse:
    key = key_by_text(bearer(request), "sensor")
    within_limit("alarms", f"key:{key.pk}", PER_MINUTE)
    note_use(key, at=timezone.now())
    taken = take_alarm(key=key, at=timezone.now(), reading=reading(request), client_key=client_key(request))
    return JsonResponse(
        {"number": taken.case.number, "repeated": taken.repeated}, status=200 if taken.repeated else 201
    )


def bearer(request: HttpRequest) -> str:
    """The key of a program (RFC 6750)."""
    scheme, _blank, text = request.headers.get("Authorization", "").partition(" ")
    return text.strip() if scheme.lower() == "bearer" else ""


def reading(request: HttpRequest) -> str:
    """What the device says; anything else than a reading is refused, so that nothing about a person gets in."""
    if len(request.body) > MOST_OCTETS:
        raise Malformed(_("A device says one number, and no more."))
    try:
        said = json.loads(request.body or b"{}")
    except ValueError as error:
        raise Malformed(_("This is no JSON.")) from error
    if not isinstance(said, dict) or set(said) - KNOWN or not isinstance(said.get("reading", ""), str | int | float):
        raise Malformed(_("A device says one number, and no more."), next_step=_('Send {"reading": "12.5 mg/m³"}.'))
    return str(said.get("reading", ""))
