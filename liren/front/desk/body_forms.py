"""Forms about bodies: what a body is, what ties it to others, what it did. Its posts have forms of their own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.bodies.models import (
    Body,
    BodyKind,
    Entry,
    EntryKind,
    Line,
    Measure,
    MemberRole,
    Part,
    Place,
    Registration,
    Work,
)
from liren.foundation.people.models import Account
from liren.foundation.people.services import heir_of
from liren.foundation.territory.models import Zone
from liren.front.desk.fields import CountField, DayField, DeskForm, LongTextField, TextField, UnitField

NONE = ("", gettext_lazy("none"))
#: Fields that hold a row, of which the service is told the id.
ROWS = (
    "unit", "parent", "zone", "member", "post", "by_post", "sent_by", "partner", "answers", "account", "lead",
    "from_body",
)  # fmt: skip
DOCUMENT = gettext_lazy("Document it rests on")


class BodyField(forms.CharField):
    """A body by its number, its unified social credit code, or its exact name where only one bears it."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 120)
        options.setdefault("help_text", gettext_lazy("Its number, code, or full name if no other body has the same."))
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        if text.isascii() and text.isdigit() and len(text) < 18:
            found = list(Body.objects.filter(pk=int(text))[:1])
        else:
            found = list(Body.objects.filter(uscc=text)[:1]) or list(Body.objects.filter(name_zh=text)[:2])
        if len(found) == 1:
            return found[0]
        words = _("Several bodies have this name. Enter the number instead.") if found else _("There is no such body.")
        raise forms.ValidationError(words, code="several" if found else "unknown")


class AccountField(forms.CharField):
    """The account of an official or resident whom the actor is in charge of, by user name."""

    actor: Any

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 32)
        options.setdefault("label", gettext_lazy("User name of the holder's account"))
        super().__init__(required=False, **options)

    def clean(self, value: Any) -> Any:
        name = super().clean(value).lower()
        if not name:
            return None
        account = Account.objects.visible_to(self.actor).filter(username=name, is_active=True).first()
        if account is None:
            raise forms.ValidationError(_("No account within your unit has this user name."), code="unknown")
        return account


class BodyForm(DeskForm):
    """A form about one body. ``facts`` is what the service wants to be told."""

    def __init__(self, *args: Any, body: Body, **options: Any) -> None:
        super().__init__(*args, **options)
        self.body = body
        for field in self.fields.values():
            if isinstance(field, AccountField):
                field.actor = self.actor

    def facts(self) -> dict[str, Any]:
        """The cleaned values, with ids in place of rows."""
        facts = dict(self.cleaned_data)
        for name in ROWS:
            if name in facts:
                row = facts.pop(name)
                facts[f"{name}_id"] = row.pk if row is not None else None
        return facts


