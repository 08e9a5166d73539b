"""Services and cases in the words of Open311. A case shows its public face, whoever asks."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import LirenError
from liren.service.cases.models import Field
from liren.service.cases.queries import feeds
from liren.service.cases.queries.feeds import Listed, Service, service_code
from liren.service.cases.queries.lists import Row
from liren.service.cases.queries.reading import language

#: Kinds of fields in the words of Open311; a body is chosen at the desk, and no program names one.
DATATYPES = {
    "text": "string", "long_text": "text", "number": "number", "date": "datetime", "time": "string",
    "moment": "datetime",
    "choice": "singlevaluelist", "yes_no": "singlevaluelist",
}  # fmt: skip


class NoService(LirenError):
    """No service of this code is open to programs (404)."""

    status = 404


def service_of(code: str) -> Service:
    """The service; NoService where none is open."""
    found = feeds.service_of_code(code)
    if found is None:
        raise NoService(_("There is no service of this code."), next_step=_("Take the code from the list of services."))
    return found


def asked_of(service: Service) -> list[Field]:
    """Fields that a program can answer."""
    return [one for one in service.kind.spec.intake_fields if one.kind in DATATYPES]


def service(one: Service) -> dict[str, Any]:
    here, spec = language(), one.kind.spec
    notice = one.category.notice.text(here) if one.category else ""
    return {
        "service_code": one.code,
        "service_name": one.category.name.text(here) if one.category else spec.name.text(here),
        "description": " ".join(part for part in (notice, spec.text_help.text(here)) if part),
        "metadata": bool(asked_of(one)),
        "type": "realtime",
        "keywords": ",".join(dict.fromkeys([spec.name.zh, spec.name.en])),
        "group": spec.name.text(here),
    }


def definition(one: Service) -> dict[str, Any]:
    asked = asked_of(one)
    return {"service_code": one.code, "attributes": [attribute(f, order) for order, f in enumerate(asked, 1)]}


def attribute(field: Field, order: int) -> dict[str, Any]:
    here = language()
    values = [{"key": choice.code, "name": choice.name.text(here)} for choice in field.choices]
    if field.kind == "yes_no":
        values = [{"key": "true", "name": _("yes")}, {"key": "false", "name": _("no")}]
    return {
        "variable": True,
        "code": field.code,
        "datatype": DATATYPES[field.kind],
        "required": field.required,
        "datatype_description": field.help.text(here),
        "order": order,
        "description": field.name.text(here),
        "values": values,
    }


def cases(request: HttpRequest, listed: Listed) -> list[dict[str, Any]]:
    return [case(request, row, listed.pictures.get(row.case.pk)) for row in listed.rows]


def case(request: HttpRequest, row: Row, picture: int | None) -> dict[str, Any]:
    """One case. Words, address and exact place of a resident are nobody's but the desk's."""
    one, (lon, lat) = row.case, row.public_point
    media = request.build_absolute_uri(reverse("case-file", args=[one.number, picture])) if picture else None
    return {
        "service_request_id": one.number,
        "status": "closed" if one.phase == "closed" else "open",
        "status_notes": row.public_words or row.state_words,
        "service_name": row.category_words or row.type_words,
        "service_code": service_code(row.spec, row.category),
        "description": None,
        "agency_responsible": one.body.name if one.body else None,
        "service_notice": None,
        "requested_datetime": moment(one.received_at),
        "updated_datetime": moment(one.changed_at),
        "expected_datetime": moment(one.due_at),
        "address": one.unit.name,
        "address_id": one.unit.code,
        "zipcode": None,
        "lat": lat,
        "long": lon,
        "media_url": media,
    }


def moment(at: Any) -> str | None:
    """To the second, with the zone of this place."""
    return timezone.localtime(at).isoformat(timespec="seconds") if at else None
