"""The service pass as its holder has it: until when it holds, a sheet for the providers one ticks, and its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from liren.foundation.bodies.models import Body
from liren.front.kit.qr import qr_svg
from liren.service.cases.models import Case, ServicePass
from liren.service.cases.services import numbers_of

MOST_OFFERED, MOST_PRINTED = 300, 40
SIZES = [("a4", _("A4 sheet")), ("pocket", _("Cards for the pocket"))]


class SheetForm(forms.Form):
    """For which providers numbers are printed, and how large. Nothing of it is kept."""

    providers = forms.TypedMultipleChoiceField(
        label=_("For which providers"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one provider.")},
    )
    size = forms.ChoiceField(label=_("How it is printed"), choices=SIZES, initial="a4", widget=forms.RadioSelect)

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = Body.objects.living_on(timezone.localdate()).filter(unit_id__in=case.unit.path_ids)
        self.bodies = {one.pk: one for one in rows.order_by("-unit__level", "pk")[:MOST_OFFERED]}
        self.fields["providers"].choices = [  # type: ignore[attr-defined]  # a choice field
            (pk, one.name) for pk, one in self.bodies.items()
        ]

    def clean_providers(self) -> list[int]:
        chosen: list[int] = self.cleaned_data["providers"]
        if len(chosen) > MOST_PRINTED:
            raise forms.ValidationError(_("At most %(most)s at a time."), params={"most": MOST_PRINTED})
        return chosen


@dataclass(frozen=True)
class Card:
    """What one provider is shown."""

    body: Body
    number: str
    qr: str


def cards(held: ServicePass, form: SheetForm) -> list[Card]:
    """A number for each provider that was ticked."""
    found = numbers_of(held, form.cleaned_data["providers"])
    return [Card(form.bodies[pk], number, qr_svg(number)) for pk, number in found.items()]
