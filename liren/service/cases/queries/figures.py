"""Monthly figures as they are read: whole for those whose work it is, without what is small for everybody else."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import get_language, pgettext

from liren.foundation.kernel.rights import Actor
from liren.foundation.people.models.reach import paths_of
from liren.foundation.territory.models import Unit
from liren.service.cases.engine.rates import Rate, rate
from liren.service.cases.models import MonthFigure
from liren.service.cases.models.declared import DeclaredType, types

MOST_MONTHS = 120
MOST_UNITS = 500
#: Stands in a table where a number is not for everybody.
HIDDEN = "<5"


@dataclass(frozen=True)
class Month:
    """One row as one reader sees it. None: it is not told to this reader (one to four, or it would give such away)."""

    unit: Unit
    month: date
    type_id: int
    category: str
    row: MonthFigure | None
    sees_all: bool

    def _open(self, name: str) -> bool:
        return self.row is None or self.sees_all or not self.row.hidden & 1 << MonthFigure.COUNTS.index(name)

    def _count(self, name: str) -> int | None:
        if not self._open(name):
            return None
        return 0 if self.row is None else int(getattr(self.row, name))

    @property
    def received(self) -> int | None:
        return self._count("received")

    @property
    def closed(self) -> int | None:
        return self._count("closed")

    @property
    def heard(self) -> int | None:
        """Cases to whose reporter somebody first wrote in this month."""
        return self._count("heard")

    @property
    def answered(self) -> int | None:
        """Cases that were first answered in full in this month."""
        return self._count("answered")

    @property
    def overdue(self) -> int | None:
        """Cases of which a deadline passed in this month without what was due."""
        return self._count("overdue")

    @property
    def reopened(self) -> int | None:
        return self._count("reopened")

    @property
    def waiting(self) -> int | None:
        """Cases not closed at the end of the month."""
        return self._count("waiting")

    @property
    def first_answer_hours(self) -> float | None:
        """Median time from reception to the first answer, in hours, of those first answered in this month."""
        return self._median("heard", "first_answer_minutes")

    @property
    def close_hours(self) -> float | None:
        """Median time from reception to the end, in hours, of those closed in this month (not withdrawn or joined)."""
        return self._median("closed", "close_minutes")

    def _median(self, of: str, name: str) -> float | None:
        minutes = None if self.row is None else getattr(self.row, name)
        return round(minutes / 60, 1) if minutes is not None and self._open(of) else None

    @property
    def reopen_rate(self) -> Rate | None:
        """Reopened cases for each one answered. A case reopened twice counts once at most."""
        if self.reopened is None or self.answered is None:
            return None
        return rate(min(self.reopened, self.answered), self.answered)

    @property
    def heard_in_time(self) -> Rate | None:
        """Of those first written to in this month, the first words before every deadline that ran until then (R072)."""
        return self._rate("heard", "heard_in_time")

    @property
    def in_time(self) -> Rate | None:
        """First rate: of those answered in full in this month, those before every deadline that ran until then."""
        return self._rate("answered", "answered_in_time")

    @property
    def solved(self) -> Rate | None:
        """Second rate: of the residents who answered whether it is solved, those who said yes."""
        return self._rate("said_solved", "solved")

    @property
    def satisfied(self) -> Rate | None:
        """Third rate: of the residents who answered whether they are satisfied, those who said yes."""
        return self._rate("said_satisfied", "satisfied")

    def _rate(self, of: str, hits: str) -> Rate | None:
        if not self._open(of):
            return None
        return rate(0, 0) if self.row is None else rate(getattr(self.row, hits), getattr(self.row, of))


def sees_all(unit: Unit, actor: Actor) -> bool:
    """Whether the figures of a unit are this actor's work: who works or supervises there sees every number."""
    reach = {*paths_of(actor, "cases.work"), *paths_of(actor, "cases.supervise")}
    return any(unit.path.startswith(path) for path in reach)


def month_figures(unit: Unit, actor: Actor, *, type: DeclaredType, category: str = "", months: int = 12) -> list[Month]:
    """The months of one type at a unit, the newest first; a month in which nothing happened has no row. One query."""
    rows = _rows([unit], [type.pk]).filter(category=category).order_by("-month")
    whole = sees_all(unit, actor)
    return [_month(unit, row, whole) for row in rows[: min(months, MOST_MONTHS)]]


def categories_of(unit: Unit, actor: Actor, *, type: DeclaredType, month: date) -> list[Month]:
    """The categories of one type in one month at a unit, the most frequent first, hidden ones last. One query."""
    rows = _rows([unit], [type.pk]).filter(month=month).exclude(category="")
    whole = sees_all(unit, actor)
    found = [_month(unit, row, whole) for row in rows.order_by("category")]
    return sorted(found, key=lambda one: -(one.received or 0))


def types_of(unit: Unit, actor: Actor, *, month: date) -> list[tuple[DeclaredType, Month]]:
    """All types of which there are figures in a month at a unit, in the order of the types."""
    known = types()
    rows = {row.type_id: row for row in _rows([unit], [one.pk for one in known]).filter(month=month, category="")}
    whole = sees_all(unit, actor)
    return [(one, _month(unit, rows[one.pk], whole)) for one in known if one.pk in rows]


@dataclass(frozen=True)
class Span:
    """Cases of one type at a unit over some months, as one reader sees them. ``at_least``: the names of what holds
    months of which the number is not told; what is told of the others is added up."""

    type: DeclaredType
    closed: int
    overdue: int
    waiting: int | None
    at_least: frozenset[str]


