"""Choosing what to report: the types that are open on the web, by group, and a search that leads to one of them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.registers.models import NoRegister
from liren.foundation.registers.queries import entries
from liren.foundation.registers.queries.shelf import readable_register
from liren.front.kit.kinds import grouped
from liren.service.cases.models import DeclaredType, Words, types

#: Numbers to call at once, and what each is for.
EMERGENCIES = (
    ("110", pgettext_lazy("emergency", "police")),
    ("119", pgettext_lazy("emergency", "fire")),
    ("120", pgettext_lazy("emergency", "ambulance")),
    ("122", pgettext_lazy("emergency", "traffic accident")),
)
SHOWN, LOOKED_AT = 6, 60


class WishForm(forms.Form):
    """A few words about what is wanted."""

    q = forms.CharField(
        label=_("What is it about?"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "enterkeyhint": "search"}),
    )


@dataclass(frozen=True)
class Way:
    """One hit of the search: a type, perhaps one of its categories, and its address."""

    name: str
    under: str
    url: str
    weight: float = field(default=0.0, compare=False)


def language() -> str:
    """The language of the page as a declaration knows it."""
    return get_language() or "zh-hans"


def open_types() -> list[DeclaredType]:
    """Types that residents may report on the web."""
    return [one for one in types() if "web" in one.spec.channels and not one.spec.journey]


def page(form: WishForm, unit: Any = None) -> dict[str, Any]:
    """What the first page of reporting shows; ``unit`` is handed on to the form."""
    query = f"?unit={unit.code}" if unit else ""
    q = form.cleaned_data["q"].strip() if form.is_valid() else ""
    found = open_types()
    hits = [*ways(q, found, query), *of_catalogues(q, found)] if q else []
    return {"form": form, "q": q, "groups": grouped(found), "ways": hits} | {
        "emergencies": EMERGENCIES,
        "unit": unit,
        "query": query,
    }


def ways(q: str, found: list[DeclaredType], query: str = "") -> list[Way]:
    """Types and categories whose names share the most with the words, the likeliest first."""
    wanted, here = _pieces(q), language()
    hits: list[Way] = []
    for kind in found:
        url, name = reverse("report", args=[kind.code]) + query, kind.spec.name.text(here)
        hits.append(Way(name, kind.spec.purpose.text(here), url, _weight(wanted, kind.spec.name)))
        hits += [
            Way(
                one.name.text(here), name, f"{url}{'&' if query else '?'}category={one.code}", _weight(wanted, one.name)
            )
            for one in kind.spec.categories
        ]
    return sorted((one for one in hits if one.weight > 0), key=lambda one: -one.weight)[:SHOWN]


def of_catalogues(q: str, found: list[DeclaredType]) -> list[Way]:
    """Entries of registers that a type is applied for by, such as items of the catalogue of services: each leads to
    what it says of itself, and from there to the form. Whose name says it comes first, and what the city keeps."""
    codes = dict.fromkeys(one.register for kind in found for one in kind.spec.intake_fields if one.kind == "entry")
    hits: list[tuple[float, int, Way]] = []
    for code in codes:
        try:
            register = readable_register(code, ANONYMOUS)
        except NoRegister:
            continue
        for row in entries(register, ANONYMOUS, q=q, limit=LOOKED_AT).rows:
            under, unit = f"{register.name} · {row.entry.unit.name}", row.entry.unit
            way = Way(row.name, under, reverse("register-entry", args=[code, row.entry.number]))
            hits.append((-_weight(_pieces(q), Words(row.entry.name_zh, row.entry.name_en)), unit.level, way))
    return [way for _said, _level, way in sorted(hits, key=lambda one: one[:2])[:SHOWN]]


def _pieces(text: str) -> frozenset[str]:
    """Pairs of signs of Chinese, whole words of English; a single sign stands for itself."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    chinese = [sign for sign in plain if "\u4e00" <= sign <= "\u9fff"]
    pairs = {a + b for a, b in zip(chinese, chinese[1:], strict=False)} or set(chinese)
    return frozenset(pairs | {word for word in plain.split() if word.isascii() and len(word) > 2})


def _weight(wanted: frozenset[str], name: Any) -> float:
    has = _pieces(f"{name.zh} {name.en}")
    return len(wanted & has) / (1 + len(has) ** 0.5)
