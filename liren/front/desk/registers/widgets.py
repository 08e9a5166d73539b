"""A form field for each kind of declared field. They take what was typed as it is: the service says what is wrong."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from liren.foundation.kernel.engine.quantities import UNITS
from liren.front.kit.templatetags.kit import is_chinese

#: More choices than this are a list to open; fewer are seen at a glance.
AT_A_GLANCE = 6
FILES = ".pdf,.png,.jpg,.jpeg,.xlsx,.docx"
Offers = Iterable[tuple[str, str]]


class AsTyped(forms.Field):
    """``required`` only tells the reader; whether a value is needed, and right, is for the service to say."""

    def clean(self, value: Any) -> Any:
        return value


class Measured(forms.TextInput):
    """A number with its unit beside it. Text, not type=number: people write 1,200 and 120㎡, and it is read."""

    template_name = "desk/widgets/measured.html"

    def __init__(self, unit: str) -> None:
        super().__init__(attrs={"inputmode": "decimal", "autocomplete": "off"})
        self.unit = unit

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, value, attrs) | {"unit": self.unit}


class Offered(forms.TextInput):
    """Free text with a list of what is there already; a list that browsers open by themselves, without scripts."""

    template_name = "desk/widgets/offered.html"

    def __init__(self, offers: Offers = (), attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"autocomplete": "off", **(attrs or {})})
        self.offers = list(offers)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        if self.offers:
            context["widget"]["attrs"]["list"] = f"{name}-offers"
        return context | {"offers": self.offers, "list_id": f"{name}-offers"}


class Day(forms.DateInput):
    """The browser's day picker; a day that was typed some other way is kept as it was typed."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


def word(words: Any) -> str:
    """A text in two languages as the page says it."""
    return str(words.text(get_language() or "zh"))


def unit_of(field: Any) -> str:
    """The unit of a number as it stands beside it: m², 天, %."""
    if not field.unit:
        return ""
    unit = UNITS[field.unit]
    return str(unit.zh if is_chinese() else unit.en)


def form_fields(field: Any, offers: Offers = ()) -> dict[str, forms.Field]:
    """What the form shows for a declared field: one field, or a pair for a text in two languages."""
    if field.kind == "bilingual":
        zh = _made(field, forms.TextInput(attrs={"maxlength": field.longest}))
        en = AsTyped(
            label=_("%(name)s (in English)") % {"name": word(field.name)},
            required=False,
            widget=forms.TextInput(attrs={"maxlength": field.longest}),
        )
        return {field.code: zh, f"{field.code}_en": en}
    maker = MAKERS.get(field.kind, _text)
    return {field.code: maker(field, offers)}


def _made(field: Any, widget: forms.Widget, made: type[forms.Field] = AsTyped, **more: Any) -> forms.Field:
    return made(label=word(field.name), required=field.required, help_text=word(field.help), widget=widget, **more)


def _text(field: Any, offers: Offers) -> forms.Field:
    return _made(field, forms.TextInput(attrs={"maxlength": field.longest}))


def _long_text(field: Any, offers: Offers) -> forms.Field:
    return _made(field, forms.Textarea(attrs={"rows": 3, "maxlength": field.longest}))


def _number(field: Any, offers: Offers) -> forms.Field:
    made = _made(field, Measured(unit_of(field)))
    if field.unit:
        made.label = format_html('{}<span class="visually-hidden"> ({})</span>', made.label, unit_of(field))
    return made


def _date(field: Any, offers: Offers) -> forms.Field:
    return _made(field, Day(min=field.not_before.isoformat()))


def _none(field: Any) -> list[tuple[str, Any]]:
    return [] if field.required else [("", gettext_lazy("not filled in"))]


def _choice(field: Any, offers: Offers) -> forms.Field:
    choices = [(one.code, word(one.name)) for one in field.choices]
    if len(choices) > AT_A_GLANCE:
        return _made(field, forms.Select(choices=[("", "—"), *choices]))
    return _made(field, forms.RadioSelect(choices=[*choices, *_none(field)]))


def _choices(field: Any, offers: Offers) -> forms.Field:
    return _made(field, forms.CheckboxSelectMultiple(choices=[(one.code, word(one.name)) for one in field.choices]))


def _yes_no(field: Any, offers: Offers) -> forms.Field:
    choices = [("true", gettext_lazy("yes")), ("false", gettext_lazy("no")), *_none(field)]
    return _made(field, forms.RadioSelect(choices=choices))


def _referred(field: Any, offers: Offers) -> forms.Field:
    made = _made(field, Offered(offers))
    helps = {
        "unit": _("Code of the unit, or its full name if no other unit has the same name."),
        "body": _("Full name or credit code of a body that is on the record."),
    }
    made.help_text = made.help_text or helps[field.kind]
    return made


def _phone(field: Any, offers: Offers) -> forms.Field:
    return _made(field, forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "maxlength": 40}))


def _link(field: Any, offers: Offers) -> forms.Field:
    return _made(field, forms.URLInput(attrs={"placeholder": "https://", "maxlength": 500}))


def _file(field: Any, offers: Offers) -> forms.Field:
    made = _made(field, forms.ClearableFileInput(attrs={"accept": FILES}))
    made.help_text = made.help_text or _("PDF, PNG, JPEG, XLSX or DOCX, at most 10 MB.")
    return made


MAKERS = {
    "text": _text,
    "long_text": _long_text,
    "number": _number,
    "date": _date,
    "choice": _choice,
    "choices": _choices,
    "yes_no": _yes_no,
    "unit": _referred,
    "body": _referred,
    "phone": _phone,
    "link": _link,
    "file": _file,
}
