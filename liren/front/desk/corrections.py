"""Wrong entries of a unit put right: choose the entry → form → preview → confirm; the wrong one stays readable (R024).

A correction is no event: it says that the register was wrong, where a rename says that the unit changed.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.kernel.reply import show
from liren.foundation.kernel.rights import Actor
from liren.foundation.territory import queries, services
from liren.foundation.territory.models import Character, Kind, Level, Op, Unit, UnitChange, UnitSpan
from liren.front.desk.fields import DayField, LongTextField, TextField
from liren.front.desk.gate import FORM, desk, unit_for
from liren.front.desk.operation_forms import NO_TYPE, NamesForm, kind_choices
from liren.front.desk.operations import CHANGE, Operation, operate
from liren.front.desk.preview import last_day
from liren.front.kit.corrections import Corrected, corrected
from liren.front.kit.pages import NUMBER

#: Entries and corrections on the page; no unit has had a hundred names.
MOST = 100
FACE = ("name_zh", "name_en", "kind", "character", "code")


class CorrectForm(NamesForm):
    """An entry as it is recorded, to be put right."""

    kind = forms.ChoiceField(label=gettext_lazy("Legal form"), choices=Kind.choices)
    character = forms.ChoiceField(
        label=gettext_lazy("Type of community"), choices=[NO_TYPE, *Character.choices], required=False
    )
    code = TextField(label=gettext_lazy("Division code"), max_length=20)
    starts_on = DayField(
        label=gettext_lazy("First day of the entry"),
        required=False,
        help_text=gettext_lazy(
            "The entry before it, if there is one, ends the day before. Leave empty if it is right."
        ),
    )
    reason = LongTextField(label=gettext_lazy("What was wrong, and how it was found"))

    def __init__(self, *args: Any, span: UnitSpan, **options: Any) -> None:
        self.span = span
        super().__init__(*args, **options)

    def fit(self) -> None:
        del self.fields["effective_on"]
        self.fields["kind"].choices = kind_choices(self.unit.level)  # type: ignore[attr-defined]  # a ChoiceField
        if self.unit.level != Level.COMMUNITY:
            del self.fields["character"]
        self.initial.update({name: getattr(self.span, name) for name in FACE}, starts_on=self.span.during.lower)
        self.order_fields([*FACE, "starts_on"])


@dataclass(frozen=True)
class Row:
    """An entry of the unit, with its last day and the address of its correction."""

    span: UnitSpan
    last_day: date | None
    url: str


@desk(CHANGE, *FORM)
def unit_correct(request: HttpRequest, code: str) -> HttpResponseBase:
    unit = unit_for(request, code, CHANGE)
    span = _chosen(request, unit)
    if span:
        return operate(request, correction_of(span), unit)
    context = {"title": _("Correct a wrong entry"), "unit": unit, "chain": queries.chain(unit)}
    context |= {"entries": entries(unit), "corrections": corrections(unit)}
    return show(request, "desk/entries.html", "", context, status=422 if request.method == "POST" else 200)


def _chosen(request: HttpRequest, unit: Unit) -> UnitSpan | None:
    """The entry that the address names, if it is one of this unit."""
    number = request.GET.get("entry", "")
    return UnitSpan.objects.filter(unit=unit, pk=int(number)).first() if NUMBER.fullmatch(number) else None


def entries(unit: Unit) -> list[Row]:
    """What is recorded of the unit, oldest first."""
    url = reverse("desk-unit-correct", args=[unit.code])
    spans = UnitSpan.objects.filter(unit=unit).select_related("parent").defer("search_text").order_by("during")
    return [Row(span, last_day(span), f"{url}?entry={span.pk}") for span in spans[:MOST]]


def corrections(unit: Unit) -> list[tuple[UnitChange, list[Corrected]]]:
    """What was corrected before, newest first, with the words that were wrong."""
    changes = UnitChange.objects.filter(unit=unit, op=Op.CORRECT).order_by("-recorded_at", "-pk")
    return [(change, corrected(change)) for change in changes[:MOST]]


def correction_of(span: UnitSpan) -> Operation:
    """The operation that puts this entry right."""
    return Operation(
        gettext_lazy("Correct a wrong entry"),
        gettext_lazy(
            "Only for what was recorded wrongly. If the unit itself has changed, rename, convert or move it instead."
        ),
        partial(CorrectForm, span=span),
        partial(_correct, span.pk),
    )


def _correct(span_id: int, _unit: Unit, *, by: Actor, at: datetime, **facts: Any) -> None:
    services.correct_unit(span_id, by=by, at=at, **facts)
