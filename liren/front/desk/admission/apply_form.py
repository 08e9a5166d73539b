"""The form on which a body asks that something be extended to communities, and the wish that it states."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.admission.models import WorkType
from liren.foundation.admission.queries import soonest_day
from liren.foundation.admission.services import Wish
from liren.foundation.bodies.models import Body
from liren.foundation.territory.models import Level, Unit
from liren.front.desk.admission.fields import CommunitiesField, LinesField, MoneyField
from liren.front.desk.admission.reading import bodies, body_choices
from liren.front.desk.body_forms import BodyField
from liren.front.desk.fields import CountField, DayField, DeskForm, LongTextField, TextField


class ApplyForm(DeskForm):
    """What is asked of whom, on which ground, from when to when, how much work it is, and what comes along with it."""

    sender = forms.ChoiceField(label=gettext_lazy("Your body"))
    work_type = forms.ChoiceField(
        label=gettext_lazy("Kind of work"), choices=[("", gettext_lazy("Choose")), *WorkType.choices]
    )
    title_zh = TextField(
        label=gettext_lazy("Chinese name"), max_length=120, help_text=gettext_lazy("As communities would call it.")
    )
    title_en = TextField(label=gettext_lazy("English name"), max_length=200, required=False)
    basis = TextField(
        label=gettext_lazy("Legal basis"),
        max_length=300,
        help_text=gettext_lazy("Law or document, with its article. “The leader asked for it” is none."),
    )
    purpose = LongTextField(
        label=gettext_lazy("What communities are to do"),
        max_length=2_000,
        help_text=gettext_lazy("And why nobody else can. Everybody reads it."),
    )
    communities = CommunitiesField(label=gettext_lazy("Communities concerned"))
    first = DayField(label=gettext_lazy("First day"))
    last = DayField(label=gettext_lazy("Last day"), help_text=gettext_lazy("Then it ends by itself."))
    minutes_a_month = CountField(
        label=gettext_lazy("Minutes of work a month in one community"),
        max_value=60_000,
        help_text=gettext_lazy("Ask a community how long it takes; it is heard about that."),
    )
    fields_asked = LinesField(
        label=gettext_lazy("Questions of the form or ledger"),
        required=False,
        most=200,
        help_text=gettext_lazy("One on each line. They are compared with what is asked already."),
    )
    is_assistance = forms.BooleanField(
        label=gettext_lazy("The committee assists in a matter of your body (money and support go with it)"),
        required=False,
    )
    money_fen = MoneyField(label=gettext_lazy("Money for one community and year, in yuan"), required=False)
    conditions = LongTextField(label=gettext_lazy("Conditions provided"), required=False)
    information = LongTextField(label=gettext_lazy("Information support"), required=False)
    guide = BodyField(label=gettext_lazy("Guiding unit"), required=False)
    is_comprehensive = forms.BooleanField(label=gettext_lazy("It is the one comprehensive award round"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["communities"].actor = self.actor  # type: ignore[attr-defined]  # a CommunitiesField
        self.fields["sender"].choices = body_choices(self.actor)  # type: ignore[attr-defined]  # a ChoiceField
        soonest = self.soonest()
        if soonest:
            words = _("At the soonest %(day)s: the communities are heard before.") % {"day": soonest.isoformat()}
            self.fields["first"].help_text = words

    def soonest(self) -> date | None:
        """The first day that one can apply for today, where one body alone is offered."""
        mine = list(bodies(self.actor)[:2])
        return soonest_day(deciding_unit(mine[0]).pk, timezone.localdate()) if len(mine) == 1 else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first."))
        return data

    def wish(self) -> Wish | None:
        """What is asked for, as far as it can be read; None as long as no body and no name stand there."""
        data = self.cleaned_data
        sender = bodies(self.actor).filter(pk=int(data.get("sender") or 0)).first()
        if sender is None or not data.get("title_zh"):
            return None
        unit = deciding_unit(sender)
        first = data.get("first") or soonest_day(unit.pk, timezone.localdate())
        end = (data["last"] if data.get("last") else first) + timedelta(days=1)
        return Wish(
            work_type=data.get("work_type", ""), title_zh=data["title_zh"], title_en=data.get("title_en", ""),
            sender_id=sender.pk, basis=data.get("basis", ""), unit_id=unit.pk,
            communities=data.get("communities", []), first=first, end=end,
            minutes_a_month=data.get("minutes_a_month") or 0, is_assistance=data.get("is_assistance", False),
            is_comprehensive=data.get("is_comprehensive", False), money_fen=data.get("money_fen"),
            conditions=data.get("conditions", ""), information=data.get("information", ""),
            guide_id=getattr(data.get("guide"), "pk", None), fields=tuple(data.get("fields_asked", [])),
        )  # fmt: skip


def deciding_unit(body: Body) -> Unit:
    """Whose joint meeting decides: that of the body's own unit, or of the district in which it stands."""
    chain = Unit.objects.filter(pk__in=body.unit.path_ids, level__lte=Level.DISTRICT).order_by("-level")
    return chain.first() or body.unit
