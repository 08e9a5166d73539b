"""Forms of the operations on the tree: what each asks beside day, document and reason."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.territory.models import KINDS, Character, Kind, Level, Unit
from liren.foundation.territory.services import NewUnit
from liren.front.desk.fields import PaperForm, TextField, UnitField

#: Units named in one merger or split: more than any real one, few enough for one page.
MOST_PARTS = 12
OLD, NEW = "old", "new"
NO_TYPE = ("", gettext_lazy("None"))


def kind_choices(*levels: int) -> list[tuple[str, Any]]:
    return [(kind.value, kind.label) for level in levels for kind in KINDS[Level(level)]]


class NamesForm(PaperForm):
    """The names of a unit in both languages."""

    name_zh = TextField(label=gettext_lazy("Chinese name"), max_length=100)
    name_en = TextField(label=gettext_lazy("English name"), max_length=200, required=False)


class CreateForm(NamesForm):
    """A new unit below the present one."""

    level = forms.TypedChoiceField(label=gettext_lazy("Level"), coerce=int, choices=Level.choices)
    kind = forms.ChoiceField(label=gettext_lazy("Legal form"), choices=Kind.choices)
    character = forms.ChoiceField(
        label=gettext_lazy("Type of community"), choices=[NO_TYPE, *Character.choices], required=False
    )
    code = TextField(
        label=gettext_lazy("Division code"),
        max_length=20,
        help_text=gettext_lazy("Twelve digits; compounds add -X and a number, grids -G and a number."),
    )

    def fit(self) -> None:
        below = [level for level in Level if level > self.unit.level]
        self.fields["level"].choices = [(level.value, level.label) for level in below]  # type: ignore[attr-defined]
        self.fields["kind"].choices = kind_choices(*below)  # type: ignore[attr-defined]
        self.order_fields(["level", "kind", "character", "code", *self.fields])


class RenameForm(NamesForm):
    def fit(self) -> None:
        self.initial.update(name_zh=self.unit.name_zh, name_en=self.unit.name_en)


class ConvertForm(NamesForm):
    """Another legal form or type, often with another name and code."""

    kind = forms.ChoiceField(label=gettext_lazy("Legal form"), choices=Kind.choices)
    character = forms.ChoiceField(
        label=gettext_lazy("Type of community"), choices=[NO_TYPE, *Character.choices], required=False
    )
    code = TextField(label=gettext_lazy("Division code"), max_length=20)

    def fit(self) -> None:
        self.fields["kind"].choices = kind_choices(self.unit.level)  # type: ignore[attr-defined]
        if self.unit.level != Level.COMMUNITY:
            del self.fields["character"]
        face = ("kind", "character", "code", "name_zh", "name_en")
        self.initial.update({name: getattr(self.unit, name) for name in face})
        self.order_fields([*face, *self.fields])


class MoveForm(PaperForm):
    parent = UnitField(label=gettext_lazy("New parent"))
    code = TextField(
        label=gettext_lazy("New division code"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("Leave empty if the code stays."),
    )

    def facts(self) -> dict[str, Any]:
        data = super().facts()
        data["parent_id"] = data.pop("parent").pk
        return data


class EndForm(PaperForm):
    """Nothing to ask but day, document and reason."""


class UnitsField(forms.CharField):
    """Several units, one code or name to a line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=2_000, widget=forms.Textarea(attrs={"rows": 4}), **options)


class MergeForm(PaperForm):
    """The other units, and what they become: the present unit, or a new one."""

    others = UnitsField(
        label=gettext_lazy("Units that merge with this one"),
        help_text=gettext_lazy("One code or full name on each line."),
    )
    becomes = forms.ChoiceField(
        label=gettext_lazy("What they become"),
        widget=forms.RadioSelect,
        choices=[(OLD, gettext_lazy("The present unit goes on")), (NEW, gettext_lazy("A new unit begins"))],
    )
    code = TextField(label=gettext_lazy("Division code of the new unit"), max_length=20, required=False)
    name_zh = TextField(label=gettext_lazy("Chinese name of the new unit"), max_length=100, required=False)
    name_en = TextField(label=gettext_lazy("English name of the new unit"), max_length=200, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Legal form of the new unit"), choices=Kind.choices, required=False)

    def fit(self) -> None:
        self.initial.update(becomes=OLD, kind=self.unit.kind)
        self.fields["kind"].choices = kind_choices(self.unit.level)  # type: ignore[attr-defined]

    def clean_others(self) -> list[int]:
        return [unit.pk for unit in units_of_lines(self, self.cleaned_data["others"])]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("code", "name_zh"):
            if data.get("becomes") == NEW and not data.get(name):
                self.add_error(name, _("A new unit needs both a name and a code."))
        return data

    def facts(self) -> dict[str, Any]:
        data = super().facts()
        new = {name: data.pop(name) for name in ("code", "name_zh", "name_en", "kind")}
        new["kind"] = new["kind"] or self.unit.kind
        is_new = data.pop("becomes") == NEW
        data["into"] = NewUnit(**new, character=self.unit.character) if is_new else self.unit.pk
        return data


def units_of_lines(form: PaperForm, text: str) -> list[Unit]:
    """The units that the lines name, each once, never the present one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_PARTS:
        raise forms.ValidationError(_("At most %(most)d units at once.") % {"most": MOST_PARTS})
    field = UnitField()
    field.actor = form.actor
    units = {unit.pk: unit for unit in map(field.clean, lines)}
    if form.unit.pk in units or len(units) < len(lines):
        raise forms.ValidationError(_("Name each other unit once, and not the unit itself."))
    return list(units.values())
