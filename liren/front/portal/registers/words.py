"""Registers in words: groups, who keeps and sees them, how fresh an entry is, what kind of thing a field holds."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from liren.foundation.kernel.engine.quantities import UNITS, Quantity, plain
from liren.foundation.registers.models.vocabulary import FieldSpec, RegisterSpec
from liren.front.kit.registers import GROUPS as GROUPS
from liren.front.kit.templatetags.kit import enumerated, is_chinese

KEEPERS = {
    "city": _("the city"),
    "district": _("the district or county"),
    "street": _("the street or town"),
    "community": _("the community"),
}
LEVELS = {
    "city": _("City"),
    "district": _("District or county"),
    "street": _("Street or town"),
    "community": _("Community or village"),
    "compound": _("Compound"),
    "grid": _("Grid"),
}
SEEN_BY = {
    "public": _("Everybody"),
    "workers": _("Workers on duty there"),
    "sealed": _("Only with a stated reason; each look is recorded"),
}
PLACES = {
    "required": _("Each entry has a point on the map"),
    "optional": _("An entry may have a point on the map"),
    "none": _("Entries have no point on the map"),
}
KINDS = {
    "text": _("Short text"),
    "long_text": _("Text"),
    "bilingual": _("Text in Chinese and English"),
    "number": _("A number"),
    "date": _("Day"),
    "choice": _("One choice"),
    "choices": _("Several choices"),
    "yes_no": _("Yes or no"),
    "unit": _("A unit of territory"),
    "body": _("A body"),
    "phone": _("Telephone"),
    "file": _("File"),
    "link": _("Link"),
}
STATUS = {"public": "", "workers": _("For workers"), "sealed": _("Sealed")}


def language() -> str:
    return get_language() or "zh"


def keeper(spec: RegisterSpec) -> str:
    """Who keeps this register, as one says it in a sentence."""
    return str(KEEPERS[spec.kept_by])


def how_entries_come(spec: RegisterSpec) -> str:
    """What an empty register tells a resident: who keeps it, and how something gets into it."""
    return gettext(
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
        return gettext("Every year") if days == 365 else gettext("Every %(n)s years") % {"n": days // 365}
    if days % 30 == 0:
        return gettext("Every month") if days == 30 else gettext("Every %(n)s months") % {"n": days // 30}
    return gettext("Every day") if days == 1 else gettext("Every %(n)s days") % {"n": days}


def kind_of(field: FieldSpec) -> str:
    """What a field holds: its kind, with unit, bounds or choices."""
    parts = [str(KINDS[field.kind])]
    if field.choices:
        parts.append(enumerated(one.name.text(language()) for one in field.choices))
    if field.kind == "number":
        parts += [one for one in (_unit(field), _bounds(field)) if one]
    colon = "：" if is_chinese() else ": "
    return parts[0] if len(parts) == 1 else parts[0] + colon + ("，" if is_chinese() else ", ").join(parts[1:])


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
        return gettext("at least %(n)s") % {"n": low}
    return gettext("at most %(n)s") % {"n": high} if high is not None else ""


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
    "units": _("The share of places that have enough such entries."),
    "rate": _("What the entries hold, divided by the people or households there."),
    "entries": _("The share of entries that satisfy the condition."),
    "ratio": _("One number of the entries added up, divided by another added up."),
    "count": _("Counted or added up over the entries."),
}
