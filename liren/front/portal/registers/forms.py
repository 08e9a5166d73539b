"""What visitors choose in the catalogue and in the list of a register. Limits stand here, before any query."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liren.foundation.registers.models.vocabulary import FieldSpec
from liren.foundation.territory.models import Unit
from liren.front.kit.converters import CodeConverter
from liren.front.portal.registers import words

CODE = re.compile(CodeConverter.regex, re.ASCII)
FILTERED = ("choice", "choices", "yes_no")
WORDS = forms.TextInput(attrs={"type": "search", "autocomplete": "off", "enterkeyhint": "search"})


class UnitField(forms.CharField):
    """A division code; becomes the unit of today, or none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=20, required=False, **options)

    def clean(self, value: Any) -> Unit | None:
        code = super().clean(value)
        if not code:
            return None
        unit = Unit.objects.filter(code=code, closed_on=None).first() if CODE.fullmatch(code) else None
        if unit is None:
            raise forms.ValidationError(_("No place of today has this code."))
        return unit


class PlaceForm(forms.Form):
    """One place, as the page of coverage asks for it."""

    unit = UnitField(label=_("Place"))


class CatalogueForm(forms.Form):
    """Words of a register's name or purpose, and a place."""

    q = forms.CharField(label=_("Name or purpose of a register"), max_length=60, required=False, widget=WORDS)
    unit = UnitField(label=_("Place"), widget=forms.HiddenInput)


class ListForm(forms.Form):
    """Words, a place, what the fields of the list say, and whether what has ended is meant."""

    q = forms.CharField(label=_("Words of an entry, or its number"), max_length=60, required=False, widget=WORDS)
    unit = UnitField(label=_("Place"))

    def __init__(self, data: Any, *, fields: Sequence[FieldSpec]) -> None:
        super().__init__(data)
        self.filtered = [one for one in fields if one.kind in FILTERED]
        for one in self.filtered:
            self.fields[one.code] = forms.ChoiceField(
                label=one.name.text(words.language()), choices=_choices(one), required=False
            )
        self.fields["until"] = forms.ChoiceField(
            label=_("State"), choices=[("", _("In force")), ("past", _("Ended"))], required=False
        )

    @property
    def filters(self) -> dict[str, str]:
        """What the fields shall say, by code."""
        return {one.code: said for one in self.filtered if (said := self.cleaned_data.get(one.code, ""))}

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but a place was asked for."""
        return bool(self.filters or self.cleaned_data.get("q") or self.cleaned_data.get("until"))

    def offer(self, places: Sequence[tuple[str, str]]) -> None:
        """The places among which a visitor may choose; a code from elsewhere stays good."""
        self.fields["unit"].widget = forms.Select(choices=places)


def _choices(field: FieldSpec) -> list[tuple[str, Any]]:
    if field.kind == "yes_no":
        return [("", _("Any")), ("true", _("Yes")), ("false", _("No"))]
    return [("", _("Any")), *((one.code, one.name.text(words.language())) for one in field.choices)]
