"""Small words on pages of registers."""

from datetime import date
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import get_language

from liren.foundation.registers.models import ChangeKind
from liren.front.kit.templatetags.kit import enumerated, plain_name

register = template.Library()


@register.filter
def inwords(words: Any) -> str:
    """A text in two languages as the page says it."""
    return str(words.text(get_language() or "zh"))


@register.filter
def names(units: Any) -> str:
    """Names of units in a row."""
    return enumerated(plain_name(unit) for unit in units)


@register.filter
def names_of_fields(fields: Any) -> str:
    """Names of fields in a row."""
    return enumerated(inwords(field.name) for field in fields)


@register.filter
def at(known: Any, key: Any) -> Any:
    """What stands under a key."""
    return known.get(key, "") if known else ""


@register.filter
def happened(kind: str) -> str:
    """What a line of the story says was done."""
    return str(ChangeKind(kind).label)


@register.filter
def days_ago(day: date) -> int:
    """How many days have passed since."""
    return (timezone.localdate() - day).days


@register.filter
def faulty(form: Any) -> list[tuple[Any, list[str]]]:
    """Each field that has something wrong, with what that is, in the order of the form."""
    return [(form[name], list(sentences)) for name, sentences in form.errors.items() if name in form.fields]
