"""The networks of ways and the tables of places that a city's runs stand on, with what was found wrong in them; and the
forms that bring in new ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from liren.development.lifecircle import queries
from liren.development.lifecircle.models import PlaceTable, StreetNetwork
from liren.foundation.kernel.reply import show
from liren.front.desk.gate import FORM, desk
from liren.front.desk.lifecircle import report, uploads
from liren.front.desk.lifecircle.place import ACTION, place_for

#: From this share of nodes outside the largest part on, a network should be looked at.
TORN = 0.05


@dataclass(frozen=True)
class Checked:
    """A network with its quality report in words, and whether it is torn."""

    network: StreetNetwork
    lines: list[tuple[str, float]]
    is_torn: bool


@desk(ACTION, *FORM)
def networks(request: HttpRequest, code: str) -> HttpResponseBase:
    place = place_for(request, code)
    if request.method == "POST" and (answer := uploads.received(request, place)) is not None:
        return answer
    found = [] if place.home is None else [checked(one) for one in queries.networks(place.home)]
    tables = [] if place.home is None else [table(one) for one in queries.place_tables(place.home)]
    context = place.context(title=_("Networks and places"), networks=found, tables=tables)
    context |= {"forms": uploads.forms_of(request, place), "too_large": uploads.too_large()}
    return show(request, "desk/lifecircle/networks.html", "", context, status=422 if request.method == "POST" else 200)


def checked(network: StreetNetwork) -> Checked:
    """A network as the page shows it."""
    quality = network.quality
    return Checked(network, report.of_ways(quality), float(quality.get("share_outside_largest") or 0) > TORN)


def table(one: PlaceTable) -> dict[str, Any]:
    """A table of places: how many of each category, and the words that no category knows."""
    unknown, more = report.unknown_words(one.quality)
    return {
        "table": one,
        "by_category": report.by_category(one.quality),
        "unknown": unknown,
        "more": more,
        "lines": one.quality.get("lines", one.places),
    }
