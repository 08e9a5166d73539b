"""What the tables of this room share: rows that are loaded, retired, and never edited."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import get_language

from liren.foundation.kernel.ranges import same

if TYPE_CHECKING:
    from liren.foundation.kernel.rights import Actor

CURRENT = Q(retired_at__isnull=True)


class PublicQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """The city's documents are public: everyone sees all of them."""
        return self

    def current(self) -> Self:
        """What the packs say now."""
        return self.filter(CURRENT)

    def known_at(self, moment: datetime) -> Self:
        """What the packs said at a moment."""
        return self.filter(Q(retired_at__isnull=True) | Q(retired_at__gt=moment), loaded_at__lte=moment)


class Loaded(models.Model):
    """A row out of a pack. When the pack changes, the row is retired and another one takes its place."""

    loaded_at = models.DateTimeField(editable=False)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = PublicQuerySet.as_manager()

    class Meta:
        abstract = True


def retired_later(name: str) -> models.CheckConstraint:
    """A row is retired after it was loaded."""
    return models.CheckConstraint(name=name, condition=Q(retired_at__isnull=True) | Q(retired_at__gte=F("loaded_at")))


def not_blank(name: str, *fields: str) -> models.CheckConstraint:
    """Refuses texts that are empty or only white space."""
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__regex": r"\S" for field in fields}))


def known(name: str, field: str, choices: type[models.TextChoices]) -> models.CheckConstraint:
    """Refuses a word that is not one of the choices."""
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__in": choices.values}))


def real_period(name: str) -> models.CheckConstraint:
    """Refuses an empty period and one without a first day."""
    return models.CheckConstraint(name=name, condition=Q(during__isempty=False, during__lower_inf=False))


def same_text(column: str) -> Func:
    """A text column as a range of one word, so that a gist index can ask for equality with ``&&``; the type is made by
    the first migration."""
    return Func(F(column), F(column), Value("[]"), function="policy_words")


def never_at_once(name: str, *, texts: tuple[str, ...] = (), keys: tuple[str, ...] = (), of: Q = CURRENT) -> Any:
    """Rows in force that are alike in all these columns may not overlap in ``during``."""
    alike: list[tuple[Any, str]] = [
        *((same(column), RangeOperators.OVERLAPS) for column in keys),
        *((same_text(column), RangeOperators.OVERLAPS) for column in texts),
    ]
    return ExclusionConstraint(name=name, expressions=[*alike, ("during", RangeOperators.OVERLAPS)], condition=of)


def in_language(zh: str, en: str) -> str:
    """The text in the reader's language; English falls back to Chinese."""
    return en if en and not (get_language() or "zh").startswith("zh") else zh
