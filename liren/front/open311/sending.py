"""A report that a program sends: its key, its service, its answers, and the one call of the service behind."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.prepared import prepared
from liren.foundation.policy.queries import pinned
from liren.front.kit.limits import within_limit
from liren.front.kit.senders import client_key
from liren.front.open311.asking import fields, jurisdiction
from liren.front.open311.showing import service_of
from liren.service.cases.queries.keys import key_by_text, program
from liren.service.cases.services import note_use, report, uploads

ATTRIBUTE = re.compile(r"attribute\[([a-z][a-z0-9_]{0,39})\](?:\[\])?")
#: Names under which clients send pictures.
MEDIA = ("media", "media[]", "photo", "file")
#: Reports of one program in one minute: more than a city sends, less than what would bury a desk.
PER_MINUTE = 120


@prepared()
@pinned()
def taken(request: HttpRequest) -> list[dict[str, Any]]:
    """The number of the new case; of a report sent before under the same Idempotency-Key, the number it got then.

    Raises:
        NoKey, NoService, NoJurisdiction, TooMany. BadReport: what is wrong, field by field. Conflict: the same
        Idempotency-Key with other content.
    """
    sent = fields(request)
    key = key_by_text(sent.get("api_key", "") or request.headers.get("X-Api-Key", ""), "open311")
    within_limit("open311", f"key:{key.pk}", PER_MINUTE)
    note_use(key, at=timezone.now())
    service = service_of(sent.get("service_code", ""))
    where, unit = place(sent), jurisdiction(sent)
    if unit is None and "lon" not in where:
        unit = key.unit  # an address alone lies where the key reaches
    name = " ".join(part for part in (sent.get("first_name", ""), sent.get("last_name", "")) if part).strip()
    done = report(
        service.kind.code,
        text=sent.get("description", ""),
        by=program(key),
        at=timezone.now(),
        channel="open311",
        unit_id=unit.pk if unit else None,
        **where,
        category=service.category.code if service.category else "",
        values=answers(request),
        contact={"name": name, "phone": sent.get("phone", "")},
        client_key=client_key(request),
        language=get_language() or "zh-hans",
        files=uploads([one for name in MEDIA for one in request.FILES.getlist(name)]),
        key=key,
    )
    return [{"service_request_id": done.case.number, "service_notice": notice(sent, service), "account_id": None}]


def place(sent: dict[str, str]) -> dict[str, Any]:
    """Where it is: a point, an address, or both."""
    address = sent.get("address_string", "") or sent.get("address", "")
    lat, lon = sent.get("lat", "").strip(), (sent.get("long", "") or sent.get("lon", "")).strip()
    if not (lat or lon):
        return {"address": address}
    try:
        return {"lon": float(lon), "lat": float(lat), "address": address}
    except ValueError as error:
        raise BadInput(_("lat and long are degrees of WGS 84, such as 30.66 and 104.06.")) from error


def answers(request: HttpRequest) -> dict[str, str]:
    """Attributes by their code; more than one value of one attribute is refused by its kind."""
    found: dict[str, str] = {}
    for name, values in request.POST.lists():
        if match := ATTRIBUTE.fullmatch(name):
            found[match[1]] = ",".join(map(str, values))
        elif name.startswith("attribute"):
            raise BadInput(_("An attribute is sent as attribute[code]."))
    return found


def notice(sent: dict[str, str], service: Any) -> str | None:
    """What the sender is told with the number."""
    parts = [service.category.notice.text(get_language() or "zh")] if service.category else []
    if sent.get("media_url"):
        parts.append(_("Pictures are not fetched from elsewhere: send them with the report, as media."))
    return " ".join(part for part in parts if part) or None
