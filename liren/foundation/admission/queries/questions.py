"""Questions that are asked again: by another form, or although a register keeps the answer. Only definitions count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.utils.translation import get_language

from liren.foundation.admission.engine.fields import same_key
from liren.foundation.admission.models import FormField
from liren.foundation.policy import queries as policy

#: What packs call a declaration of a register.
REGISTER = "register"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that is asked again: its key, in how many admissions, of how many bodies, and the names of registers
    that keep the answer already."""

    key: str
    forms: int
    senders: int
    registers: tuple[str, ...] = ()


def kept_questions() -> dict[str, tuple[str, ...]]:
    """What the registers that the packs declare keep, by the key under which questions are compared: the names of the
    registers, in the reader's language. No more statements than reading the packs takes."""
    language = "en" if (get_language() or "").startswith("en") else "zh"
    found: dict[str, list[str]] = {}
    for one in policy.declared(REGISTER):
        name = str(one.content["name"].get(language) or one.content["name"]["zh"])
        for key in {same_key(field["name"]["zh"]) for field in one.content.get("fields", ())}:
            found.setdefault(key, []).append(name)
    return {key: tuple(names) for key, names in found.items()}


def asked_again(pairs: Iterable[tuple[str, int, int]], kept: Mapping[str, tuple[str, ...]]) -> dict[str, Asked]:
    """Out of questions as (key, admission, body that asks): those of more than one admission, or kept in a register.
    The most repeated first."""
    forms: dict[str, set[int]] = {}
    senders: dict[str, set[int]] = {}
    for key, admission, sender in pairs:
        forms.setdefault(key, set()).add(admission)
        senders.setdefault(key, set()).add(sender)
    found = [Asked(key, len(ids), len(senders[key]), kept.get(key, ())) for key, ids in forms.items()]
    again = [one for one in found if one.forms > 1 or one.registers]
    return {one.key: one for one in sorted(again, key=_most)}


def _most(one: Asked) -> tuple[int, int, str]:
    return (-one.forms, -len(one.registers), one.key)


def repeated_fields(on: date, most: int = 100) -> list[Asked]:
    """Questions of what holds on a day that more than one form asks or a register keeps, the most repeated first. One
    statement beside the packs, whatever the number of forms."""
    kept = kept_questions()
    rows = FormField.objects.filter(admission__during__contains=on, admission__is_active=True)
    counted = (
        rows.order_by().values("same")
        .annotate(forms=Count("admission_id", distinct=True), senders=Count("admission__sender_id", distinct=True))
        .filter(Q(forms__gt=1) | Q(same__in=list(kept))).order_by("-forms", "same")[: most + len(kept)]
    )  # fmt: skip
    found = [Asked(one["same"], one["forms"], one["senders"], kept.get(one["same"], ())) for one in counted]
    return sorted(found, key=_most)[:most]
