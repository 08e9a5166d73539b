"""Types of cases in groups, as residents and those who take in for them choose one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import pgettext_lazy

from liren.service.cases.models import DeclaredType

#: Groups in the order in which people need them, each with its heading.
GROUPS = {
    "request": pgettext_lazy("kind of case", "Something is wrong or missing"),
    "service": pgettext_lazy("kind of case", "Papers and services"),
    "mediation": pgettext_lazy("kind of case", "A quarrel to be settled"),
    "support": pgettext_lazy("kind of case", "Help and protection"),
    "safety": pgettext_lazy("kind of case", "Safety"),
    "contact": pgettext_lazy("kind of case", "A visit or a talk"),
    "supervision": pgettext_lazy("kind of case", "A complaint about an office"),
}
#: Which type stands first in its group: what most people come for.
FIRST = "request"


@dataclass(frozen=True)
class Group:
    """Types of one group."""

    code: str
    name: Any
    types: list[DeclaredType]


def grouped(found: list[DeclaredType]) -> list[Group]:
    """The groups that have any of these types, each with its own."""
    by_group = {code: [one for one in found if one.spec.group == code] for code in GROUPS}
    in_order = {code: sorted(many, key=lambda one: one.code != FIRST) for code, many in by_group.items()}
    return [Group(code, name, in_order[code]) for code, name in GROUPS.items() if in_order[code]]
