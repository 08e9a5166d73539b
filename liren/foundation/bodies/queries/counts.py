"""Counts over a part of the tree: organisations, coverage, growth, posts held by one person. Never persons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from liren.foundation.bodies.models import (
    GROWING,
    Activity,
    Body,
    BodyChange,
    BodyKind,
    Entry,
    EntryKind,
    Line,
    OfficeHolding,
    Part,
    Place,
    Strand,
)
from liren.foundation.territory.models import Kind, Level, Unit
from liren.foundation.territory.queries import denominator

URBAN, RURAL = (Kind.COMMUNITY,), (Kind.VILLAGE,)
SOCIAL = (BodyKind.SOCIAL_ORGANISATION, BodyKind.COMMUNITY_ORGANISATION, BodyKind.FEDERATION)


@dataclass(frozen=True)
class OrganisationCount:
    """How many social organisations act in a part of the tree: registered, filed, and neither."""

    unit: Unit
    registered: int = 0
    filed: int = 0
    neither: int = 0

    @property
    def total(self) -> int:
        return self.registered + self.filed + self.neither


BY_CHILD = """
SELECT coalesce(nullif(split_part(substr(u.path, length(%(path)s) + 1), '/', 1), ''), '0')::bigint AS part,
       b.registration, count(*)
FROM bodies_body b JOIN territory_unit u ON u.id = b.unit_id
WHERE u.path LIKE %(below)s AND b.kind = ANY(%(kinds)s) AND b.during @> %(day)s::date
  AND (%(forms)s::text[] IS NULL OR u.kind = ANY(%(forms)s))
GROUP BY 1, 2
"""


def organisation_counts(
    root: Unit, on: date, *, kinds: Iterable[str] = SOCIAL, forms: Iterable[str] | None = None
) -> list[OrganisationCount]:
    """Social organisations of the root itself and of each unit directly below it, with all that lies below those; the
    root's own come first and only when there are any. ``forms``: only in communities of these legal forms.
    """
    found: dict[int, dict[str, int]] = defaultdict(dict)
    facts: dict[str, Any] = {"path": root.path, "below": f"{root.path}%", "day": on, "kinds": list(map(str, kinds))}
    with connection.cursor() as cursor:
        cursor.execute(BY_CHILD, facts | {"forms": None if forms is None else list(map(str, forms))})
        for part, registration, count in cursor.fetchall():
            found[part][registration] = count
    units = Unit.objects.filter(parent=root).existing_on(on).order_by("level", "code")
    rows = [_counted(root, found[0])] if 0 in found else []
    return rows + [_counted(unit, found.get(unit.pk, {})) for unit in units]


def _counted(unit: Unit, by: dict[str, int]) -> OrganisationCount:
    return OrganisationCount(unit, by.get("registered", 0), by.get("filed", 0), by.get("none", 0))


@dataclass(frozen=True)
class UrbanAndRural:
    """The same counts for a whole part of the tree: all, in urban communities, in villages."""

    all: OrganisationCount
    urban: OrganisationCount
    rural: OrganisationCount


def organisations_by_form(root: Unit, on: date) -> UrbanAndRural:
    """All social organisations below the root, and those of its residents' communities and of its villages."""

    def summed(forms: Iterable[str] | None) -> OrganisationCount:
        rows = organisation_counts(root, on, forms=forms)
        return OrganisationCount(
            root, sum(r.registered for r in rows), sum(r.filed for r in rows), sum(r.neither for r in rows)
        )

    return UrbanAndRural(summed(None), summed(URBAN), summed(RURAL))


@dataclass(frozen=True)
class Rate:
    """Registered social organisations per 10,000 permanent residents; ``value`` is None without a denominator."""

    registered: int
    residents: int | None
    year: int

    @property
    def value(self) -> Decimal | None:
        if not self.residents:
            return None
        return (Decimal(10_000 * self.registered) / self.residents).quantize(Decimal("0.01"))


def per_10000_residents(root: Unit, on: date) -> Rate:
    """Registered social organisations against the residents at the end of the year before (R171)."""
    registered = organisations_by_form(root, on).all.registered
    residents = denominator(root, on.year - 1, "residents")
    return Rate(registered, residents.value, residents.year)


STAGES = ("group", "filed", "registered", "contracting")


def stages(root: Unit, on: date) -> dict[str, int]:
    """How many organisations of residents stand at each step: group, filed, registered, contracting (R185).

    Contracting: a contract for a public service was recorded in the year before the day.
    """
    rows = Body.objects.living_on(on).filter(unit__path__startswith=root.path, kind__in=GROWING)
    year_ago = date(on.year - 1, on.month, min(on.day, 28))
    contracts = Entry.objects.filter(kind=EntryKind.CONTRACT, happened_on__range=(year_ago, on))
    contracting = set(contracts.filter(body__in=rows).values_list("body_id", flat=True))
    counts = dict.fromkeys(STAGES, 0)
    for pk, registration in rows.values_list("pk", "registration"):
        counts["contracting" if pk in contracting else "group" if registration == "none" else registration] += 1
    return counts


@dataclass(frozen=True)
class Grown:
    """How many organisations took a step between two days."""

    filed: int
    registered: int
    cancelled: int
    dissolved: int


