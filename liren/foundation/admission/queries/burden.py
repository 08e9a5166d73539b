"""How heavy the burden is: cuts of the inventories, the ledger by month and source, repeated questions, hours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Count, Q, QuerySet, Sum

from liren.foundation.admission.models import (
    DIARY,
    Agreement,
    Assignment,
    Burden,
    DiarySheet,
    Fate,
    FormField,
    Ledger,
    Reach,
    RowState,
    Stock,
    WorkType,
)
from liren.foundation.admission.queries.questions import Asked, asked_again, kept_questions
from liren.foundation.admission.queries.staff import Staff, staff_of
from liren.foundation.kernel.engine.quantities import quantity
from liren.foundation.policy.queries import Answer, parameters_at
from liren.foundation.territory.models import Level, Unit

#: What counts as off the communities' shoulders. Systems are integrated: what was merged counts among them (R358).
GONE: dict[str, tuple[str, ...]] = {
    Stock.SYSTEM: (Fate.STOPPED, Fate.CUT, Fate.MERGED),
    **dict.fromkeys((Stock.ORGANISATION, Stock.VENUE, Stock.TASK, Stock.STAMP), (Fate.STOPPED, Fate.CUT)),
}
#: Fewer sheets than this in a month are not shown: one worker's day could be read off them.
FEWEST_SHEETS = 5


@dataclass(frozen=True, slots=True)
class Cut:
    """An inventory: how many there were, how many are gone, and all by what became of them."""

    stock: str
    base: int
    gone: int
    fates: dict[str, int]

    @property
    def percent(self) -> int | None:
        """The cut in whole per cent, halves up; None where nothing was counted."""
        return (200 * self.gone + self.base) // (2 * self.base) if self.base else None


def cut(stock: str, unit: Unit) -> Cut:
    """The cut of one inventory, of the unit and of everything below it (R355 to R359)."""
    rows = Burden.objects.filter(stock=stock, unit__path__startswith=unit.path)
    fates = dict(rows.order_by().values_list("fate").annotate(n=Count("pk")))
    gone = sum(fates.get(fate, 0) for fate in GONE[stock])
    return Cut(stock, sum(fates.values()), gone, fates)


def cuts(unit: Unit) -> list[Cut]:
    """All five inventories."""
    return [cut(stock, unit) for stock in Stock.values]


def inventory(stock: str, unit: Unit) -> QuerySet[Burden]:
    """The rows of an inventory that hold in a unit: its own, those above it, and those below."""
    rows = Burden.objects.filter(Q(unit_id__in=unit.path_ids) | Q(unit__path__startswith=unit.path), stock=stock)
    return rows.select_related("demanded_by", "unit").order_by("name_zh", "pk")


def other_way(name: str, unit: Unit) -> QuerySet[Burden]:
    """Cancelled certificates whose name holds the word, each with the way that a resident takes instead (R359)."""
    rows = inventory(Stock.STAMP, unit).filter(fate__in=(Fate.STOPPED, Fate.CUT))
    return rows.filter(name_zh__icontains=name.strip()[:40])


# --- the ledger by community and month ---


@dataclass(frozen=True, slots=True)
class Load:
    """What one body asked of one community in a month: pieces of work by kind, ledgers open, minutes thought."""

    sender_id: int | None
    counts: dict[str, int]
    ledgers: int
    repeated: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Month:
    """The burden ledger of a community and month. ``hours`` by kind from sheets of the diary, None where too few.
    ``questions`` are asked again: by another form, or although a register keeps the answer."""

    community_id: int
    first: date
    admitted: int
    loads: tuple[Load, ...]
    sheets: int
    hours: dict[str, float] | None
    questions: tuple[Asked, ...] = ()

    def total(self, work_type: str) -> int:
        return sum(one.counts.get(work_type, 0) for one in self.loads)

    @property
    def repeated(self) -> int:
        return sum(one.repeated for one in self.loads)


def next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def month(community: Unit, first: date) -> Month:
    """What was asked of a community in a month, by the body that asked (R364). Six statements, and the packs.

    Args:
        first: the first day of the month.
    """
    end = next_month(first)
    given = Q(community=community, given_on__gte=first, given_on__lt=end)
    rows = Assignment.objects.filter(given).exclude(state=RowState.REFUSED).order_by()
    counted: dict[int | None, dict[str, int]] = {}
    minutes: dict[int | None, int] = {}
    for sender, kind, number, spent in rows.values_list("sender_id", "work_type").annotate(
        n=Count("pk"), spent=Sum("minutes")
    ):
        counted.setdefault(sender, {})[kind] = number
        minutes[sender] = minutes.get(sender, 0) + (spent or 0)
    ledgers = _ledgers(community, first, end)
    again, questions = _repeats(community, first, end)
    senders = sorted({*counted, *ledgers, *again}, key=lambda pk: (pk is None, pk or 0))
    loads = tuple(
        Load(pk, counted.get(pk, {}), ledgers.get(pk, 0), again.get(pk, 0), minutes.get(pk, 0)) for pk in senders
    )
    admitted = Reach.objects.filter(community=community, during__overlap=_range(first, end)).count()
    sheets, hours = diary(community, first, end)
    return Month(community.pk, first, admitted, loads, sheets, hours, questions)


def _range(first: date, end: date) -> Any:
    return DateRange(first, end)


def _ledgers(community: Unit, first: date, end: date) -> dict[int | None, int]:
    rows = Ledger.objects.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=first), community=community)
    return dict(rows.filter(given_on__lt=end).order_by().values_list("sender_id").annotate(n=Count("pk")))


def _repeats(community: Unit, first: date, end: date) -> tuple[dict[int | None, int], tuple[Asked, ...]]:
    """Questions that the community is asked again in that time, counted once for each body that asks, and by name."""
    there = Reach.objects.filter(community=community, during__overlap=_range(first, end)).values("admission_id")
    rows = FormField.objects.filter(admission_id__in=there)
    pairs = list(rows.values_list("same", "admission_id", "admission__sender_id"))
    again = asked_again(pairs, kept_questions()) if pairs else {}
    found: dict[int | None, int] = {}
    for sender, _key in {(sender, key) for key, _admission, sender in pairs if key in again}:
        found[sender] = found.get(sender, 0) + 1
    return found, tuple(again.values())


def diary(community: Unit, first: date, end: date) -> tuple[int, dict[str, float] | None]:
    """How many sheets there are, and the mean hours of a day by kind; None where fewer than five (R234)."""
    rows = DiarySheet.objects.filter(community=community, day__gte=first, day__lt=end)
    sums = rows.aggregate(n=Count("pk"), **{f"sum_{name}": Sum(name) for name in DIARY})
    if sums["n"] < FEWEST_SHEETS:
        return sums["n"], None
    return sums["n"], {name: round(sums[f"sum_{name}"] / 60 / sums["n"], 1) for name in DIARY}


def year(community: Unit, number: int) -> dict[str, int]:
    """Pieces of work by kind in a year, with admitted matters and repeated questions: does the burden fall (R364)?"""
    first, end = date(number, 1, 1), date(number + 1, 1, 1)
    rows = Assignment.objects.filter(community=community, given_on__gte=first, given_on__lt=end)
    counts = dict(rows.exclude(state=RowState.REFUSED).order_by().values_list("work_type").annotate(n=Count("pk")))
    found = {kind: counts.get(kind, 0) for kind in WorkType.values}
    found["admitted"] = Reach.objects.filter(community=community, during__overlap=_range(first, end)).count()
    found["repeated"] = sum(_repeats(community, first, end)[0].values())
    return found


# --- capacity, agreements ---


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a community carries on a day, shown to whoever dispatches: open work, what is due within a week, hours a
    month that its admissions take, and who works there, None where no figure is recorded."""

    open: int
    due_soon: int
    admitted: int
    hours_a_month: float
    staff: Staff | None


