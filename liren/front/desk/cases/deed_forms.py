"""Forms of what can be done to a case besides its moves; each fits its choices to its case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from liren.foundation.admission.queries import negative_list
from liren.foundation.people.models import Account
from liren.front.desk.cases import words
from liren.front.desk.cases.forms import YES_NO, FilesField, SeenField
from liren.front.desk.cases.standing import Standing
from liren.front.desk.fields import DayField, LongTextField, TextField, UnitField
from liren.service.cases import queries
from liren.service.cases.models import types
from liren.service.cases.queries import refusable
from liren.service.cases.services import joint

#: So many parts are split off at once; more are split off the next time.
PIECES = 3


class CaseForm(forms.Form):
    """A form that knows its case."""

    def __init__(self, *args: Any, standing: Standing, **options: Any) -> None:
        super().__init__(*args, **options)
        self.standing = standing
        for field in self.fields.values():
            if isinstance(field, UnitField):
                field.actor = standing.actor
        self.fit()

    def fit(self) -> None:
        """Fit choices to the case; the default has none to fit."""

    def choose(self, name: str, choices: Any) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]  # a choice field


class NoteForm(CaseForm):
    note = LongTextField(label=gettext_lazy("Note"), max_length=5000)
    told = forms.BooleanField(label=gettext_lazy("The reporter reads it"), required=False)
    papers = FilesField(label=gettext_lazy("Photographs or papers"))


class CallForm(CaseForm):
    body = forms.ChoiceField(label=gettext_lazy("Which department"))
    question = LongTextField(label=gettext_lazy("What is needed of it"), max_length=2000)

    def fit(self) -> None:
        self.choose("body", [("", "—"), *self.standing.bodies])


class ObjectForm(CaseForm):
    ground = TextField(label=gettext_lazy("On which legal ground"), max_length=300)
    reason = LongTextField(label=gettext_lazy("Why it is not our task"), max_length=2000)
    proposed = forms.ChoiceField(label=gettext_lazy("Whose task it is"), required=False)

    def fit(self) -> None:
        others = [one for one in self.standing.bodies if one[0] != str(self.standing.case.body_id)]
        self.choose("proposed", [("", gettext_lazy("I don’t know")), *others])


class RefuseForm(CaseForm):
    item = forms.ChoiceField(label=gettext_lazy("Matter of the negative list"), required=False)
    note = LongTextField(
        label=gettext_lazy("Reason or note"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Needed to refuse what is not on the negative list."),
    )

    def fit(self) -> None:
        community = refusable.community_of(self.standing.case)
        items = negative_list([community], timezone.localdate()) if community else []
        self.choose("item", [("", gettext_lazy("None of them")), *((str(one.pk), one.name) for one in items)])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("item") and not data.get("note"):
            self.add_error("note", _("Say why, or choose what it is on the negative list."))
        return data


class SuspendForm(CaseForm):
    reason = TextField(label=gettext_lazy("Why the clocks shall stand still"))
    ground = TextField(label=gettext_lazy("On which ground"), help_text=gettext_lazy("The provision, or the order."))
    until = DayField(label=gettext_lazy("Until"), required=False, help_text=gettext_lazy("Empty: until you end it."))


class ExtendForm(CaseForm):
    clock = forms.ChoiceField(label=gettext_lazy("Which clock"))
    amount = forms.IntegerField(label=gettext_lazy("How many working days more"), min_value=1, max_value=365)
    reason = TextField(label=gettext_lazy("Why more time is needed"))

    def fit(self) -> None:
        named = {one.code: one.name.text(words.language()) for one in self.standing.spec.clocks}
        self.choose("clock", [(one.code, named.get(one.code, one.code)) for one in extendable(self.standing)])


class SplitForm(CaseForm):
    """Up to three parts at a time; an empty line is none."""

    def fit(self) -> None:
        every = [(one.code, one.name) for one in types() if not one.spec.journey]
        for at in range(1, PIECES + 1):
            facts = {"at": at}
            self.fields[f"type_{at}"] = forms.ChoiceField(
                label=_("Part %(at)s: what") % facts, choices=every, initial=self.standing.case.type.code,
                required=False,
            )  # fmt: skip
            self.fields[f"text_{at}"] = LongTextField(
                label=_("Part %(at)s: in words") % facts, max_length=5000, required=at == 1
            )
            choices = [("", _("As the catalogue says")), *self.standing.bodies]
            self.fields[f"body_{at}"] = forms.ChoiceField(
                label=_("Part %(at)s: to which body") % facts, choices=choices, required=False
            )

    def pieces(self) -> list[joint.Piece]:
        found = [{name: self.cleaned_data.get(f"{name}_{at}") for name in ("type", "text", "body")} for at in (1, 2, 3)]
        own = self.standing.case.type.code
        return [
            joint.Piece(one["type"] or own, one["text"], int(one["body"]) if one["body"] else None)
            for one in found
            if one["text"]
        ]


class JoinForm(CaseForm):
    into = TextField(
        label=gettext_lazy("Number of the case that goes on"),
        max_length=40,
        help_text=gettext_lazy("This one closes as joined; whoever waits for it follows the other one."),
    )


class CorrectForm(CaseForm):
    category = forms.ChoiceField(label=gettext_lazy("Kind of matter"), required=False)
    severity = forms.ChoiceField(label=gettext_lazy("Urgency"), choices=list(words.SEVERITIES.items()))
    address = TextField(label=pgettext_lazy("place", "Address"), required=False)
    unit = UnitField(label=gettext_lazy("Unit"), required=False)
    seen = SeenField()

    def fit(self) -> None:
        case, here = self.standing.case, words.language()
        named = [(one.code, one.name.text(here)) for one in self.standing.spec.categories]
        self.choose("category", [("", "—"), *named])
        first = {"category": case.category, "severity": case.severity, "address": case.address}
        self.initial = {**first, "unit": case.unit.code, "seen": case.revision}


class PartForm(CaseForm):
    role = forms.ChoiceField(label=pgettext_lazy("case", "Part"))
    person = forms.ChoiceField(label=gettext_lazy("Colleague"), required=False)
    body = forms.ChoiceField(label=gettext_lazy("Body"), required=False)
    alias = TextField(
        label=gettext_lazy("Name used on this case"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("For a person; it need not be the real name."),
    )

    account = TextField(
        label=gettext_lazy("Sign-in name of whom it concerns"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Only as they tell it to you; then they see the case and act on it themselves."),
    )

    def fit(self) -> None:
        parts = self.standing.spec.parts
        self.choose("role", [(one.code, one.name.text(words.language())) for one in parts])
        self.choose("body", [("", "—"), *self.standing.bodies])
        self.choose("person", [("", "—"), *self.standing.colleagues])
        if not any(one.consent or one.served for one in parts if one.kind == "account"):
            del self.fields["account"]

    def clean_account(self) -> int | None:
        """The account of this name; nothing else of it is told."""
        name = self.cleaned_data["account"].strip().lower()
        found = Account.objects.filter(username=name, is_active=True).values_list("pk", flat=True).first()
        if name and found is None:
            raise forms.ValidationError(_("There is no such account. Ask them to read it from “My page”."))
        return found


class HideForm(CaseForm):
    reason = TextField(label=gettext_lazy("Reason"))


class NothingForm(CaseForm):
    """Nothing to fill in: to send it is to do it."""


class AnswerForm(CaseForm):
    """What a body that was called says; which call it is, where several wait."""

    call = forms.ChoiceField(label=gettext_lazy("Which call"))
    comes = forms.ChoiceField(label=gettext_lazy("Do you come?"), choices=YES_NO, widget=forms.RadioSelect)
    answer = LongTextField(label=gettext_lazy("What you do, and when"), max_length=2000)

    def fit(self) -> None:
        waiting = open_calls(self.standing, own=True)
        self.choose("call", [(str(one.pk), f"{one.body.name}：{one.question[:40]}") for one in waiting])
        if len(waiting) == 1:
            self.fields["call"].widget = forms.HiddenInput()
            self.initial["call"] = str(waiting[0].pk)


class CallBackForm(CaseForm):
    call = forms.ChoiceField(label=gettext_lazy("Which call"))

    def fit(self) -> None:
        waiting = open_calls(self.standing)
        self.choose("call", [(str(one.pk), f"{one.body.name}：{one.question[:40]}") for one in waiting])


def open_calls(standing: Standing, *, own: bool = False) -> list[Any]:
    rows = standing.case.calls.filter(state="open").select_related("body")
    return list(rows.filter(body_id__in=queries.own_bodies(standing.actor)) if own else rows)


def extendable(standing: Standing) -> list[Any]:
    """Clocks that run, may be extended, and are not due yet."""
    may = {one.code for one in standing.spec.clocks if one.extendable}
    running = (one for one in standing.clocks if one.stopped_at is None and one.code in may)
    return [one for one in running if not words.is_late(one.due_at)]
