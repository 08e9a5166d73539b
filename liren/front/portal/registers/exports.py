"""A register to take away: the table, every place as GeoJSON, and the points of the map in view."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput, NotAllowed
from liren.foundation.kernel.rights import Actor
from liren.foundation.registers import queries
from liren.foundation.registers.models import Attachment, Register
from liren.front.kit.frames import frame_of
from liren.front.portal.registers.forms import ListForm
from liren.front.portal.registers.listing import MOST_IN_A_FILE, choice, columns

#: Points in one answer for the map; more would be slow on a telephone, and could not be told apart.
MOST_POINTS = 1_000
GEOJSON = "application/geo+json"


def chosen(request: HttpRequest, register: Register, actor: Actor) -> queries.Choice:
    """The entries that the query of the list asks for.

    Raises:
        NotAllowed: what is sealed leaves in no file. BadInput: a filter says what can't be; a file must not hold more
            than was asked for.
    """
    if register.spec.visible == "sealed":
        raise NotAllowed(_("What is sealed is read entry by entry, and never leaves in a file."))
    form = ListForm(request.GET, fields=columns(register, actor))
    if not form.is_valid():
        names = ", ".join(str(form.fields[name].label) for name in form.errors if name in form.fields)
        raise BadInput(_("This choice can't be made: %(names)s.") % {"names": names})
    return replace(choice(form), most=MOST_IN_A_FILE)


def table(request: HttpRequest, register: Register, actor: Actor) -> StreamingHttpResponse:
    """The list as CSV."""
    lines = queries.csv_export(register, actor, chosen(request, register, actor))
    return _download(lines, f"{register.code}.csv", "text/csv; charset=utf-8")


def places(request: HttpRequest, register: Register, actor: Actor) -> StreamingHttpResponse:
    """The list as GeoJSON."""
    pieces = queries.geojson_export(register, actor, chosen(request, register, actor))
    return _download(pieces, f"{register.code}.geojson", GEOJSON)


def _download(pieces: Iterator[str], name: str, kind: str) -> StreamingHttpResponse:
    reply = StreamingHttpResponse(pieces, content_type=kind)
    reply["Content-Disposition"] = f'attachment; filename="{name}"'
    return reply


def points(request: HttpRequest, register: Register, actor: Actor) -> HttpResponse:
    """Points in the frame of the map, with no more than a map needs. ``more``: there are others in this frame."""
    wanted = chosen(request, register, actor)
    frame = frame_of(request.GET.get("bbox", ""))
    found = queries.features(register, actor, wanted, frame=frame, limit=MOST_POINTS + 1)
    features = [point(register, one) for one in found[:MOST_POINTS]]
    data = {"type": "FeatureCollection", "features": features, "more": len(found) > MOST_POINTS}
    reply = JsonResponse(data, content_type=GEOJSON)
    patch_cache_control(reply, private=True, max_age=60)
    return reply


def point(register: Register, feature: dict[str, Any]) -> dict[str, Any]:
    """A feature as the map reads it: what lights up with which line of the list, and where a click leads."""
    facts = feature["properties"]
    url = reverse("register-entry", args=[register.code, facts["number"]])
    properties = {"code": str(facts["number"]), "name": facts["name"], "note": facts["unit_name"], "url": url}
    return {"type": "Feature", "properties": properties, "geometry": feature["geometry"]}


def attached(register: Register, number: int, key: int, actor: Actor) -> HttpResponse:
    """A file of an entry, always as a download: nothing that was sent in is opened as a page of ours."""
    found: Attachment = queries.attachment(register, number, key, actor)
    reply = HttpResponse(bytes(found.content), content_type=found.type)
    reply["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=found.name) or "attachment"
    reply["X-Content-Type-Options"] = "nosniff"
    return reply
