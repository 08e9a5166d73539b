"""The form of a split, in two steps: first the parts, then for each unit below the part that it goes to."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.territory.models import Unit
from liren.foundation.territory.services import NewUnit, Part
from liren.foundation.territory.services.spans import child_spans
from liren.front.desk.fields import LongTextField, PaperForm
from liren.front.desk.operation_forms import MOST_PARTS

#: Units below that get a choice each; a unit with more is given out by lines of text.
MOST_CHOICES = 300
#: Units below that lines of text may name.
MOST_LINES = 1000
#: The field of a unit below is this and its id.
GOES = "goes-"
Line = tuple[str, str, Decimal | None]


class SplitForm(PaperForm):
    """The parts, a line for each; whether the present unit goes on; and where each unit below goes."""

    template_name = "desk/split_form.html"

    parts = LongTextField(
        label=gettext_lazy("New units"),
        max_length=4_000,
        help_text=gettext_lazy(
            "One line for each: code, Chinese name, share of the people in percent, with commas between."
            " Without any share the households of the units below decide."
        ),
    )
    stays = forms.BooleanField(label=gettext_lazy("The present unit goes on as one of the parts"), required=False)
    keep_percent = forms.DecimalField(
        label=gettext_lazy("Share of the people that stays with it, in percent"),
        min_value=0,
        max_value=100,
        decimal_places=6,
        required=False,
    )
    children = LongTextField(
        label=gettext_lazy("Which unit below goes where"),
        max_length=40_000,
        required=False,
        help_text=gettext_lazy(
            "One line for each unit below: its code, a comma, and the code of the part that it goes to."
        ),
    )

    def fit(self) -> None:
        self.below = self._below()
        self.initial["children"] = "\n".join(f"{unit.code}, " for unit in self.below[:MOST_LINES])
        if len(self.below) <= MOST_CHOICES:
            del self.fields["children"]
            if any(name.startswith(GOES) for name in self.data):
                self._offer_choices()

    def _below(self) -> list[Unit]:
        """What hangs from the unit on the day of the split or later; before a day is chosen, what does today."""
        day = self["effective_on"].data if self.is_bound else None
        try:
            spans = child_spans([self.unit.pk], self.fields["effective_on"].clean(day))
        except forms.ValidationError:
            return list(Unit.objects.filter(parent=self.unit, closed_on=None).order_by("pinyin", "pk"))
        return sorted({span.unit for span in spans}, key=lambda unit: (unit.pinyin, unit.pk))

    def _offer_choices(self) -> None:
        """A choice of the parts for each unit below."""
        parts = [(code, f"{name} ({code})") for code, name, _share in readable(self.data.get("parts", ""))]
        if self["stays"].data:
            parts.append((self.unit.code, f"{self.unit.name} ({self.unit.code})"))
        for unit in self.below:
            choices = [("", _("Choose a part")), *parts]
            self.fields[f"{GOES}{unit.pk}"] = forms.ChoiceField(label=f"{unit.name} ({unit.code})", choices=choices)

    @property
    def goes(self) -> list[forms.BoundField]:
        """The choices of the second step; none in the first."""
        return [self[name] for name in self.fields if name.startswith(GOES)]

    @property
    def first(self) -> list[forms.BoundField]:
        """The fields of the first step."""
        return [self[name] for name in self.fields if not name.startswith(GOES)]

    @property
    def first_has_errors(self) -> bool:
        return any(field.errors for field in self.first)

    @property
    def has_second_step(self) -> bool:
        return 0 < len(self.below) <= MOST_CHOICES

    def asks_more(self) -> bool:
        """After a good first step: the choices for the units below, where there are any."""
        if self.goes or not self.has_second_step:
            return False
        self._offer_choices()
        return True

    def clean_parts(self) -> list[Line]:
        lines = [line for line in self.cleaned_data["parts"].splitlines() if line.strip()]
        if len(lines) > MOST_PARTS:
            raise forms.ValidationError(_("At most %(most)d units at once.") % {"most": MOST_PARTS})
        parts = [_part_line(number, line) for number, line in enumerate(lines, start=1)]
        if len({code for code, _name, _share in parts}) < len(parts):
            raise forms.ValidationError(_("Two parts have the same code. Give each its own."))
        return parts

    def clean_children(self) -> dict[str, list[int]]:
        """Ids of the units below by the code of the part that takes them, out of lines of text."""
        known = {unit.code: unit.pk for unit in self.below[:MOST_LINES]}
        goes: dict[str, list[int]] = {}
        for line in filter(str.strip, self.cleaned_data["children"].splitlines()):
            child, _comma, part = (piece.strip() for piece in line.replace("，", ",").partition(","))
            if child not in known:
                raise forms.ValidationError(_("%(code)s is not below this unit.") % {"code": child[:30]})
            goes.setdefault(part, []).append(known[child])
        return goes

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        codes = {code for code, _name, _share in data.get("parts", [])} | {self.unit.code}
        stray = set(data.get("children", {})) - codes
        if stray and "parts" in data:
            wrong = _("No part has the code “%(code)s”. Give every unit below to one part.")
            self.add_error("children", wrong % {"code": sorted(stray)[0][:30]})
        return data

    def facts(self) -> dict[str, Any]:
        data = super().facts()
        goes, keeps, stays = data.pop("children", {}), data.pop("keep_percent"), data.pop("stays")
        for name in [name for name in data if name.startswith(GOES)]:
            goes.setdefault(data.pop(name), []).append(int(name.removeprefix(GOES)))
        parts = [self._part(goes, *line) for line in data["parts"]]
        if stays:
            parts.append(Part(self.unit.pk, _share(keeps), goes.get(self.unit.code, [])))
        data["parts"] = parts
        return data

    def _part(self, goes: dict[str, list[int]], code: str, name: str, percent: Decimal | None) -> Part:
        new = NewUnit(code=code, kind=self.unit.kind, name_zh=name, character=self.unit.character)
        return Part(new, _share(percent), goes.get(code, []))


def readable(text: str) -> list[Line]:
    """Those lines of parts that can be read, as many as may be: the form itself says what is wrong with the others."""
    found = []
    for number, line in enumerate(text[:4_000].splitlines()):
        try:
            found.append(_part_line(number, line))
        except forms.ValidationError:
            continue
    return found[:MOST_PARTS]


def _share(percent: Decimal | None) -> Decimal | None:
    return None if percent is None else percent / 100


def _part_line(number: int, line: str) -> Line:
    code, name, percent, *more = [*(piece.strip() for piece in line.replace("，", ",").split(",")), "", ""][:4]
    try:
        share = Decimal(percent.rstrip("%")) if percent else None
        if not code or not name or any(more) or (share is not None and not 0 < share <= 100):
            raise ValueError(line)
    except (ArithmeticError, ValueError) as wrong:
        message = _("Line %(number)d can't be read. Write code, name and percent, with commas between.")
        raise forms.ValidationError(message % {"number": number}) from wrong
    return code, name, share
