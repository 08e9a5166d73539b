"""The desk's own row of tabs."""

from datetime import date
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html

from liren.front.desk.facts import Link
from liren.front.desk.sections import sections_for
from liren.front.kit.templatetags import kit

register = template.Library()
#: What belongs to bodies and is not named after them.
OF_BODIES = (
    "desk-body", "desk-post", "desk-holding", "desk-duty", "desk-member", "desk-pairing", "desk-ties", "desk-liaison",
    "desk-authority", "desk-strand", "desk-arrangement", "desk-reception",
)  # fmt: skip


@register.inclusion_tag("desk/sections.html", takes_context=True)
def desk_sections(context: Context) -> dict[str, Any]:
    """Tabs of the sections that whoever reads this page can enter; the present one is marked."""
    request = context["request"]
    here = getattr(request.resolver_match, "url_name", "") or ""
    tabs = [(one, _is_here(one.url_name, here)) for one in sections_for(request.user)]
    return {"tabs": tabs}


def _is_here(section: str, here: str) -> bool:
    family = {
        "desk-mandate": "desk-mandates",
        "desk-contact": "desk-residency",
        "desk-proposal": "desk-proposals",
        "desk-zone": "desk-zones",
        "desk-register": "desk-registers",
        **dict.fromkeys(OF_BODIES, "desk-bodies"),
        "desk-application": "desk-gate",
        "desk-admission": "desk-gate",
        "desk-agreement": "desk-gate",
        "desk-agreements": "desk-gate",
        "desk-case": "desk-cases",
        "desk-approval": "desk-cases",
        "desk-approvals": "desk-cases",
        "desk-dispute": "desk-cases",
        "desk-disputes": "desk-cases",
        "desk-escalations": "desk-cases",
        "desk-intake": "desk-phone",
        "desk-rule": "desk-catalogue",
        **dict.fromkeys(("desk-key", "desk-subscription"), "desk-keys"),
    }
    relatives = {section} | {start for start, home in family.items() if home == section}
    return here in relatives or any(here.startswith(f"{one}-") for one in relatives - {"desk"})


@register.filter
def beside(row: list[Any], head: list[Any]) -> list[tuple[Any, Any]]:
    """Each value of a row with the words of its column."""
    return list(zip(head, row, strict=True))


@register.filter
def cell(value: Any) -> Any:
    """A value as a table shows it: a day, a number with thousands, a text, a link, or a dash."""
    if isinstance(value, Link):
        return format_html('<a href="{}">{}</a>', value.url, value.words)
    if value is None or value == "":
        return "—"
    return kit.day(value) if isinstance(value, date) else kit.count(value)
