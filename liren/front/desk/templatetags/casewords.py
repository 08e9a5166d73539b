"""Small words on pages of cases."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html

from liren.front.desk.cases import words
from liren.service.cases import queries

register = template.Library()


@register.filter
def severity(code: str) -> Any:
    """How urgent, in words."""
    return words.SEVERITIES.get(code, code)


@register.filter
def channel(code: str) -> str:
    """How a case came in."""
    return queries.channel_words(code)


@register.filter
def amount(text: str) -> str:
    """An amount of time in words."""
    return queries.amount_said(text, words.language())


@register.filter
def measured(value: Any) -> str:
    """A number with its unit, as the documents give it: 12 个月."""
    return str(value.text("zh" if words.language().startswith("zh") else "en"))


@register.filter
def short(value: datetime | None) -> Any:
    """A moment in a table, in the time of the city: 6月5日 09:00, 5 Jun 09:00; with the year where it is another."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    form = ("n月j日 H:i", "Y年n月j日 H:i") if words.language().startswith("zh") else ("j M H:i", "j M Y H:i")
    said = date_format(local, form[local.year != timezone.localdate().year])
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), said)


@register.filter
def word_of(named: Mapping[str, Any], code: str) -> Any:
    """The words for a code."""
    return named.get(code, code)
