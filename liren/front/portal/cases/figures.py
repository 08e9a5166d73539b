"""Monthly figures of a place: how much was reported, how soon it was answered, and what residents said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liren.foundation.kernel.rights import Actor
from liren.front.kit.suggesting import top
from liren.front.portal.registers.forms import UnitField
from liren.front.portal.registers.places import scope
from liren.service.cases.models import DeclaredType, types
from liren.service.cases.queries.figures import (
    Month,
    categories_of,
    category_name,
    csv_figures,
    figures_below,
    month_figures,
    newest_month,
)
from liren.service.cases.queries.topics import Recurring, recurring

MONTHS, IN_FILE, TOPICS = 12, 120, 20


class FiguresForm(forms.Form):
    """A place and a type."""

    unit = UnitField(label=_("Place"))
    type = forms.ChoiceField(label=pgettext_lazy("case", "What"), required=False)

    def __init__(self, data: Any) -> None:
        self.types = [one for one in types() if one.spec.confidentiality == "public"]
        usual = next((one.code for one in self.types if one.code == "request"), "")
        super().__init__({"type": usual} | data.dict())
        choices = [(one.code, one.name) for one in self.types]
        self.fields["type"].choices = choices  # type: ignore[attr-defined]  # a choice field

    @property
    def kind(self) -> DeclaredType | None:
        """The type that was asked for, else the one that most people know."""
        asked = self.cleaned_data.get("type") if self.is_valid() else ""
        by_code = {one.code: one for one in self.types}
        return by_code.get(asked or "request") or next(iter(self.types), None)


@dataclass(frozen=True)
class Share:
    """One of the four rates, in whole percent, with how many it rests on and how far chance reaches (95 of 100)."""

    name: Any
    percent: int | None
    low: int | None
    high: int | None
    of: int | None
    is_shaky: bool = False


def page(form: FiguresForm, actor: Actor) -> dict[str, Any]:
    """Everything on the page of figures."""
    asked = form.cleaned_data.get("unit") if form.is_valid() else None
    unit, kind = asked or top(), form.kind
    where = scope(unit)
    form.fields["unit"].widget = forms.Select(choices=where.options)
    if unit is None or kind is None:
        return {"form": form, "unit": unit, "kind": kind, "months": [], "scope": where}
    months = month_figures(unit, actor, type=kind, months=MONTHS)
    newest = newest_month(unit)
    parts = [one for one in where.parts if one.level <= 5]
    return {
        "form": form,
        "unit": unit,
        "kind": kind,
        "scope": where,
        "months": months,
        "shares": shares(months[0]) if months else [],
        "categories": by_category(unit, actor, kind, newest),
        "below": figures_below(parts, actor, type=kind, month=newest) if newest and parts else [],
        "newest": newest,
        "topics": topics(unit, actor, kind),
    }


def by_category(unit: Any, actor: Actor, kind: DeclaredType, month: date | None) -> list[tuple[str, Month]]:
    """The categories of the newest month, the most frequent first."""
    found = categories_of(unit, actor, type=kind, month=month) if month else []
    return [(category_name(kind, one.category), one) for one in found]


def topics(unit: Any, actor: Actor, kind: DeclaredType) -> list[tuple[str, Recurring]]:
    """What comes up again and again in the place: the category, where, how often. Words are not told here."""
    return [
        (category_name(kind, one.topic.category or "-"), one) for one in recurring(unit, actor, type=kind, limit=TOPICS)
    ]


def shares(month: Month) -> list[Share]:
    """How soon somebody answered, the three rates of a month, and what was taken up again."""
    named = (
        (_("First answered in time"), month.heard_in_time),
        (_("Answered in time"), month.in_time),
        (_("Solved, say the residents"), month.solved),
        (_("Satisfied, say the residents"), month.satisfied),
        (_("Opened again, for each one answered"), month.reopen_rate),
    )
    return [_share(name, rate) for name, rate in named]


def _share(name: Any, rate: Any) -> Share:
    if rate is None:
        return Share(name, None, None, None, None)
    whole = [None if part is None else round(100 * part) for part in (rate.share, rate.low, rate.high)]
    return Share(name, whole[0], whole[1], whole[2], rate.of, rate.is_cautious and rate.of > 0)


def table(request: HttpRequest, form: FiguresForm, actor: Actor) -> StreamingHttpResponse:
    """All types and categories of the place over the months, as CSV that table programs open in Chinese."""
    unit = (form.cleaned_data.get("unit") if form.is_valid() else None) or top()
    lines = csv_figures(unit, actor, months=IN_FILE) if unit else iter(())
    reply = StreamingHttpResponse(_marked(lines), content_type="text/csv; charset=utf-8")
    name = f"cases-{unit.code if unit else 'none'}.csv"
    reply["Content-Disposition"] = f'attachment; filename="{name}"'
    return reply


def _marked(lines: Any) -> Any:
    yield "\ufeff"
    yield from lines
