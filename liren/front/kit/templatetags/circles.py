"""Small pieces of the pages of the life circle: declared words, shares, minutes, bars."""

import json
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from liren.front.kit import circles

register = template.Library()
SVG = '<svg class="{}" viewBox="0 0 100 {}" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
#: No bar is long enough for what is not reached: an empty frame with a broken edge.
NO_WAY = SafeString(SVG.format("tbar", 10) + '<rect class="tbar__none" x=".5" y="1" width="99" height="8"/></svg>')
TIME_BAR = SVG.format("tbar", 10) + (
    '<rect class="tbar__of" y="1" width="100" height="8"/><rect class="tbar__is" y="1" width="{}" height="8"/>'
    '<rect class="tbar__past" x="50" y="1" width="{}" height="8"/>'
    '<rect class="tbar__limit" x="49.4" width="1.2" height="10"/></svg>'
)
SHARE_BAR = SVG.format("bar", 8) + (
    '<rect class="bar__of" width="100" height="8"/><rect class="bar__is" width="{}" height="8"/></svg>'
)


@register.filter
def declared(words: Any) -> str:
    """A text of a standard in the language of the page."""
    return circles.says(words)


@register.filter
def share(value: float | None) -> str:
    """0.825 → 82.5%; never 100% where somebody is left out, and never 0% where somebody is served; hidden → a dash."""
    if value is None:
        return "—"
    percent = round(100 * value, 1)
    if value < 1 and percent >= 100:
        return "> 99.9%"
    if value > 0 and percent <= 0:
        return "< 0.1%"
    return f"{percent:g}%"


@register.filter
def percent(value: float | None) -> str:
    """The same as a bare number for a chart; nothing where it is hidden."""
    return "" if value is None else f"{100 * value:.1f}"


@register.filter
def in_minutes(value: float | None) -> str:
    """Minutes in words."""
    return "—" if value is None else circles.minutes(value)


@register.filter
def in_metres(value: int | None) -> str:
    """Metres in words."""
    return "—" if value is None else circles.metres(value)


@register.filter
def as_json(thing: Any) -> str:
    """Facts for the map, as text inside a template element; the template escapes it like any other text."""
    return json.dumps(thing, ensure_ascii=False, separators=(",", ":"))


@register.filter
def because(cause: Any) -> str:
    """A cause in words."""
    return circles.because(cause)


@register.simple_tag
def time_bar(line: circles.Line) -> SafeString:
    """Minutes as a bar that ends at twice the limit, with a mark at the limit; what goes past it has its own colour."""
    if line.bar is None:
        return NO_WAY
    return format_html(TIME_BAR, min(50.0, line.bar), max(0.0, round(line.bar - 50, 1)))


@register.simple_tag
def share_bar(value: float | None) -> SafeString:
    """A share as a bar; nothing where it is hidden."""
    if value is None:
        return SafeString("")
    return format_html(SHARE_BAR, f"{100 * value:.1f}")
