"""Fields of the gate's forms: money in yuan, communities by name, questions line by line."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.territory.models import Level, Unit
from liren.front.desk.fields import UnitField

#: Lines of one field; a city with more communities is named by its own code.
MOST_LINES = 400


class MoneyField(forms.DecimalField):
    """Yuan with two decimals; becomes fen, or None where nothing was entered."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_digits=14, decimal_places=2, **options)

    def clean(self, value: Any) -> int | None:
        amount: Decimal | None = super().clean(value)
        return None if amount is None else int(amount * 100)


class LinesField(forms.CharField):
    """Short texts, one to a line; an empty line is none."""

    def __init__(self, *, longest: int = 80, most: int = MOST_LINES, **options: Any) -> None:
        self.longest, self.most = longest, most
        options.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        super().__init__(max_length=30_000, **options)

    def clean(self, value: Any) -> list[Any]:
        lines = [line.strip() for line in (super().clean(value) or "").splitlines() if line.strip()]
        if len(lines) > self.most:
            raise forms.ValidationError(_("At most %(most)d lines.") % {"most": self.most}, code="many")
        if any(len(line) > self.longest for line in lines):
            raise forms.ValidationError(_("A line has at most %(most)d characters.") % {"most": self.longest})
        return lines


class CommunitiesField(LinesField):
    """Communities by code or name, one to a line; a street, district or city stands for all of its communities."""

    actor: Any

    def __init__(self, **options: Any) -> None:
        options.setdefault(
            "help_text",
            gettext_lazy(
                "One name or code on each line. A street, town or district stands for all its communities and villages."
            ),
        )
        super().__init__(longest=100, **options)

    def clean(self, value: Any) -> list[Any]:
        field = UnitField()
        field.actor = self.actor
        found: dict[int, None] = {}
        for line in super().clean(value):
            found |= dict.fromkeys(self._below(field.clean(line)))
        return list(found)

    def _below(self, unit: Unit) -> list[int]:
        today = Unit.objects.existing_on(timezone.localdate())
        below = list(
            today.filter(path__startswith=unit.path, level=Level.COMMUNITY)
            .order_by("code")
            .values_list("pk", flat=True)
        )
        if not below:
            words = _("There is no community or village in %(name)s.") % {"name": unit.name}
            raise forms.ValidationError(words, code="none")
        return below


class ChosenUnitField(forms.ChoiceField):
    """One of the actor's communities, by its code; becomes the unit."""

    def clean(self, value: Any) -> Unit | None:
        code = super().clean(value)
        return Unit.objects.filter(code=code).first() if code else None