def spans_of(unit: Unit, actor: Actor, *, types: Sequence[DeclaredType], until: date, months: int = 12) -> list[Span]:
    """The months up to one, added up; ``waiting`` is of the newest month that has figures. Sealed types have none, and
    types that are not for everybody are left out for who does not work there. One query, whatever the number of types.
    """
    whole = sees_all(unit, actor)
    known = {one.pk: one for one in types if whole or one.spec.confidentiality == "public"}
    if not known:
        return []
    year, month = divmod(until.year * 12 + until.month - months, 12)
    first = date(year, month + 1, 1)
    rows = _rows([unit], list(known)).filter(category="", month__gte=first, month__lte=until).order_by("month")
    found: dict[int, list[Month]] = {}
    for row in rows:
        found.setdefault(row.type_id, []).append(_month(unit, row, whole))
    return [_span(known[pk], found[pk]) for pk in known if pk in found]


def _span(type: DeclaredType, months: list[Month]) -> Span:
    names = ("closed", "overdue")
    sums = {name: sum(getattr(one, name) or 0 for one in months) for name in names}
    hidden = frozenset(name for name in names if any(getattr(one, name) is None for one in months))
    return Span(type, **sums, waiting=months[-1].waiting, at_least=hidden)


def figures_below(
    units: Iterable[Unit], actor: Actor, *, type: DeclaredType, month: date, category: str = ""
) -> list[Month]:
    """One month of one type at many units (the children of one), in their order, for a table or a map. One query.

    Units are not ranked: the figures say how much was asked of a place, not how good its people are.
    """
    wanted = list(units)[:MOST_UNITS]
    rows = {row.unit_id: row for row in _rows(wanted, [type.pk]).filter(month=month, category=category)}
    return [Month(unit, month, type.pk, category, rows.get(unit.pk), sees_all(unit, actor)) for unit in wanted]


def newest_month(unit: Unit) -> date | None:
    """The newest month of which there are figures at a unit."""
    return MonthFigure.objects.filter(unit=unit).order_by("-month").values_list("month", flat=True).first()


def _rows(units: list[Unit], type_ids: list[int]) -> QuerySet[MonthFigure]:
    return MonthFigure.objects.filter(unit__in=[one.pk for one in units], type__in=type_ids)


def _month(unit: Unit, row: MonthFigure, whole: bool) -> Month:
    return Month(unit, row.month, row.type_id, row.category, row, whole)


# --- to take away ---


def csv_figures(unit: Unit, actor: Actor, *, months: int = 12) -> Iterator[str]:
    """Every type and category of a unit over the months, as lines of CSV with a heading."""
    known = {one.pk: one for one in types()}
    yield _line(header())
    whole = sees_all(unit, actor)
    span = list(MonthFigure.objects.filter(unit=unit).order_by("-month").values_list("month", flat=True).distinct())
    rows = _rows([unit], list(known)).filter(month__in=span[: min(months, MOST_MONTHS)])
    for row in rows.order_by("-month", "type_id", "category").iterator():
        yield _line(_cells(_month(unit, row, whole), known[row.type_id]))


def header() -> list[str]:
    """The titles of the columns, in the reader's language."""
    titles = (
        pgettext("figures", "Month"),
        pgettext("figures", "Unit"),
        pgettext("figures", "Type"),
        pgettext("figures", "Category"),
        pgettext("figures", "Received"),
        pgettext("figures", "First answered"),
        pgettext("figures", "Answered in full"),
        pgettext("figures", "Closed"),
        pgettext("figures", "Not closed at the end"),
        pgettext("figures", "Came to be overdue"),
        pgettext("figures", "Reopened"),
        pgettext("figures", "Median hours to the first answer"),
        pgettext("figures", "Median hours to the end"),
    )
    shares = (
        pgettext("figures", "First answered in time"),
        pgettext("figures", "Answered in time"),
        pgettext("figures", "Solved, residents say"),
        pgettext("figures", "Satisfied, residents say"),
        pgettext("figures", "Reopened for each one answered"),
    )
    return [*titles, *(f"{name} {part}" for name in shares for part in ("%", "n", "95% ↓", "95% ↑"))]


def _cells(one: Month, type: DeclaredType) -> list[object]:
    counts = (one.received, one.heard, one.answered, one.closed, one.waiting, one.overdue, one.reopened)
    cells: list[object] = [f"{one.month:%Y-%m}", one.unit.code, type.name, category_name(type, one.category)]
    cells += [HIDDEN if count is None else count for count in counts]
    cells += ["" if hours is None else hours for hours in (one.first_answer_hours, one.close_hours)]
    for share in (one.heard_in_time, one.in_time, one.solved, one.satisfied, one.reopen_rate):
        cells += _rate_cells(share)
    return cells


def _rate_cells(share: Rate | None) -> list[object]:
    if share is None:
        return ["", HIDDEN, "", ""]
    numbers = (share.share, share.low, share.high)
    whole, low, high = ("" if number is None else round(100 * number, 1) for number in numbers)
    return [whole, share.of, low, high]


def category_name(type: DeclaredType, code: str) -> str:
    """The name of a category as it is declared now; a code that is no longer one stands for itself."""
    if code in ("", "-"):
        return pgettext("figures", "All") if not code else pgettext("figures", "Without a category")
    found = type.spec.category(code)
    return found.name.text(get_language() or "zh") if found else code


def _line(cells: Iterable[object]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
