"""An entry: what it says, today or on a day, who keeps it, and its story."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from liren.foundation.kernel.rights import Actor
from liren.foundation.registers import queries
from liren.foundation.registers.models import ChangeKind, Register
from liren.foundation.registers.models.reach import keeper
from liren.foundation.territory.models import Level
from liren.front.kit.pages import Page, listed
from liren.front.portal import facts
from liren.front.portal.forms import OnForm, today
from liren.front.portal.registers import words
from liren.service.cases.queries import items
from liren.service.cases.queries.raised import raised


@dataclass(frozen=True)
class Told:
    """A line of the story with its kind in words and the day whose evening shows what the entry was then."""

    story: queries.Story
    kind: str
    day: dt.date


def page(request: HttpRequest, register: Register, number: int, actor: Actor) -> dict[str, Any]:
    """Everything on the page of an entry. ``then`` is None where the entry was not yet there on the day asked for."""
    now = queries.detail(register, number, actor)
    form = OnForm(request.GET)
    on = form.cleaned_data["on"] if form.is_valid() else None
    shown = queries.entry_on(register, number, on, actor) if on else now
    late = (today() - now.entry.reviewed_on).days > register.spec.review_days
    return {
        "register": register,
        "spec": register.spec,
        "now": now,
        "it": shown,
        "on": on,
        "on_form": form,
        "chain": facts.chain(now.unit),
        "keeper": keeper(register, now.unit),
        "stale": words.unreviewed(now.entry.reviewed_on, today()) if late else "",
        "is_open": now.entry.closed_on is None or now.entry.closed_on > today(),
        "story": story(request, register, number, actor),
        "hides": any(one.hidden for one in shown.fields) if shown else False,
        "ground_url": reverse("unit-geo", args=[now.unit.code]),
        "applications": applications(register, now) if not on else [],
        "raised": raised(register, number, now.unit, actor, at=timezone.now()) if not on else [],
    }


def applications(register: Register, now: queries.Detail) -> list[tuple[str, str]]:
    """Where one applies for what the entry names: words and address of each form, filled in with it."""
    unit = f"&unit={now.unit.code}" if now.unit.level == Level.COMMUNITY else ""
    is_open = now.entry.closed_on is None or now.entry.closed_on > today()
    return [
        (kind.name, f"{reverse('report', args=[kind.code])}?{field.code}={now.number}{unit}")
        for kind, field in (items.applied_for(register) if is_open else ())
    ]


def story(request: HttpRequest, register: Register, number: int, actor: Actor) -> Page[Told]:
    """The story, newest first, page by page."""

    def fetch(after: Any, limit: int) -> list[queries.Story]:
        return queries.history(register, number, actor, before=after[0] if after else None, count=limit)

    page = listed(request, fetch, lambda one: (one.pk,), shape="n", size=20)
    return Page([told(one) for one in page], page.next_query, page.first_query)


def told(one: queries.Story) -> Told:
    return Told(one, str(ChangeKind(one.kind).label), timezone.localdate(one.at))
