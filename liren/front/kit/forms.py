"""How forms are drawn: one template for a form, one for a field; Django adds the labels' and errors' references."""

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_noop

#: Django's own sentence: named here so that our catalogue, which goes before Django's, says it plainly in Chinese.
NEEDED = gettext_noop("This field is required.")


class Renderer(TemplatesSetting):
    """``{{ form }}`` and ``{{ form.name.as_field_group }}`` come out as kit/form.html and kit/field.html."""

    form_template_name = "kit/form.html"
    field_template_name = "kit/field.html"


class DayInput(forms.DateInput):
    """The browser's own day picker, filled in the form that it expects."""

    input_type = "date"

    def __init__(self, attrs: dict[str, object] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """The browser's own picker of a day and a time, by the clock of the city."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, object] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%dT%H:%M")


class DayField(forms.DateField):
    """A day as YYYY-MM-DD, whatever the language of the page."""

    widget = DayInput

    def __init__(self, **options: object) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **options)  # type: ignore[arg-type]  # passed on as they came
