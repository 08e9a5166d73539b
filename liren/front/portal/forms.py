"""What visitors fill in on the portal. Limits stand here, so that junk never reaches a query."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from liren.foundation.people.models import ContactKind, Language, Residency
from liren.foundation.policy.models import Jurisdiction
from liren.foundation.territory.models import Unit
from liren.front.kit.forms import DayField

#: Before this day no division of the People's Republic existed.
FIRST_DAY = dt.date(1949, 10, 1)
LAST_DAY = dt.date(2200, 1, 1)


class DisplayForm(forms.Form):
    """How pages look on this device."""

    print = forms.ChoiceField(
        label=_("Size of print"),
        choices=[("normal", _("Normal print")), ("large", _("Large print with the highest contrast"))],
        widget=forms.RadioSelect,
    )
    theme = forms.ChoiceField(
        label=_("Colours"),
        choices=[("auto", _("As on this device")), ("light", _("Light")), ("dark", _("Dark"))],
        widget=forms.RadioSelect,
    )


class OnForm(forms.Form):
    """The day on which the territory is looked at; today when empty."""

    on = DayField(label=_("As it stood on"), required=False)

    def clean_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["on"]
        if day and not FIRST_DAY <= day < LAST_DAY:
            raise forms.ValidationError(_("Choose a day between 1 October 1949 and the end of 2199."))
        return day


class CompareForm(OnForm):
    """Two jurisdictions side by side on a day (R020)."""

    a = forms.ChoiceField(label=_("Place on the left"))
    b = forms.ChoiceField(label=_("Place on the right"))
    by = forms.ChoiceField(choices=[("", ""), ("provisions", "")], required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, places: list[Jurisdiction], **options: Any) -> None:
        super().__init__(*args, **options)
        self.order_fields(["a", "b", "on"])
        choices = [(one.code, one.name) for one in places]
        self.fields["a"].choices = self.fields["b"].choices = choices  # type: ignore[attr-defined]  # choice fields
        self.fields["on"].label = _("As they stood on")

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("a") and found.get("a") == found.get("b"):
            raise forms.ValidationError(_("Choose two different places."))
        return found


class StateForm(OnForm):
    """The place in which a provision is looked at."""

    unit = forms.CharField(
        label=_("Division code"),
        help_text=_("The code stands on the page of each community; find it by search."),
        max_length=20,
        required=False,
    )

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor = actor

    def clean_unit(self) -> Unit | None:
        code: str = self.cleaned_data["unit"].strip()
        unit = Unit.objects.visible_to(self.actor).filter(code=code).first() if code else None
        if code and unit is None:
            raise forms.ValidationError(_("No place has this code."))
        return unit


class BetweenForm(forms.Form):
    """Two days whose territory is compared (R025)."""

    start = DayField(label=_("From"))
    end = DayField(label=_("To"))

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        start, end = found.get("start"), found.get("end")
        if start and end and not FIRST_DAY <= start < end < LAST_DAY:
            raise forms.ValidationError(_("The first day must come before the second, and both after 1 October 1949."))
        return found


class SearchForm(forms.Form):
    """Name, former name, pinyin or division code."""

    q = forms.CharField(
        label=_("Name, former name, pinyin or code"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "enterkeyhint": "search"}),
    )


class WhereForm(forms.Form):
    """A point in WGS 84 degrees, as a telephone gives it."""

    lon = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180)
    lat = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.widget.attrs.update({"step": "any", "inputmode": "decimal"})


class ClaimForm(forms.Form):
    """The community, compound or grid where somebody says to live."""

    code = forms.CharField(
        label=_("Division code of your community, compound or grid"),
        help_text=_(
            "It stands on the page of your community. Search for the community first, then choose “I live here”."
        ),
        max_length=20,
    )

    def clean_code(self) -> Unit:
        unit = Unit.objects.filter(code=self.cleaned_data["code"].strip(), closed_on=None).first()
        if unit is None:
            raise forms.ValidationError(_("No place of today has this code."))
        return unit


class LeaveForm(forms.Form):
    """Taking back a claim, or ending a residency."""

    def __init__(self, *args: Any, account: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["residency"] = forms.ModelChoiceField(Residency.objects.filter(account=account, closed_at=None))


class ContactForm(forms.Form):
    """One kind of contact with its new value; empty removes it."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ContactKind.choices)
    value = forms.CharField(
        label=_("New value"),
        help_text=_("Leave it empty to remove what we keep."),
        max_length=200,
        required=False,
    )


class ProfileForm(forms.Form):
    """What others see of somebody, and the language for messages."""

    display_name = forms.CharField(
        label=_("Name shown to others"),
        help_text=_("This need not be your legal name."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)


class ConsentForm(forms.Form):
    """Yes or no to one purpose."""

    purpose = forms.SlugField(max_length=40)
    given = forms.TypedChoiceField(choices=[("yes", _("Yes")), ("no", _("No"))], coerce=lambda word: word == "yes")


class EraseForm(forms.Form):
    """The last question before an account is erased for good."""

    username = forms.CharField(
        label=_("Your user name, as a confirmation"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    sure = forms.BooleanField(label=_("I understand that this cannot be undone."))

    def __init__(self, *args: Any, account: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.account = account

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"].strip().lower()
        if name != self.account.username:
            raise forms.ValidationError(_("This is not the user name of your account."))
        return name


def today() -> dt.date:
    """Today in the city."""
    return timezone.localdate()
