"""What visitors choose on the pages of the gate."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liren.foundation.territory.models import Unit
from liren.front.kit.suggesting import top
from liren.front.portal.registers.forms import WORDS, UnitField
from liren.front.portal.registers.places import scope


class PlaceForm(forms.Form):
    """A place: the city where none is asked for."""

    unit = UnitField(label=_("Place"))

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.asked: Unit | None = self.cleaned_data.get("unit") if self.is_valid() else None
        self.here: Unit | None = self.asked or top()
        self.fields["unit"].widget = forms.Select(choices=scope(self.here).options)

    @property
    def status(self) -> int:
        return 200 if self.is_valid() else 422


class CertificateForm(PlaceForm):
    """Words of a certificate, and a place."""

    q = forms.CharField(label=_("Which certificate?"), max_length=40, required=False, widget=WORDS)


class CommentForm(forms.Form):
    """What somebody says before a list is changed; without a name."""

    text = forms.CharField(label=_("What you think of it"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 5}))
