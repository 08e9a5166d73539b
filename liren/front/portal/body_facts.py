"""What the pages about bodies show, gathered from the queries of the room."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from liren.foundation.bodies import queries
from liren.foundation.bodies.models import GROWING, Body, BodyChange, ChangeKind, Duty, DutyKind, Place, Registration
from liren.foundation.kernel.rights import Actor
from liren.foundation.territory import queries as territory
from liren.foundation.territory.models import Level, Unit
from liren.front.kit.pages import Page, listed
from liren.front.kit.templatetags.kit import enumerated
from liren.front.portal.forms import today

#: What a change gave another value, in the words of a reader.
COLUMNS = {
    "name_zh": gettext_lazy("Chinese name"),
    "name_en": gettext_lazy("English name"),
    "unit_id": gettext_lazy("place"),
    "parent_id": gettext_lazy("body above it"),
    "zone_id": gettext_lazy("zone"),
    "uscc": gettext_lazy("unified social credit code"),
    "registration": gettext_lazy("registration"),
    "works": gettext_lazy("fields of work"),
    "part": gettext_lazy("part in self-government"),
    "place": gettext_lazy("kind of place"),
    "remit_zh": gettext_lazy("what it is there for"),
    "remit_en": gettext_lazy("what it is there for"),
    "telephone": gettext_lazy("office telephone"),
    "address": gettext_lazy("address of the office"),
}


@dataclass(frozen=True)
class Line:
    """One change of a body as a sentence, with its day and document."""

    on: dt.date
    what: str
    instrument: str


def listing(request: HttpRequest, asked: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """Bodies of today that fit what was asked, page by page."""
    unit = asked.get("unit")

    def fetch(after: Any, limit: int) -> list[Body]:
        words = {name: asked.get(name, "") for name in ("kind", "registration", "q")}
        return queries.bodies(actor, unit=unit, on=today(), after=after, limit=limit, **words)

    page: Page[Body] = listed(request, fetch, queries.key_of, shape="tn")
    return {"page": page, "unit": unit, "chain": territory.chain(unit) if unit else []}


def body_page(body: Body, actor: Actor, on: dt.date | None) -> dict[str, Any]:
    """Everything on the page of a body, as it is today or stood on a day."""
    day = on or today()
    exists = day in body.during
    return {
        "body": body,
        "on": on,
        "day": day,
        "exists": exists,
        "face": (queries.face_on(body, day) if on else None) or {},
        "chain": territory.chain(body.unit),
        "duties": duties(queries.duty_list(body, day)),
        "offices": queries.offices(body, actor, day),
        "children": queries.children(body, day),
        "members": queries.members(body, day),
        "belongs_to": queries.belongs_to(body, day),
        "pairings": queries.pairings(body=body, on=day),
        "deliveries": queries.deliveries(body),
        "figures": queries.figures(body),
        "activities": [(row, queries.took_part(row)) for row in queries.activities(body)],
        "supervision": queries.supervision(body, actor) if body.kind in GROWING else None,
        "liaisons": queries.liaisons(body, day),
        "lines": story(queries.history(body)),
    }


def duties(rows: list[Duty]) -> list[tuple[str, list[Duty]]]:
    """The duty list by kind, in the order of the kinds."""
    order = list(DutyKind.values)
    by_kind = groupby(sorted(rows, key=lambda row: (order.index(row.kind), row.pk)), key=lambda row: row.kind)
    return [(str(DutyKind(kind).label), list(group)) for kind, group in by_kind]


def story(changes: list[BodyChange]) -> list[Line]:
    """Every change of a body as a sentence, oldest first."""
    before: list[BodyChange | None] = [None, *changes]
    return [
        Line(change.effective_on, _sentence(earlier, change), change.instrument)
        for earlier, change in zip(before, changes, strict=False)
    ]


def _sentence(earlier: BodyChange | None, change: BodyChange) -> str:
    if change.kind == ChangeKind.FOUNDED:
        return _("Founded as %(name)s.") % {"name": change.after["name_zh"]}
    if change.kind == ChangeKind.DISSOLVED:
        return _("Dissolved.")
    if change.kind == ChangeKind.REGISTERED:
        return _("Now: %(state)s.") % {"state": Registration(change.after["registration"]).label}
    was = earlier.after if earlier else {}
    if was.get("name_zh") != change.after["name_zh"]:
        names = {"before": was.get("name_zh", ""), "after": change.after["name_zh"]}
        return _("Renamed from %(before)s to %(after)s.") % names
    columns = dict.fromkeys(str(words) for name, words in COLUMNS.items() if was.get(name) != change.after.get(name))
    return _("Changed: %(columns)s.") % {"columns": enumerated(columns)}


def unit_page(unit: Unit, actor: Actor) -> dict[str, Any]:
    """Who acts in a place, and what is counted of bodies in it and below it."""
    day = today()
    is_community = unit.level == Level.COMMUNITY
    has_below = unit.level < Level.COMMUNITY
    return {
        "unit": unit,
        "chain": territory.chain(unit),
        "acting": queries.acting(unit, actor, day, limit=60),
        "receptions": [(row, queries.times_raised(row)) for row in queries.receptions(unit)],
        "overview": queries.overview(unit, day),
        "strands": queries.strands(unit, day.replace(day=1, month=1), day) if is_community else [],
        "organisations": queries.organisation_counts(unit, day) if has_below else [],
        "by_form": queries.organisations_by_form(unit, day),
        "rate": queries.per_10000_residents(unit, day),
        "stages": stages(unit, day),
        "places": places(unit, day),
        "same": queries.same_person(unit, day) if has_below else None,
        "year": day.year,
    }


def stages(unit: Unit, day: dt.date) -> list[tuple[str, int]]:
    """Organisations of residents by stage, in words."""
    words = {
        "group": pgettext("stage of an organisation", "Groups"),
        "filed": _("Filed"),
        "registered": _("Registered"),
        "contracting": _("With a contract for a public service"),
    }
    return [(words[stage], count) for stage, count in queries.stages(unit, day).items()]


def places(unit: Unit, day: dt.date) -> list[tuple[str, int]]:
    """Party organisations in new fields by kind of place; nothing where there are none."""
    found = [(str(Place(place).label), count) for place, count in queries.in_new_fields(unit, day).items()]
    return found if any(count for _place, count in found) else []
