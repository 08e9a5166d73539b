"""The four functions of online services as four entrances side by side (R060): ask, read, book, order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liren.front.portal.cases.choosing import language
from liren.service.cases.models import types
from liren.service.cases.queries.notices import TYPE as NOTICE

#: Types in the order in which they are offered, each in a few words; notices are read, the others are sent.
ENTRANCES = {
    "policy_enquiry": _("Ask what a policy means, and whether it is for you."),
    NOTICE: _("What holds here now, by topic; choose what you want to hear of."),
    "service_booking": _("A time at a place or with somebody who helps."),
    "delivery_order": _("Goods and meals brought to the door."),
}


@dataclass(frozen=True)
class Entrance:
    """One of the four, with its address."""

    name: str
    words: Any
    url: str


def entrances(unit: Any = None) -> list[Entrance]:
    """Those whose type the packs declare; ``unit`` is handed on."""
    known, query = {one.code: one for one in types()}, f"?unit={unit.code}" if unit else ""
    return [
        Entrance(known[code].spec.name.text(language()), words, _address(code) + query)
        for code, words in ENTRANCES.items()
        if code in known
    ]


def _address(code: str) -> str:
    return reverse("notice-list") if code == NOTICE else reverse("report", args=[code])
