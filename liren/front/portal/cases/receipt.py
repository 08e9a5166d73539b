"""The receipt: number, key, what comes next with its dates; and the cases whose receipt this browser has shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from time import time
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from liren.foundation.kernel.rights import as_actor
from liren.front.kit.qr import qr_svg
from liren.front.portal.cases.choosing import language
from liren.service.cases.models import Case, by_version
from liren.service.cases.queries import NoCase, acts_as, case_by_number
from liren.service.cases.services import Holder, key_of, open_case

SESSION, MOST_KEPT = "case_receipts", 40
#: What hangs on no account is open in this browser for so long after the last page; then the receipt opens it again.
QUIET, QUIET_S = "case_receipts_until", 30 * 60


def remember(request: HttpRequest, case: Case) -> None:
    """From now on this browser session is the holder of the receipt. What is sealed is forgotten with the browser."""
    kept = [pk for pk in request.session.get(SESSION, []) if pk != case.pk]
    request.session[SESSION] = [*kept, case.pk][-MOST_KEPT:]
    if case.confidentiality == "sealed":
        request.session.set_expiry(0)
    if case.sealed_to == "refuge":
        later = {pk: until for pk, until in request.session.get(QUIET, {}).items() if until >= time()}
        request.session[QUIET] = {**later, str(case.pk): int(time()) + QUIET_S}


def _kept(request: HttpRequest) -> list[int]:
    """Cases whose receipt this browser has shown, but those that were to be forgotten by now."""
    until, now = request.session.get(QUIET, {}), int(time())
    kept: list[int] = request.session.get(SESSION, [])
    return [pk for pk in kept if until.get(str(pk), now) >= now]


def reader_of(request: HttpRequest, number: str) -> tuple[Case, Any]:
    """The case of this number and as whom this visitor reads it: by account, or as the holder of its receipt.

    Raises:
        NoCase: no such case, or not for this visitor.
    """
    actor = as_actor(request.user)
    try:
        case = open_case(number, by=actor, at=timezone.now())
    except NoCase:
        case = _held(request, number)
    if case.pk in _kept(request) and "reporter" not in acts_as(case, actor):
        if case.sealed_to == "refuge":
            remember(request, case)
        return case, Holder(case.pk, shown_by=actor if actor.pk else None)
    return case, actor


def _held(request: HttpRequest, number: str) -> Case:
    for pk in _kept(request):
        held = Holder(pk)
        try:
            return case_by_number(number, held)
        except NoCase:
            continue
    raise NoCase.unknown()


def own_case(request: HttpRequest, number: str) -> tuple[Case, Any]:
    """The same for whoever reported it; for everybody else there is no such page."""
    case, actor = reader_of(request, number)
    if "reporter" not in acts_as(case, actor):
        raise NoCase.unknown()
    return case, actor


@dataclass(frozen=True)
class Due:
    """One clock in words: what is due, and until when. ``plain`` is the date before any standstill or extension."""

    name: str
    until: datetime | None
    plain: datetime | None = None
    is_past: bool = False


def dues(case: Case) -> list[Due]:
    """What runs now, the next first."""
    spec, here, now = by_version(case.written_as_id), language(), timezone.now()
    running = list(case.clocks.filter(stopped_at=None).order_by("plain_due_at", "id"))
    named = {one.code: one.name.text(here) for one in spec.clocks}
    return [
        Due(
            named.get(one.code, ""),
            one.due_at,
            one.plain_due_at if one.due_at != one.plain_due_at else None,
            one.due_at is not None and one.due_at < now,
        )
        for one in running
    ]


def page(request: HttpRequest, case: Case) -> dict[str, Any]:
    """What the receipt shows."""
    spec, here = by_version(case.written_as_id), language()
    key = key_of(case)
    url = request.build_absolute_uri(reverse("case-receipt", args=[case.number, key]))
    return {
        "case": case,
        "spec": spec,
        "kind": spec.name.text(here),
        "state": spec.state(case.state).said(here, own=True),
        "dues": dues(case),
        "key": "-".join(key[at : at + 4] for at in range(0, len(key), 4)),
        "url": url,
        "qr": qr_svg(url),
        "is_sealed": case.confidentiality == "sealed",
        "is_quiet": case.sealed_to == "refuge",
    }
