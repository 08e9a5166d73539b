"""What of the cases waits for one worker, for the first page of the desk: each kind with its rows, to be counted."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from liren.front.desk.cases import words
from liren.service.cases import queries


def case_lines(actor: Any) -> list[tuple[str, str, QuerySet[Any]]]:
    """Words, address and rows of each kind that is this actor's; the caller counts, and never far."""
    lines: list[tuple[str, str, QuerySet[Any]]] = []
    queue = reverse("desk-cases")
    if any(actor.holds(power) for power in words.DESK):
        lines.append((_("Cases due within a day, or late"), f"{queue}?view=due", queries.waiting_rows(actor, "due")))
        lines.append((_("Cases that I handle"), f"{queue}?view=mine", queries.waiting_rows(actor, "mine")))
    if actor.holds("cases.moderate"):
        lines.append(
            (_("Hidden reports to be looked at"), f"{queue}?view=hidden", queries.waiting_rows(actor, "hidden"))
        )
    if actor.holds("cases.serve") and queries.own_bodies(actor):
        lines.append((_("Calls to answer"), f"{queue}?view=called", queries.waiting_rows(actor, "called")))
    if any(actor.holds(power) for power in ("cases.supervise", *words.SEALED)):
        lines.append((_("Standstills to decide"), reverse("desk-approvals"), queries.suspensions_to_decide(actor)))
        lines.append((_("Extensions to decide"), reverse("desk-approvals"), queries.extensions_to_decide(actor)))
    if actor.holds("cases.arbitrate"):
        lines.append((_("Disputes to rule on"), reverse("desk-disputes"), queries.disputes_to_rule(actor)))
    if actor.holds("cases.callback"):
        lines.append((_("Reporters to call back"), reverse("desk-phone"), queries.to_call_back(actor)))
    return lines