class FaceForm(BodyForm):
    """What a body is, beside its kind and registration."""

    name_zh = TextField(label=gettext_lazy("Chinese name"), max_length=120)
    name_en = TextField(label=gettext_lazy("English name"), required=False)
    parent = BodyField(label=gettext_lazy("Body above it"), required=False)
    zone = forms.ModelChoiceField(
        label=gettext_lazy("Zone"), queryset=Zone.objects.none(), required=False, empty_label=NONE[1]
    )
    works = forms.MultipleChoiceField(
        label=gettext_lazy("Fields of work"),
        choices=Work.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    part = forms.ChoiceField(
        label=gettext_lazy("Part in self-government"), choices=[NONE, *Part.choices], required=False
    )
    place = forms.ChoiceField(label=gettext_lazy("Kind of place"), choices=[NONE, *Place.choices], required=False)
    remit_zh = LongTextField(label=gettext_lazy("What it is there for, in Chinese"), required=False)
    remit_en = LongTextField(label=gettext_lazy("What it is there for, in English"), required=False)
    telephone = TextField(label=gettext_lazy("Office telephone"), max_length=30, required=False)
    address = TextField(label=gettext_lazy("Address of the office"), required=False)
    effective_on = DayField(label=gettext_lazy("From"))
    instrument = TextField(label=DOCUMENT, max_length=300)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["zone"]
        field.queryset = Zone.objects.filter(during__contains=timezone.localdate()).order_by("name_zh")
        field.label_from_instance = lambda zone: zone.name


class FoundForm(FaceForm):
    """A new body in a unit."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=BodyKind.choices)
    registration = forms.ChoiceField(label=gettext_lazy("Registration"), choices=Registration.choices, initial="none")
    uscc = TextField(
        label=gettext_lazy("Unified social credit code"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("Only of a registered body: 18 digits and capitals."),
    )
    field_order = ("kind", "name_zh", "name_en", "registration", "uscc")


class ChangeForm(FaceForm):
    """The same of a body that is on the record; its unit too."""

    unit = UnitField(label=gettext_lazy("Acts in"))

    @staticmethod
    def initial_of(body: Body) -> dict[str, Any]:
        names = ("name_zh", "name_en", "works", "part", "place", "remit_zh", "remit_en", "telephone", "address")
        above = {"parent": body.parent_id or "", "zone": body.zone_id or ""}
        unit = heir_of(body.unit) or body.unit  # where the unit has ended, the form begins with what it became
        return {name: getattr(body, name) for name in names} | {"unit": unit.code, **above}


class RegisterForm(BodyForm):
    """File, register, cancel."""

    move = forms.ChoiceField(
        label=gettext_lazy("What is recorded"),
        choices=[
            ("file", gettext_lazy("It is filed")),
            ("register", gettext_lazy("It is registered")),
            ("cancel", gettext_lazy("Filing or registration is cancelled")),
        ],
    )
    uscc = TextField(label=gettext_lazy("Unified social credit code"), max_length=30, required=False)
    note = TextField(label=gettext_lazy("Reason"), required=False, help_text=gettext_lazy("Needed to cancel."))
    effective_on = DayField(label=gettext_lazy("From"))
    instrument = TextField(label=DOCUMENT, max_length=300)


class EndForm(BodyForm):
    """From which day something is no more."""

    effective_on = DayField(label=gettext_lazy("First day on which it holds no more"))


class DissolveForm(EndForm):
    """The same with the document."""

    instrument = TextField(label=DOCUMENT, max_length=300)


class MemberForm(BodyForm):
    """A body that belongs to this one."""

    member = BodyField(label=gettext_lazy("Body that belongs to it"))
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=MemberRole.choices, initial="member")
    effective_on = DayField(label=gettext_lazy("From"))
    instrument = TextField(label=DOCUMENT, max_length=300)


class PairForm(BodyForm):
    """What a body has agreed to contribute to a community."""

    unit = UnitField(label=gettext_lazy("Community"))
    agreed_zh = LongTextField(label=gettext_lazy("What was agreed, in Chinese"))
    agreed_en = LongTextField(label=gettext_lazy("What was agreed, in English"), required=False)
    effective_on = DayField(label=gettext_lazy("From"))
    instrument = TextField(label=DOCUMENT, max_length=300)


class DeliveryForm(BodyForm):
    """What was delivered on a day."""

    delivered_on = DayField(label=gettext_lazy("Delivered on"))
    what_zh = LongTextField(label=gettext_lazy("What was delivered, in Chinese"))
    what_en = LongTextField(label=gettext_lazy("What was delivered, in English"), required=False)


class FigureForm(BodyForm):
    """A number of a year: people are counted, never listed."""

    measure = forms.ChoiceField(label=gettext_lazy("What is counted"), choices=Measure.choices)
    year = CountField(label=gettext_lazy("Year"), min_value=1949, max_value=2100)
    number = forms.DecimalField(
        label=gettext_lazy("Quantity"),
        min_value=0,
        max_value=10**12,
        decimal_places=2,
        help_text=gettext_lazy("People as a whole number; a budget in yuan."),
    )
    source = TextField(label=gettext_lazy("Source"), max_length=300)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        number, measure = data.get("number"), data.get("measure")
        if number is not None and measure:
            if measure != Measure.BUDGET and number != number.to_integral_value():
                self.add_error("number", _("People are counted in whole numbers."))
            data["number"] = int(number * (100 if measure == Measure.BUDGET else 1))
        return data


class EntryForm(BodyForm):
    """A step of fostering or supervising an organisation."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=EntryKind.choices)
    happened_on = DayField(label=gettext_lazy("Happened on"))
    text_zh = LongTextField(
        label=gettext_lazy("What happened, in Chinese"),
        help_text=gettext_lazy("About the organisation; no names of people who complained."),
    )
    text_en = LongTextField(label=gettext_lazy("What happened, in English"), required=False)
    amount = forms.DecimalField(
        label=gettext_lazy("Amount in yuan"), min_value=0, max_value=10**12, decimal_places=2, required=False
    )
    answers = forms.ModelChoiceField(
        label=gettext_lazy("Complaint that is answered"), queryset=Entry.objects.none(), required=False, empty_label="—"
    )
    source = TextField(label=gettext_lazy("Source"), max_length=300)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["answers"]
        field.queryset = self.body.entries.filter(kind=EntryKind.COMPLAINT, answered_by=None).order_by("-pk")
        field.label_from_instance = lambda row: f"{row.happened_on} {row.text_zh[:40]}"

    def facts(self) -> dict[str, Any]:
        facts = super().facts()
        amount = facts.pop("amount")
        return facts | {"amount_fen": None if amount is None else int(amount * 100)}


class ActivityForm(BodyForm):
    """Something that was done on a day."""

    unit = UnitField(label=gettext_lazy("Place"))
    held_on = DayField(label=gettext_lazy("Held on"))
    text_zh = LongTextField(label=gettext_lazy("What was done, in Chinese"))
    text_en = LongTextField(label=gettext_lazy("What was done, in English"), required=False)
    result_zh = LongTextField(label=gettext_lazy("Result, in Chinese"), required=False)
    took_part = CountField(label=gettext_lazy("Number of people who took part"), max_value=10_000_000, required=False)
    partner = BodyField(label=gettext_lazy("Together with"), required=False)
    line = forms.ChoiceField(label=gettext_lazy("Strand of work"), choices=[NONE, *Line.choices], required=False)
