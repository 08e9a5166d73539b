"""Shapes that several tables of this room share."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import get_language


def real_period(name: str) -> models.CheckConstraint:
    """Refuses an empty period and one without a first day: both would be invisible to every dated question."""
    return models.CheckConstraint(name=name, condition=Q(during__isempty=False, during__lower_inf=False))


def not_blank(name: str, field: str) -> models.CheckConstraint:
    """Refuses a text that is empty or only white space."""
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__regex": r"\S"}))


def known(name: str, field: str, values: list[Any], *, blank: bool = False) -> models.CheckConstraint:
    """Refuses a word that is not in the list."""
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__in": [*values, *([""] if blank else [])]}))


def during() -> DateRangeField:
    """Days on which the row is true: first day included, last day excluded, open end = until further notice."""
    return DateRangeField()


#: Ten years after an office ended, the name of its holder goes and the fact stays (data set "office").
NAME_DAYS = 3653


def name_kept(name: str) -> models.CheckConstraint:
    """A name is forgotten only when its office has been over for the full period."""
    due = Func(F("during"), template=f"(upper(%(expressions)s) + {NAME_DAYS})", output_field=models.DateField())
    ended = Q(during__upper_inf=False, forgotten_on__gte=due)
    return models.CheckConstraint(name=name, condition=Q(forgotten_on__isnull=True) | ended)


def in_words(row: Any, field: str) -> str:
    """``field_zh`` or ``field_en`` of a row, by the reader's language; English falls back to Chinese."""
    english = getattr(row, f"{field}_en")
    return english if english and not (get_language() or "zh").startswith("zh") else getattr(row, f"{field}_zh")


class Named(models.Model):
    """A thing with a Chinese name and perhaps an English one."""

    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name_zh

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_words(self, "name")
