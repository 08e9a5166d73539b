"""Service space of each community: square metres per 100 households against the norm, and the share for activities."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.development.lifecircle import queries
from liren.foundation.kernel.reply import show
from liren.foundation.territory.models import Unit
from liren.front.desk.gate import desk
from liren.front.desk.lifecircle.place import ACTION, place_for
from liren.front.kit.pages import Page, listed

SIZE = 50


@desk(ACTION)
def space(request: HttpRequest, code: str) -> HttpResponseBase:
    place = place_for(request, code)
    run = place.run if place.run is not None and place.run.looks_back else None
    day = timezone.localdate() if run is None else run.day
    context = place.context(title=_("Service space"), page=communities(request, place.unit, day), as_of=day, back=run)
    return show(request, "desk/lifecircle/space.html", "", context)


def communities(request: HttpRequest, unit: Unit, day: date) -> Page[Any]:
    """The communities of a unit on a day by name, page by page."""

    def fetch(after: Any, limit: int) -> list[dict[str, Any]]:
        return [row(one) for one in queries.spaces(unit, day=day, after=after, limit=limit)[0]]

    return listed(request, fetch, lambda one: (one["unit"].pinyin, one["unit"].pk), shape="tn", size=SIZE)


def row(one: queries.Space) -> dict[str, Any]:
    """A community with its space per 100 households, None where nobody has counted them."""
    per = None if not one.households else (one.area_m2 * 100 / one.households).quantize(Decimal("0.1"))
    return {"unit": one.unit, "space": one, "per": per}
