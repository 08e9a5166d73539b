"""What visitors fill in to find a body."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from liren.foundation.bodies.models import BodyKind, Registration
from liren.foundation.territory.models import Unit

ALL = ("", _("all"))


class BodyFilter(forms.Form):
    """Name, kind, registration, and the unit in which the body acts."""

    q = forms.CharField(
        label=_("Name, pinyin or unified social credit code"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=[ALL, *BodyKind.choices], required=False)
    registration = forms.ChoiceField(label=_("Registration"), choices=[ALL, *Registration.choices], required=False)
    unit = forms.CharField(label=_("Division code of the place"), max_length=20, required=False)

    def clean_unit(self) -> Unit | None:
        code = self.cleaned_data["unit"].strip()
        found = Unit.objects.filter(code=code).first() if code else None
        if code and found is None:
            raise forms.ValidationError(_("No place has this code."))
        return found
