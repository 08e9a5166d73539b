"""A warning as the Common Alerting Protocol writes it (OASIS CAP 1.2), and the Atom feed of those in force."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as tree

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.front.open311.replies import plain
from liren.service.cases.models import CaseEvent
from liren.service.cases.queries.warnings import Warning

CAP, ATOM = "urn:oasis:names:tc:emergency:cap:1.2", "http://www.w3.org/2005/Atom"
#: The codes of the declaration in the words of the protocol.
CATEGORIES = {
    "rain": "Met", "heat": "Met", "cold": "Met", "wind": "Met", "flood": "Geo", "landslide": "Geo",
    "earthquake": "Geo", "fire": "Fire", "gas": "Safety", "outage": "Infra", "health": "Health",
}  # fmt: skip
SEVERITY = {"blue": "Minor", "yellow": "Moderate", "orange": "Severe", "red": "Extreme"}
URGENCY = {"immediate": "Immediate", "expected": "Expected", "future": "Future"}
CERTAINTY = {"observed": "Observed", "likely": "Likely", "possible": "Possible"}
#: A feed without entries has changed at no moment that is known.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Pairs = list[tuple[str, Any]]


def message(request: HttpRequest, warning: Warning) -> bytes:
    """The last message that was issued of a warning."""
    root = tree.Element("alert", {"xmlns": CAP})
    head: Pairs = [
        ("identifier", identifier(request, warning, warning.last)),
        ("sender", sender(request)),
        ("sent", moment(warning.last.at)),
        ("status", "Exercise" if warning.case.is_simulated or settings.LIREN_DEMO else "Actual"),
        ("msgType", kind(warning)),
        ("scope", "Public"),
        ("references", references(request, warning)),
    ]
    _add(root, head)
    info = tree.SubElement(root, "info")
    _add(info, facts(request, warning))
    _add(tree.SubElement(info, "area"), [("areaDesc", warning.text("area") or warning.case.unit.name_zh)])
    _add(tree.SubElement(info[-1], "geocode"), [("valueName", "division"), ("value", warning.case.unit.code)])
    document: bytes = tree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def facts(request: HttpRequest, warning: Warning) -> Pairs:
    """What is said to those who are warned, in the order of the schema."""
    category = warning.spec.category(warning.case.category)
    ends = warning.ends_at
    return [
        ("language", "zh-CN"),
        ("category", CATEGORIES.get(warning.case.category, "Other")),
        ("event", (category.name if category else warning.spec.name).zh),
        ("urgency", URGENCY.get(warning.code("urgency"), "Unknown") if warning.is_in_force else "Past"),
        ("severity", SEVERITY.get(warning.code("level"), "Unknown")),
        ("certainty", CERTAINTY.get(warning.code("certainty"), "Unknown")),
        ("effective", moment(warning.issued[0].at)),
        ("expires", moment(ends) if ends else ""),
        ("senderName", warning.text("issuer")),
        ("headline", warning.text("headline")),
        ("description", warning.text("correction")),
        ("instruction", warning.text("instruction")),
        ("web", request.build_absolute_uri(reverse("case", args=[warning.case.number]))),
    ]


def kind(warning: Warning) -> str:
    if not warning.is_in_force:
        return "Cancel"
    return "Update" if len(warning.issued) > 1 else "Alert"


def sender(request: HttpRequest) -> str:
    return f"liren@{request.get_host().partition(':')[0]}"


def identifier(request: HttpRequest, warning: Warning, event: CaseEvent) -> str:
    """One for each message, never used twice."""
    return f"{request.get_host().partition(':')[0]}-{warning.case.number}-{event.pk}"


def references(request: HttpRequest, warning: Warning) -> str:
    """Earlier messages of the same warning, which this one replaces."""
    whole = [f"{sender(request)},{identifier(request, warning, one)},{moment(one.at)}" for one in warning.issued[:-1]]
    return " ".join(whole)


def moment(at: Any) -> str:
    """With the zone of this place, and never Z, which the protocol forbids."""
    return timezone.localtime(at).isoformat(timespec="seconds")


def feed(request: HttpRequest, warnings: list[Warning]) -> bytes:
    """RFC 4287, with a link from each entry to the message itself."""
    root = tree.Element("feed", {"xmlns": ATOM})
    here = request.build_absolute_uri(reverse("alerts"))
    newest = max((one.last.at for one in warnings), default=EPOCH)
    _add(root, [("id", here), ("title", _("Warnings in force")), ("updated", moment(newest))])
    tree.SubElement(root, "link", {"rel": "self", "href": here, "type": "application/atom+xml"})
    _add(tree.SubElement(root, "author"), [("name", _("Liren"))])
    for one in warnings:
        _entry(request, tree.SubElement(root, "entry"), one)
    document: bytes = tree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _entry(request: HttpRequest, entry: tree.Element, warning: Warning) -> None:
    address = request.build_absolute_uri(reverse("alert", args=[warning.case.number]))
    title = warning.text("headline") or warning.spec.name.zh
    summary = warning.text("instruction")
    _add(entry, [("id", address), ("title", title), ("updated", moment(warning.last.at)), ("summary", summary)])
    tree.SubElement(entry, "link", {"href": address, "type": "application/cap+xml"})


def _add(element: tree.Element, pairs: Pairs) -> None:
    """Elements in this order; what is empty is left out."""
    for name, value in pairs:
        if value:
            tree.SubElement(element, name).text = plain(value)
