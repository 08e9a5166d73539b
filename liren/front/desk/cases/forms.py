"""Forms of one case. What a move or a deed must say is the service's to judge; a form holds it and shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liren.foundation.kernel.errors import LirenError
from liren.front.desk.cases.words import language
from liren.front.desk.fields import DayField, LongTextField, TextField
from liren.front.kit.forms import MomentInput
from liren.service.cases.models import MOST_TEXT
from liren.service.cases.queries import asked_at
from liren.service.cases.services import BadReport

YES_NO = [("yes", _("Yes")), ("no", _("No"))]


class SeenField(forms.IntegerField):
    """The revision of the case that whoever fills in the form has seen."""

    def __init__(self) -> None:
        super().__init__(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput, required=False)


class Several(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """Photographs and papers as they come; what they are is told by the service from their content."""

    def __init__(self, **options: Any) -> None:
        widget = Several(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"})
        super().__init__(required=False, widget=widget, **options)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [one for one in (data if isinstance(data, list | tuple) else [data]) if one]


def asked_field(one: Any, offered: list[tuple[str, Any]]) -> forms.Field:
    """The field for a question of a type; ``offered``: bodies, or entries of the register that it is answered from. It
    refuses nothing: the service does, and says why."""
    here = language()
    facts: dict[str, Any] = {"label": one.name.text(here), "help_text": one.help.text(here), "required": False}
    if one.kind == "choice":
        choices = [("", "—"), *((choice.code, choice.name.text(here)) for choice in one.choices)]
        field: forms.Field = forms.ChoiceField(choices=choices, **facts)
    elif one.kind == "yes_no":
        field = forms.ChoiceField(choices=YES_NO, widget=forms.RadioSelect, **facts)
    elif one.kind in ("body", "entry"):
        field = forms.ChoiceField(choices=[("", "—"), *offered], **facts)
    elif one.kind == "date":
        field = DayField(**facts)
    elif one.kind == "moment":
        field = forms.CharField(max_length=40, widget=MomentInput, **facts)
    elif one.kind == "long_text":
        field = LongTextField(max_length=4000, **facts)
    else:
        field = TextField(max_length=1000, **facts)
    return needed(field, one.required or bool(one.needed_if))


def needed(field: forms.Field, yes: bool) -> forms.Field:
    """The field, not called optional on the page where the service will ask for it."""
    field.needed = yes  # type: ignore[attr-defined]  # a word to the template
    return field


class MoveForm(forms.Form):
    """One move: a note, what it asks, papers, the body it goes to, the reporter's two answers."""

    solved = forms.ChoiceField(label=_("Is it solved?"), choices=YES_NO, widget=forms.RadioSelect, required=False)
    satisfied = forms.ChoiceField(
        label=_("Are you satisfied with how it was handled?"), choices=YES_NO, widget=forms.RadioSelect, required=False
    )
    body = forms.ChoiceField(label=_("To which body"), required=False)
    admission = forms.ChoiceField(
        label=_("Under which admission"),
        required=False,
        help_text=_("What an office asks goes to a community only under an admission; to other bodies without one."),
    )
    note = LongTextField(label=_("Note"), max_length=MOST_TEXT, required=False)
    papers = FilesField(label=_("Photographs or papers"))
    seen = SeenField()

    def __init__(
        self,
        *args: Any,
        step: Any,
        spec: Any,
        bodies: list[tuple[str, Any]],
        admissions: list[tuple[str, Any]],
        known: Mapping[str, Any],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.asks = asked_at(spec, step, known)
        for one in self.asks:
            self.fields[f"ask_{one.code}"] = asked_field(one, bodies)
        if step.effect == "dispatch":
            self.fields["body"].choices = [("", _("As the catalogue says")), *bodies]  # type: ignore[attr-defined]
        else:
            del self.fields["body"]
        if step.effect == "dispatch" and spec.work:
            self.fields["admission"].choices = [("", "—"), *admissions]  # type: ignore[attr-defined]
        else:
            del self.fields["admission"]
        if step.effect != "verdict":
            del self.fields["solved"], self.fields["satisfied"]
        if not (step.evidence or spec.files):
            del self.fields["papers"]
        for name, yes in {"solved": True, "note": step.note, "papers": step.evidence}.items():
            if name in self.fields:
                needed(self.fields[name], yes)
        self.fields["note"].help_text = _("The reporter reads it.") if step.tells else _("Only workers read it.")
        self.order_fields(
            ["solved", "satisfied", "body", "admission", *(f"ask_{one.code}" for one in self.asks), "note", "papers"]
        )

    def facts(self) -> dict[str, Any]:
        """What the service wants to be told, but the files."""
        asked = self.cleaned_data
        values = {one.code: asked.get(f"ask_{one.code}") or "" for one in self.asks}
        values |= {name: asked[name] for name in ("solved", "satisfied") if name in self.fields}
        values = {code: value.isoformat() if hasattr(value, "isoformat") else value for code, value in values.items()}
        facts: dict[str, Any] = {"note": asked["note"], "values": values, "seen": asked["seen"]}
        for name in ("body", "admission"):
            facts[f"{name}_id"] = int(asked[name]) if asked.get(name) else None
        return facts


def refuse(form: forms.Form, by_field: Mapping[str, list[str]]) -> None:
    """The faults that a service found, beside the fields of a form."""
    for code, sentences in by_field.items():
        name = f"ask_{code}" if f"ask_{code}" in form.fields else "papers" if code == "files" else code
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)


def said(form: forms.Form, act: Callable[[], Any]) -> bool:
    """Do it; what the service finds wrong with it is said on the form. A right that lacks, a case that moved on and a
    thing that isn't there go on to pages of their own."""
    try:
        with transaction.atomic():
            act()
    except BadReport as bad:
        refuse(form, bad.by_field)
    except LirenError as error:
        if error.status != 422:
            raise
        form.add_error(None, error.said)
    return not form.errors
