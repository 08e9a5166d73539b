"""Registers in words: groups, who keeps and sees them, how fresh an entry is, what kind of thing a field holds."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from liren.foundation.kernel.engine.quantities import UNITS, Quantity, plain
from liren.foundation.registers.engine.spec import FieldSpec, RegisterSpec
from liren.front.kit.templatetags.kit import enumerated, is_chinese

#: Groups of registers, in the order in which the catalogue shows them.
GROUPS = {
    "services": lazy("Services close by"),
    # Translators: 一老一小、残疾人等关爱服务
    "care": lazy("Care"),
    "safety": lazy("Safety and law"),
    "self_government": lazy("Self-government"),
    "volunteering": lazy("Volunteering"),
    "social": lazy("Social organisations"),
    "property": lazy("Compounds and property"),
    "planning": lazy("Space and planning"),
    "development": lazy("Community development"),
    "funds": lazy("Funds and assets"),
    "organisation": lazy("Organisation"),
    "workers": lazy("Community workers"),
    "evaluation": lazy("Evaluation"),
    "disclosure": lazy("Disclosure"),
    "privacy": lazy("Data and privacy"),
}
KEEPERS = {
    "city": lazy("the city"),
    "district": lazy("the district or county"),
    "street": lazy("the street or town"),
    "community": lazy("the community"),
}
LEVELS = {
    "city": lazy("City"),
    "district": lazy("District or county"),
    "street": lazy("Street or town"),
    "community": lazy("Community or village"),
    "compound": lazy("Compound"),
    "grid": lazy("Grid"),
}
SEEN_BY = {
    "public": lazy("Everybody"),
    "workers": lazy("Workers on duty there"),
    "sealed": lazy("Only with a stated reason; each look is recorded"),
}
PLACES = {
    "required": lazy("Each entry has a point on the map"),
    "optional": lazy("An entry may have a point on the map"),
    "none": lazy("Entries have no point on the map"),
}
KINDS = {
    "text": lazy("Short text"),
    "long_text": lazy("Text"),
    "bilingual": lazy("Text in Chinese and English"),
    "number": lazy("Number"),
    "date": lazy("Day"),
    "choice": lazy("One choice"),
    "choices": lazy("Several choices"),
    "yes_no": lazy("Yes or no"),
    "unit": lazy("A unit of territory"),
    "body": lazy("A body"),
    "phone": lazy("Telephone"),
    "file": lazy("File"),
    "link": lazy("Link"),
}
STATUS = {"public": "", "workers": lazy("For workers"), "sealed": lazy("Sealed")}


def language() -> str:
    return get_language() or "zh"


def keeper(spec: RegisterSpec) -> str:
    """Who keeps this register, as one says it in a sentence."""
    return str(KEEPERS[spec.kept_by])


def how_entries_come(spec: RegisterSpec) -> str:
    """What an empty register tells a resident: who keeps it, and how something gets into it."""
    return _(
        "This register is kept by %(keeper)s. If you know of something that belongs here, tell a worker there: they "
        "check it on the spot and enter it."
    ) % {"keeper": keeper(spec)}


def unreviewed(reviewed_on: dt.date, today: dt.date) -> str:
    """How long nobody has checked an entry."""
    days = (today - reviewed_on).days
    return ngettext("not checked for %(days)s day", "not checked for %(days)s days", days) % {"days": f"{days:,}"}


def interval(days: int) -> str:
    """Every so many days, in the largest unit that fits."""
    if days % 365 == 0:
        return ngettext("Every year", "Every %(n)s years", days // 365) % {"n": days // 365}
    if days % 30 == 0:
        return ngettext("Every month", "Every %(n)s months", days // 30) % {"n": days // 30}
    return ngettext("Every day", "Every %(n)s days", days) % {"n": days}


def kind_of(field: FieldSpec) -> str:
    """What a field holds: its kind, with unit, bounds or choices."""
    parts = [str(KINDS[field.kind])]
    if field.choices:
        parts.append(enumerated(one.name.text(language()) for one in field.choices))
    if field.kind == "number":
        parts += [one for one in (_unit(field), _bounds(field)) if one]
    colon = "：" if is_chinese() else ": "  # noqa: RUF001  (the colon of Chinese)
    return parts[0] if len(parts) == 1 else parts[0] + colon + ("，" if is_chinese() else ", ").join(parts[1:])  # noqa: RUF001


def _unit(field: FieldSpec) -> str:
    if not field.unit:
        return ""
    unit = UNITS[field.unit]
    return unit.zh if is_chinese() else unit.en


def _bounds(field: FieldSpec) -> str:
    low, high = (None if one is None else f"{plain(one):f}" for one in (field.low, field.high))
    if low is not None and high is not None:
        return f"{low}–{high}"
    if low is not None:
        return _("at least %(n)s") % {"n": low}
    return _("at most %(n)s") % {"n": high} if high is not None else ""


def number(value: Decimal | int | None, unit: str = "") -> str:
    """A figure as people read it, with its unit; an em dash for none. Shares are rounded to one place."""
    if value is None:
        return "—"
    exact = Decimal(value)
    if unit and UNITS[unit].dimension == "share":
        exact = exact.quantize(Decimal("0.1"))
    elif exact != exact.to_integral_value():
        exact = exact.quantize(Decimal("0.01"))
    if not unit:
        return f"{plain(exact):,f}"
    return Quantity(exact, UNITS[unit]).text("zh" if is_chinese() else "en")


#: How a figure of coverage is computed.
MEASURED = {
    "units": lazy("The share of places that have enough such entries."),
    "rate": lazy("What the entries hold, divided by the people or households there."),
    "entries": lazy("The share of entries that satisfy the condition."),
    "ratio": lazy("One number of the entries added up, divided by another added up."),
    "count": lazy("Counted or added up over the entries."),
}
