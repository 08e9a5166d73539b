"""The networks of ways and the tables of places that a city's runs stand on, with what was found wrong in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from liren.development.lifecircle import queries
from liren.development.lifecircle.models import PlaceTable, StreetNetwork
from liren.foundation.kernel.reply import show
from liren.front.desk.gate import desk
from liren.front.desk.lifecircle.place import ACTION, place_for
from liren.front.kit import circles

#: From this share of nodes outside the largest part on, a network should be looked at.
TORN = 0.05
#: Words of a table that no category knows, on the page.
MOST_WORDS = 12
#: One part is the network itself.
LEAST = {"parts": 1}


@dataclass(frozen=True)
class Checked:
    """A network with its quality report in words, and whether it is torn."""

    network: StreetNetwork
    lines: list[tuple[str, Any]]
    is_torn: bool


@desk(ACTION)
def networks(request: HttpRequest, code: str) -> HttpResponseBase:
    place = place_for(request, code)
    found = [] if place.home is None else [checked(one) for one in queries.networks(place.home)]
    tables = [] if place.home is None else [table(one) for one in queries.place_tables(place.home)]
    context = place.context(title=_("Networks and places"), networks=found, tables=tables)
    return show(request, "desk/lifecircle/networks.html", "", context)


def checked(network: StreetNetwork) -> Checked:
    """The report that was kept with a network: counts that are not zero."""
    quality = network.quality
    named = {
        "kilometres": _("kilometres of way"),
        "lines": _("walls, rivers, railways and roads that part"),
        "parts": _("disconnected parts"),
        "nodes_outside_largest": _("nodes outside the largest part"),
        "loops": _("loops"),
        "duplicates": _("ways recorded twice"),
        "zero_length": _("ways without length"),
    }
    lines = [(words, quality[name]) for name, words in named.items() if quality.get(name, 0) > LEAST.get(name, 0)]
    return Checked(network, lines, float(quality.get("share_outside_largest") or 0) > TORN)


def table(one: PlaceTable) -> dict[str, Any]:
    """A table of places: how many of each category, and the words that no category knows."""
    quality = one.quality
    standard = {c.code: circles.says(c.name) for declared in queries.standards() for c in declared.spec.categories}
    known = sorted(quality.get("by_category", {}).items(), key=lambda pair: -pair[1])
    unknown = sorted(quality.get("unknown", {}).items(), key=lambda pair: -pair[1])
    return {
        "table": one,
        "by_category": [(standard.get(code, code), many) for code, many in known],
        "unknown": unknown[:MOST_WORDS],
        "more": max(0, len(unknown) - MOST_WORDS),
        "lines": quality.get("lines", one.places),
    }
