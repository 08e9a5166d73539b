"""Shapes that several tables of this room share."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q


def not_blank(name: str, *fields: str) -> models.CheckConstraint:
    """Refuses a text that is empty or only white space."""
    condition = Q()
    for one in fields:
        condition &= Q(**{f"{one}__regex": r"\S"})
    return models.CheckConstraint(name=name, condition=condition)


def known(name: str, field: str, values: Any, *, blank: bool = False) -> models.CheckConstraint:
    """Refuses a word that is not in the list."""
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__in": [*values, *([""] if blank else [])]}))


def both_or_none(name: str, one: str, other: str) -> models.CheckConstraint:
    """Two columns that make sense only together."""
    none = Q(**{f"{one}__isnull": True, f"{other}__isnull": True})
    both = Q(**{f"{one}__isnull": False, f"{other}__isnull": False})
    return models.CheckConstraint(name=name, condition=none | both)


def later(name: str, after: str, before: str) -> models.CheckConstraint:
    """``after`` is empty or not earlier than ``before``."""
    unset = Q(**{f"{after}__isnull": True}) | Q(**{f"{before}__isnull": True})
    return models.CheckConstraint(name=name, condition=unset | Q(**{f"{after}__gte": models.F(before)}))