def grown(root: Unit, start: date, end: date) -> Grown:
    """Steps of organisations below the root from the first day to the second, both included (R175, R185)."""
    rows = BodyChange.objects.filter(
        body__unit__path__startswith=root.path, body__kind__in=GROWING, effective_on__range=(start, end)
    )
    moved, ended = Q(kind="registered"), Q(kind="dissolved")
    found = rows.aggregate(
        filed=Count("pk", filter=moved & Q(after__registration="filed")),
        registered=Count("pk", filter=moved & Q(after__registration="registered")),
        cancelled=Count("pk", filter=moved & Q(after__registration="none")),
        dissolved=Count("pk", filter=ended),
    )
    return Grown(**found)


def in_new_fields(root: Unit, on: date) -> dict[str, int]:
    """Party organisations by the kind of place they were set up in (R010): organisations, never their members."""
    rows = Body.objects.living_on(on).filter(unit__path__startswith=root.path, kind=BodyKind.PARTY_ORGANISATION)
    counted = dict(rows.exclude(place="").order_by().values_list("place").annotate(n=Count("pk")))
    return {place: counted.get(place, 0) for place in Place.values}


@dataclass(frozen=True)
class Kinds:
    """How many bodies of one kind act in a part of the tree, and how many of them publish their duties."""

    kind: str
    label: str
    count: int
    with_duties: int


def overview(root: Unit, on: date) -> list[Kinds]:
    """Bodies of every kind below a unit, out of the same records that every other page shows (R022)."""
    rows = Body.objects.living_on(on).filter(unit__path__startswith=root.path).order_by()
    counts = dict(rows.values_list("kind").annotate(n=Count("pk")))
    telling = rows.filter(Q(duties__during__contains=on)).values_list("kind")
    duties = dict(telling.annotate(n=Count("pk", distinct=True)))
    return [
        Kinds(kind.value, str(kind.label), counts[kind.value], duties.get(kind.value, 0))
        for kind in BodyKind
        if kind.value in counts
    ]


@dataclass(frozen=True)
class SamePerson:
    """After elections: in how many communities one person holds both leading posts, and where committees share members.

    A fact to be reported; nobody is measured by it, and nothing asks who it is (R014).
    """

    communities: int
    both_filled: int
    one_person: int
    sharing_members: int

    @property
    def percent(self) -> Decimal | None:
        """Of the communities where both posts are filled; to one place, rounded down."""
        return None if not self.both_filled else Decimal(1000 * self.one_person // self.both_filled) / 10


def same_person(root: Unit, on: date) -> SamePerson:
    """Derived from the posts of party organisations and committees that carry out, community by community (R014).

    One person: the same account, or, within one community, the same published name.
    """
    holders = _holders_by_unit(root, on)
    both = [unit for unit, parts in holders.items() if parts["head", Part.CONVENES] and parts["head", Part.CARRIES_OUT]]
    one = [unit for unit in both if _meet(holders[unit], "head")]
    sharing = [unit for unit, parts in holders.items() if _meet(parts, "any")]
    total = Unit.objects.existing_on(on).inside(root).filter(level=Level.COMMUNITY).count()
    return SamePerson(total, len(both), len(one), len(sharing))


Who = dict[tuple[str, str], set[Any]]


def _holders_by_unit(root: Unit, on: date) -> dict[int, Who]:
    """For each community: who leads and who sits in party organisation and committee. Kept in memory only."""
    rows = OfficeHolding.objects.filter(
        during__contains=on,
        by_post=None,
        post__body__unit__path__startswith=root.path,
        post__body__unit__level=Level.COMMUNITY,
        post__body__part__in=(Part.CONVENES, Part.CARRIES_OUT),
    )
    found: dict[int, Who] = defaultdict(lambda: defaultdict(set))
    columns = ("post__body__unit_id", "post__body__part", "post__is_head", "account_id", "name")
    for unit_id, part, is_head, account_id, name in rows.values_list(*columns):
        for who in {("account", account_id), ("name", name)} - {("account", None), ("name", "")}:
            found[unit_id]["any", part].add(who)
            if is_head:
                found[unit_id]["head", part].add(who)
    return found


def _meet(parts: Who, which: str) -> bool:
    return bool(parts[which, Part.CONVENES] & parts[which, Part.CARRIES_OUT])


@dataclass(frozen=True)
class StrandOfWork:
    """One of the five strands of a community: who leads it, and what was done between two days (R017)."""

    line: str
    label: str
    lead: Body | None
    activities: int
    with_result: int


def strands(unit: Unit, start: date, end: date) -> list[StrandOfWork]:
    """The five strands side by side, led as on the second day."""
    leads = {
        row.line: row.lead for row in Strand.objects.filter(unit=unit, during__contains=end).select_related("lead")
    }
    rows = Activity.objects.filter(unit=unit, held_on__range=(start, end)).exclude(line="").order_by()
    counted = {
        line: (count, told)
        for line, count, told in rows.values_list("line").annotate(
            n=Count("pk"), told=Count("pk", filter=~Q(result_zh=""))
        )
    }
    return [
        StrandOfWork(line.value, str(line.label), leads.get(line.value), *counted.get(line.value, (0, 0)))
        for line in Line
    ]
