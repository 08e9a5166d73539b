"""Where the service is, for programs that only know its name."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from liren.front.open311.showing import moment
from liren.service.cases.queries.feeds import open_types_changed_at

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
FORMATS = ["application/json", "text/xml"]


def document(request: HttpRequest) -> dict[str, Any]:
    """The discovery document (https://wiki.open311.org/Service_Discovery/)."""
    changed = moment(open_types_changed_at())
    address = request.build_absolute_uri(reverse("open311-services", args=["json"])).rsplit("/", 1)[0]
    return {
        "changeset": changed,
        "contact": _("Ask the community office, or whoever runs this installation."),
        "key_service": _("Keys are given out by the city: ask whoever runs this installation."),
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": address,
                "changeset": changed,
                "type": "test" if settings.LIREN_DEMO else "production",
                "formats": FORMATS,
            }
        ],
    }
