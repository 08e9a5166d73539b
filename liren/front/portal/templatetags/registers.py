"""Small pieces of the pages of registers: words of a declaration, sizes, and one fact in its own manner."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.template import Context

from liren.foundation.registers.models.vocabulary import Shown, Words
from liren.foundation.registers.queries.shelf import Size
from liren.front.portal.registers import words

register = template.Library()


@register.filter
def inwords(text: Words) -> str:
    """A text of a declaration in the language of the page."""
    return text.text(words.language())


@register.filter
def sized(size: Size | None) -> str:
    """1,204; 1,000+ where there are more; 0."""
    if size is None:
        return "0"
    return f"{size.entries:,}{'+' if size.at_least else ''}"


@register.inclusion_tag("portal/registers/fact.html")
def fact(shown: Shown, code: str, number: int) -> dict[str, Any]:
    """A value in the manner of its field: a telephone can be called, a link followed, a file taken away."""
    return {"shown": shown, "field": shown.field, "code": code, "number": number}


@register.simple_tag(takes_context=True)
def narrowed(context: Context, **changes: Any) -> str:
    """The query of this page with other values; an empty value takes the name out. A page of a list begins anew."""
    request = context["request"]
    kept = {name: value for name, value in request.GET.items() if name != "after"}
    kept |= {name: str(value) for name, value in changes.items()}
    found = urlencode({name: value for name, value in kept.items() if value})
    return f"?{found}" if found else "?"
