"""What the page of one body, and of one unit, shows of bodies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Count, Q

from liren.foundation.bodies.models import (
    PEOPLE,
    PUBLIC_ENTRIES,
    Activity,
    Authority,
    Body,
    BodyChange,
    ContactArrangement,
    Delivery,
    Entry,
    EntryKind,
    Figure,
    Liaison,
    MembershipOfBody,
    Pairing,
    Reception,
    Strand,
)
from liren.foundation.kernel.rights import Actor, can
from liren.foundation.kernel.suppression import published
from liren.foundation.territory.models import Level, Unit

MOST = 200
SHOWN = 20


def members(body: Body, on: date) -> list[MembershipOfBody]:
    """The bodies that belong to a body on a day, the chairing unit first."""
    rows = body.memberships.filter(during__contains=on).select_related("member__unit")
    return list(rows.order_by("role", "member__pinyin", "id")[:MOST])


def belongs_to(body: Body, on: date) -> list[MembershipOfBody]:
    """The bodies to which a body belongs on a day."""
    rows = body.belongs_to.filter(during__contains=on).select_related("whole__unit")
    return list(rows.order_by("whole__pinyin", "id")[:MOST])


def children(body: Body, on: date) -> list[Body]:
    """The bodies that stand under a body on a day."""
    return list(
        body.children.filter(during__contains=on).select_related("unit").order_by("kind", "pinyin", "id")[:MOST]
    )


def pairings(*, body: Body | None = None, unit: Unit | None = None, on: date | None = None) -> list[Pairing]:
    """Pairings of a body, or of a community, each with the number of its deliveries."""
    rows = Pairing.objects.select_related("body", "unit").annotate(delivered=Count("deliveries"))
    if body is not None:
        rows = rows.filter(body=body)
    if unit is not None:
        rows = rows.filter(unit=unit)
    if on is not None:
        rows = rows.filter(during__contains=on)
    return list(rows.order_by("-during", "id")[:MOST])


def deliveries(body: Body, *, limit: int = SHOWN) -> list[Delivery]:
    """What a body delivered under its pairings, newest first."""
    rows = Delivery.objects.filter(pairing__body=body).select_related("pairing__unit")
    return list(rows.order_by("-delivered_on", "-id")[:limit])


def history(body: Body) -> list[BodyChange]:
    """All that became of a body, oldest first."""
    return list(body.changes.order_by("effective_on", "id")[:MOST])


def face_on(body: Body, day: date) -> dict[str, Any] | None:
    """The columns of a body as they stood on a day; None outside its life."""
    if day not in body.during:
        return None
    change = body.changes.filter(effective_on__lte=day).order_by("-effective_on", "-id").first()
    return None if change is None else dict(change.after)


@dataclass(frozen=True)
class YearFigure:
    """A yearly figure fit for publication: a small number of people is None."""

    measure: str
    label: str
    year: int
    value: int | None
    source: str


def figures(body: Body, *, limit: int = SHOWN) -> list[YearFigure]:
    """The newest word on each year and measure, newest year first; numbers of people from 1 to 4 stay hidden."""
    rows = Figure.objects.filter(body=body).order_by("measure", "-year", "-revision").distinct("measure", "year")
    newest = sorted(rows, key=lambda row: (-row.year, row.measure))[:limit]
    return [_published(row) for row in newest]


def _published(row: Figure) -> YearFigure:
    value = published(row.number) if row.measure in PEOPLE else row.number
    return YearFigure(row.measure, str(row.get_measure_display()), row.year, value, row.source)


@dataclass(frozen=True)
class Supervision:
    """What is recorded of fostering and supervising an organisation, as far as the reader may see it."""

    entries: list[Entry]
    complaints: int
    answered: int


def supervision(body: Body, actor: Actor, *, limit: int = SHOWN) -> Supervision:
    """Support, yearly reports, inspections and contracts for everyone; complaints in words for those who keep the body,
    for everyone else as a number (R175)."""
    seen = [*PUBLIC_ENTRIES]
    if can(actor, "bodies.keep", body):
        seen += [EntryKind.COMPLAINT, EntryKind.ANSWER]
    rows = body.entries.filter(kind__in=seen).order_by("-happened_on", "-id")[:limit]
    counted = body.entries.aggregate(
        complaints=Count("pk", filter=Q(kind=EntryKind.COMPLAINT)),
        answered=Count("pk", filter=Q(kind=EntryKind.ANSWER)),
    )
    return Supervision(list(rows), counted["complaints"], counted["answered"])


def activities(body: Body, *, limit: int = SHOWN) -> list[Activity]:
    """What a body did, newest first."""
    rows = body.activities.select_related("unit", "partner").order_by("-held_on", "-id")[:limit]
    return list(rows)


def took_part(activity: Activity) -> int | None:
    """How many people took part, as it may be published."""
    return None if activity.took_part is None else published(activity.took_part)


@dataclass(frozen=True)
class Acting:
    """Who acts in a unit on a day: bodies, pairings, liaison, authority, deputies."""

    bodies: list[Body]
    more: bool
    pairings: list[Pairing]
    liaisons: list[Liaison]
    authorities: list[Authority]
    arrangements: list[ContactArrangement]

    def __bool__(self) -> bool:
        return bool(self.bodies or self.pairings or self.liaisons or self.authorities or self.arrangements)


def acting(unit: Unit, actor: Actor, on: date, *, limit: int = 12) -> Acting:
    """What the panel on the page of a unit shows: its own bodies by kind and name, and what ties others to it."""
    rows = Body.objects.visible_to(actor).filter(unit=unit, during__contains=on).order_by("kind", "pinyin", "id")
    found = list(rows[: limit + 1])
    here = {"unit": unit, "during__contains": on}
    return Acting(
        bodies=found[:limit],
        more=len(found) > limit,
        pairings=pairings(unit=unit, on=on)[:limit] if unit.level == Level.COMMUNITY else [],
        liaisons=list(Liaison.objects.filter(**here).select_related("body").order_by("body__pinyin", "id")[:limit]),
        authorities=list(Authority.objects.filter(**here).order_by("power", "id")[:limit])
        if unit.level == Level.STREET
        else [],
        arrangements=list(ContactArrangement.objects.filter(**here).order_by("kind", "id")[:limit]),
    )


@dataclass(frozen=True)
class Ties:
    """What ties bodies and deputies to one unit on a day, as whoever keeps it reads it: nothing left out."""

    liaisons: list[Liaison]
    authorities: list[Authority]
    strands: list[Strand]
    arrangements: list[ContactArrangement]


def ties(unit: Unit, on: date) -> Ties:
    """The ties of a unit that hold on a day or begin after it."""
    here: dict[str, Any] = {"unit": unit, "during__overlap": DateRange(on, None)}
    return Ties(
        liaisons=list(Liaison.objects.filter(**here).select_related("body").order_by("body__pinyin", "id")[:MOST]),
        authorities=list(Authority.objects.filter(**here).select_related("from_body").order_by("power", "id")[:MOST]),
        strands=list(Strand.objects.filter(**here).select_related("lead").order_by("place", "id")[:MOST]),
        arrangements=list(ContactArrangement.objects.filter(**here).order_by("kind", "id")[:MOST]),
    )


def liaisons(body: Body, on: date) -> list[Liaison]:
    """Who speaks for a body on a day, unit by unit (R004)."""
    rows = Liaison.objects.filter(body=body, during__contains=on).select_related("unit")
    return list(rows.order_by("unit__path", "id")[:MOST])


def receptions(unit: Unit, *, limit: int = SHOWN) -> list[Reception]:
    """What was raised with deputies and delegates in a unit, and what came of it, newest first (R018)."""
    rows = Reception.objects.filter(arrangement__unit=unit).select_related("arrangement")
    return list(rows.order_by("-held_on", "-id")[:limit])


def times_raised(reception: Reception) -> int | None:
    """How often the topic was raised, as it may be published."""
    return published(reception.times_raised)
