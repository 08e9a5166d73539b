"""What residents fill in about cases. What a report must say is the service's to judge; the form holds and shows it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liren.foundation.territory.models import Unit
from liren.front.kit.forms import DayInput, MomentInput
from liren.front.portal.cases.choosing import language
from liren.service.cases.models import MOST_TEXT, DeclaredType
from liren.service.cases.queries import items

#: Questions of a type stand under this prefix, so that none takes the place of a field of ours.
ASKED = "ask_"
YES_NO = [("yes", _("Yes")), ("no", _("No"))]
SOLVED = [("yes", pgettext_lazy("verdict", "Solved")), ("no", pgettext_lazy("verdict", "Not solved"))]
SATISFIED = [("yes", pgettext_lazy("verdict", "Satisfied")), ("no", pgettext_lazy("verdict", "Not satisfied"))]


class Pictures(forms.ClearableFileInput):
    """A field for several files, which a telephone fills from its camera or its pictures."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class PicturesField(forms.FileField):
    """Files as they come; what they are is told by the service from their content."""

    widget = Pictures(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [one for one in (data if isinstance(data, list | tuple) else [data]) if one]


class DegreesField(forms.FloatField):
    """Degrees that the map filled in. Nobody types them, so what is no number counts as no place."""

    def clean(self, value: Any) -> float | None:
        try:
            found: float | None = super().clean(value)
        except forms.ValidationError:
            return None
        return found


class ReportForm(forms.Form):
    """One matter, as somebody reports it. ``again``: it is known that neighbours reported the same nearby."""

    text = forms.CharField(
        label=_("What is the matter?"),
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say what it is about.")},
    )
    shots = PicturesField(label=_("Photographs"), required=False)
    category = forms.ChoiceField(label=_("Kind of matter"), required=False, widget=forms.RadioSelect)
    address = forms.CharField(
        label=_("Where is it?"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": _("Compound, building, crossing…")}),
    )
    community = forms.CharField(
        label=pgettext_lazy("form", "Community"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": _("Name of the community")}),
    )
    unit = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
    lon = DegreesField(required=False, widget=forms.HiddenInput)
    lat = DegreesField(required=False, widget=forms.HiddenInput)
    about = forms.CharField(label=_("Which office is it about?"), max_length=60, required=False)
    body = forms.CharField(max_length=18, required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("How may we call you?"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=pgettext_lazy("form", "Telephone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    unnamed = forms.BooleanField(label=_("Don’t link it to my account"), required=False)
    again = forms.BooleanField(required=False, widget=forms.HiddenInput)
    client_key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kind: DeclaredType, unit: Unit | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind, self.at = kind, unit
        #: Filled in while it is sent: places and offices among which the name typed leaves a choice, and neighbours.
        self.places: list[Any] = []
        self.offices: list[Any] = []
        self.hints: list[Any] = []
        #: Seconds after which it can be sent, where it came after too many others; 0 otherwise.
        self.wait_s = 0
        here = language()
        self.fields["category"].choices = [  # type: ignore[attr-defined]  # a choice field
            (one.code, one.name.text(here)) for one in kind.spec.categories
        ]
        self.fields["text"].help_text = kind.spec.text_help.text(here)
        for one in kind.spec.intake_fields:
            self.fields[ASKED + one.code] = asked_field(one, self.offered(one))
        self.initial.setdefault("client_key", uuid.uuid4())

    def offered(self, one: Any) -> list[tuple[str, str]]:
        """What there is to choose from where the question is answered out of a register."""
        if one.kind != "entry":
            return []
        known = self.data if self.is_bound else self.initial
        return items.offered(one, self.at, chosen=str(known.get(ASKED + one.code) or ""))

    @property
    def asked(self) -> list[Any]:
        """The questions of the type, as bound fields."""
        return [self[ASKED + one.code] for one in self.kind.spec.intake_fields]

    @property
    def answers(self) -> dict[str, Any]:
        """What was answered to them, by code."""
        return {one.code: self.cleaned_data.get(ASKED + one.code, "") for one in self.kind.spec.intake_fields}

    def refuse(self, by_field: dict[str, list[str]]) -> None:
        """Say beside each field what the service found wrong with it."""
        beside = {"place": "address", "unit": "community", "about_body": "about", "files": "shots"}
        for code, sentences in by_field.items():
            name = ASKED + code if ASKED + code in self.fields else beside.get(code, code)
            for sentence in sentences:
                self.add_error(name if name in self.fields else None, sentence)


def asked_field(one: Any, offered: Sequence[tuple[str, str]] = ()) -> forms.Field:
    """The field for a question of a type; ``offered``: entries of the register that it is answered from. What an answer
    must be is the service's to say."""
    here = language()
    facts: dict[str, Any] = {
        "label": one.name.text(here),
        "help_text": one.help.text(here),
        "required": one.required,
        "error_messages": {"required": _("%(field)s is needed.") % {"field": one.name.text(here)}},
    }
    if one.kind == "choice":
        choices = [(choice.code, choice.name.text(here)) for choice in one.choices]
        field: forms.Field = forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **facts)
    elif one.kind == "yes_no":
        field = forms.ChoiceField(choices=YES_NO, widget=forms.RadioSelect, **facts)
    elif one.kind == "entry":
        field = forms.CharField(max_length=18, widget=forms.Select(choices=[("", "—"), *offered]), **facts)
    else:
        field = forms.CharField(max_length=4000, widget=WIDGETS.get(one.kind, forms.TextInput)(), **facts)
    return field


WIDGETS: dict[str, type[forms.Widget]] = {"long_text": forms.Textarea, "date": DayInput, "moment": MomentInput}


class FindForm(forms.Form):
    """The number on a receipt, and its key where the case is nobody else's."""

    number = forms.CharField(
        label=pgettext_lazy("case", "Number"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "placeholder": "0000123-4"}),
    )
    key = forms.CharField(
        label=_("Key on the receipt"),
        help_text=_("Only for what was reported in confidence, or to add and to judge."),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class NoteForm(forms.Form):
    """A word or a picture that the reporter adds."""

    note = forms.CharField(
        label=_("What do you want to add?"), max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 3})
    )
    shots = PicturesField(label=_("Photographs"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        # It stands on one page with the verdict, which has a note of its own: two ids alike leave one without a label.
        super().__init__(*args, **{"auto_id": "add_%s", **options})


class VerdictForm(forms.Form):
    """Two questions, and what shall follow where it is not solved."""

    solved = forms.ChoiceField(label=_("Is it solved?"), choices=SOLVED, widget=forms.RadioSelect)
    satisfied = forms.ChoiceField(
        label=_("Are you satisfied with how it was handled?"),
        choices=SATISFIED,
        widget=forms.RadioSelect,
        required=False,
    )
    then = forms.ChoiceField(
        label=_("If it is not solved"),
        choices=[("again", _("Take it up again")), ("leave", _("Leave it at that"))],
        widget=forms.RadioSelect,
        required=False,
    )
    note = forms.CharField(
        label=_("In your words"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    seen = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # It is seen only where it is needed.
        self.fields["then"].needed = True  # type: ignore[attr-defined]  # a word to the template

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("solved") == "no":
            if not found.get("then"):
                self.add_error("then", _("Say whether it shall be taken up again."))
            if not found.get("note", "").strip():
                self.add_error("note", _("Say what is still not right, so that they know."))
        return found


def refuse(form: forms.Form, by_field: Mapping[str, list[str]]) -> None:
    """The faults that a service found, beside the fields of a form."""
    for code, sentences in by_field.items():
        name = "shots" if code == "files" else code
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)


class MoveForm(forms.Form):
    """One of the other moves that a type opens to the reporter: a note, what it asks, papers where it needs them."""

    note = forms.CharField(
        label=_("In your words"), max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    shots = PicturesField(label=_("Photographs or papers"), required=False)
    seen = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, step: Any, spec: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.asks = [one for one in spec.fields if one.code in step.asks]
        for one in self.asks:
            self.fields[one.code] = asked_field(one)
        if not step.evidence:
            del self.fields["shots"]
        self.fields["note"].required = step.note

    @property
    def answers(self) -> dict[str, Any]:
        return {one.code: self.cleaned_data.get(one.code, "") for one in self.asks}
