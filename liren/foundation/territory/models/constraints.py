"""Shapes of constraints that several tables share."""

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q


def real_period(name: str) -> models.CheckConstraint:
    """Refuses an empty period and one without a first day: both would be invisible to every dated question."""
    return models.CheckConstraint(name=name, condition=Q(during__isempty=False, during__lower_inf=False))


def not_blank(name: str, field: str) -> models.CheckConstraint:
    """Refuses a text that is empty or only white space."""
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__regex": r"\S"}))


def during() -> DateRangeField:
    """Days on which the row is true: first day included, last day excluded, open end = until further notice."""
    return DateRangeField()
