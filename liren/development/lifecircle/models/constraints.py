"""Shapes of constraints that several tables of this room share."""

from django.db import models
from django.db.models import Q


def is_digest(name: str, field: str, *, or_blank: bool = False) -> models.CheckConstraint:
    """Refuses what is no SHA-256 in hexadecimal."""
    condition = Q(**{f"{field}__regex": r"^[0-9a-f]{64}$"})
    return models.CheckConstraint(name=name, condition=condition | Q(**{field: ""}) if or_blank else condition)


def not_blank(name: str, field: str) -> models.CheckConstraint:
    """Refuses a text that is empty or only white space."""
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__regex": r"\S"}))
