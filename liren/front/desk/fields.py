"""Form fields that desk forms share: a day within reason, a unit by code or name, the paper behind an act."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from liren.foundation.kernel.rights import Actor
from liren.foundation.territory.models import Unit

#: Days outside these are slips of the pen: the republic's first day, and a century that forms need not reach.
FIRST_DAY, LAST_DAY = date(1949, 10, 1), date(2100, 1, 1)
#: What an ``int4`` column holds; no count on the desk comes near.
MOST = 2_000_000_000


class DayField(forms.DateField):
    """A calendar day, ISO 8601, between ``FIRST_DAY`` and ``LAST_DAY``."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        options.setdefault("input_formats", ["%Y-%m-%d"])
        super().__init__(**options)
        self.validators += [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]


class CountField(forms.IntegerField):
    """A number of things: whole, not negative, small enough for the database."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=options.pop("min_value", 0), max_value=options.pop("max_value", MOST), **options)


class TextField(forms.CharField):
    """One line of text, at most 200 characters unless told otherwise."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 200)
        super().__init__(**options)


class LongTextField(forms.CharField):
    """A few sentences, at most 1,000 characters."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 1_000)
        options.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        super().__init__(**options)


class UnitField(forms.CharField):
    """A unit by its code, or by its exact name where only one carries it. ``actor`` must be set by the form."""

    actor: Actor

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 100)
        options.setdefault("help_text", _("Code of the unit, or its full name if no other unit has the same name."))
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        visible = Unit.objects.visible_to(self.actor)
        found = list(visible.filter(code=text)[:1]) or list(visible.filter(name_zh=text, closed_on=None)[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(_("Several units have this name. Enter the code instead."), code="several")
        raise forms.ValidationError(
            _("No unit has this code or name. Look it up in the list of units."), code="unknown"
        )


class DeskForm(forms.Form):
    """A form that knows who fills it in, and hands that on to its unit fields."""

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor = actor
        for field in self.fields.values():
            if isinstance(field, UnitField):
                field.actor = actor


class PaperForm(DeskForm):
    """From when, by which document, and why: what every change of territory has to say about itself."""

    effective_on = DayField(label=_("Effective on"), help_text=_("The first day on which the change holds."))
    instrument = TextField(
        label=_("Document that orders it"),
        max_length=300,
        help_text=_("Title and number, for example of the approval."),
    )
    reason = LongTextField(label=_("Reason"), required=False)

    def __init__(self, *args: Any, unit: Unit, **options: Any) -> None:
        super().__init__(*args, **options)
        self.unit = unit
        self.order_fields([name for name in self.fields if name not in PAPER] + list(PAPER))
        self.fit()

    def fit(self) -> None:
        """Fit choices and first values to the unit; the default has none to fit."""

    @property
    def has_second_step(self) -> bool:
        """Whether the form is filled in on two pages."""
        return False

    def asks_more(self) -> bool:
        """Whether the form, though right so far, has a further page to fill in; it shows that page from now on."""
        return False

    def facts(self) -> dict[str, Any]:
        """What the service wants to be told."""
        return dict(self.cleaned_data)

    def carried(self) -> list[tuple[str, str]]:
        """Name and value of everything that was filled in, to travel on as hidden fields."""
        return [(name, value) for name in self.fields for value in self.data.getlist(name)]  # type: ignore[attr-defined]


PAPER = ("effective_on", "instrument", "reason")
