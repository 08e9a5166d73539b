"""A warning as the Common Alerting Protocol writes it (OASIS CAP 1.2), and the Atom feed of those in force."""

from __future__ import annotations

from xml.etree import ElementTree as tree

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from liren.front.kit import atom
from liren.front.kit.atom import Pairs, add, moment
from liren.service.cases.models import CaseEvent
from liren.service.cases.queries.warnings import Warning

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
#: The codes of the declaration in the words of the protocol.
CATEGORIES = {
    "rain": "Met", "heat": "Met", "cold": "Met", "wind": "Met", "flood": "Geo", "landslide": "Geo",
    "earthquake": "Geo", "fire": "Fire", "gas": "Safety", "outage": "Infra", "health": "Health",
}  # fmt: skip
SEVERITY = {"blue": "Minor", "yellow": "Moderate", "orange": "Severe", "red": "Extreme"}
URGENCY = {"immediate": "Immediate", "expected": "Expected", "future": "Future"}
CERTAINTY = {"observed": "Observed", "likely": "Likely", "possible": "Possible"}


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
    add(root, head)
    info = tree.SubElement(root, "info")
    add(info, facts(request, warning))
    add(tree.SubElement(info, "area"), [("areaDesc", warning.text("area") or warning.case.unit.name_zh)])
    add(tree.SubElement(info[-1], "geocode"), [("valueName", "division"), ("value", warning.case.unit.code)])
    return atom.written(root)


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


def feed(request: HttpRequest, warnings: list[Warning]) -> bytes:
    """RFC 4287, with a link from each entry to the message itself."""
    newest = max((one.last.at for one in warnings), default=None)
    root = atom.feed(request.build_absolute_uri(reverse("alerts")), _("Warnings in force"), newest)
    for one in warnings:
        address = request.build_absolute_uri(reverse("alert", args=[one.case.number]))
        title, summary = one.text("headline") or one.spec.name.zh, one.text("instruction")
        pairs = [("id", address), ("title", title), ("updated", moment(one.last.at)), ("summary", summary)]
        atom.entry(root, pairs, link=address, type="application/cap+xml")
    return atom.written(root)