def capacity(community: Unit, on: date) -> Capacity:
    """What a community carries (R234, R364). Three statements."""
    rows = Assignment.objects.filter(community=community, state__in=[RowState.ASKED, RowState.ACCEPTED])
    sums = rows.aggregate(open=Count("pk"), soon=Count("pk", filter=Q(due_on__lte=on + timedelta(days=7))))
    holding = Reach.objects.filter(community=community, during__contains=on, admission__is_active=True)
    admitted = holding.aggregate(n=Count("pk"), minutes=Sum("admission__minutes_a_month"))
    hours = round((admitted["minutes"] or 0) / 60, 1)
    return Capacity(sums["open"], sums["soon"], admitted["n"], hours, staff_of([community.pk], on).get(community.pk))


@dataclass(frozen=True, slots=True)
class Covered:
    """How many streets and towns have an agreement with a committee on a day, of how many."""

    covered: int
    streets: int

    @property
    def percent(self) -> float | None:
        return round(100 * self.covered / self.streets, 1) if self.streets else None


def agreement_coverage(unit: Unit, on: date) -> Covered:
    """Streets and towns inside a unit with an agreement that holds on a day (R362). Two statements."""
    streets = Unit.objects.inside(unit).existing_on(on).filter(level=Level.STREET)
    held = Agreement.objects.filter(during__contains=on, street__path__startswith=unit.path, signed_on__lte=on)
    living = held.filter(Q(street__closed_on__isnull=True) | Q(street__closed_on__gt=on))
    return Covered(living.aggregate(n=Count("street_id", distinct=True))["n"], streets.count())


#: What documents ask of this coverage by their days: streets of each district first, then shares of all of them.
MILESTONES = ("gov_society_pilot", "gov_society_coverage_2014", "gov_society_coverage_2016")


@dataclass(frozen=True, slots=True)
class Milestone:
    """A number that a document sets for the coverage, and whether it is reached; None where there are no streets."""

    answer: Answer
    is_met: bool | None


def milestones(unit: Unit, on: date, found: Covered) -> list[Milestone]:
    """What the packs ask for in a unit on a day, beside what was found there (R362). Nothing where they set nothing."""
    asked = parameters_at(MILESTONES, unit.code, on=on)
    return [Milestone(asked[code], _is_met(asked[code], found)) for code in MILESTONES if code in asked]


def _is_met(answer: Answer, found: Covered) -> bool | None:
    if not found.streets:
        return None
    if answer.quantity.unit.code == "percent":  # of the exact share: 99.96 per cent are not all
        return answer.meets(quantity(Decimal(100 * found.covered) / found.streets, "percent"))
    return answer.meets(quantity(found.covered, answer.quantity.unit.code))


def fulfilled(agreements: Iterable[Agreement]) -> dict[int, bool]:
    """Whether both sides of each agreement were appraised."""
    rows = Agreement.objects.filter(pk__in=[one.pk for one in agreements]).annotate(n=Count("appraisals"))
    return {pk: n == 2 for pk, n in rows.values_list("pk", "n")}
