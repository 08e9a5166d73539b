"""A correction word by word: which field was recorded as what, and what it was corrected to."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from liren.foundation.territory.models import UnitChange, UnitSpan
from liren.front.kit.templatetags.kit import plain_day

#: The fields that can be corrected, in the order in which they are told.
FIELDS = ("name_zh", "name_en", "kind", "character", "code", "starts_on")


@dataclass(frozen=True)
class Corrected:
    """One field of an entry: its words, the wrong value and the right one, as a page shows them."""

    field: str
    was: str
    became: str

    def __str__(self) -> str:
        return _("Corrected: %(field)s from “%(was)s” to “%(became)s”.") % vars(self)


def corrected(change: UnitChange) -> list[Corrected]:
    """The fields that a correction put right, each with the value that was wrong; empty for any other change."""
    if not change.corrects_id:
        return []
    return [
        Corrected(_label(name), _value(name, change.was.get(name)), _value(name, change.became[name]))
        for name in FIELDS
        if name in change.became
    ]


def _label(name: str) -> str:
    return _("first day") if name == "starts_on" else str(_field(name).verbose_name)


def _value(name: str, value: Any) -> str:
    if not value:
        return "—"
    if name == "starts_on":
        return plain_day(date.fromisoformat(value))
    return str(dict(_field(name).flatchoices).get(value, value))


def _field(name: str) -> Any:
    return UnitSpan._meta.get_field(name)
